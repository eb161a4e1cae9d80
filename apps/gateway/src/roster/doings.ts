import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import type { Planned } from '../actions/action.ts';
import type { RosterKind } from '../inventory/store/roster.ts';
import type { Caller } from '../caller.ts';

/** An action that was applied here, as far as rosters are concerned. */
export interface Doing {
  record: string;
  title: string;
  /** Who applied it: the kind of client and its session. */
  by: string;
}

export interface FailedInvite extends Doing {
  connection: string;
  channel: string;
  member: string;
  reason: string;
}

interface Kept extends Doing {
  /** ms; `to` is Infinity while it goes on. */
  from: number;
  to: number;
  connections: ReadonlySet<string>;
  channels: ReadonlySet<string>;
  /** By what it makes of them. */
  targets: ReadonlyMap<'comes' | 'goes', ReadonlySet<string>>;
}

/** What a look noticed: between two moments, ms. */
export interface Noticed {
  connection: string;
  kind: RosterKind;
  channel: string;
  member: string;
  instance: string;
  notBefore: number;
  at: number;
}

/** Verbs of changes after which something is no longer there. */
const ends: ReadonlySet<string> = new Set(['delete', 'remove', 'close', 'leave']);
/** What an action can be behind: that somebody crashed or came back is nobody's doing. */
const ways = new Map<RosterKind, 'comes' | 'goes'>([
  ['joined', 'comes'],
  ['created', 'comes'],
  ['left', 'goes'],
  ['deleted', 'goes'],
]);

/** Clock steps, and the time between an answer and its being written down, ms. */
const slack = 2000;
const keptMs = 10 * 60_000;
const most = 500;

/** The field of a planned change that names its channel. */
const channelField = 'Channel';
/** What a change is of, where its target is the channel itself. */
const channelKinds: ReadonlySet<string> = new Set(['channel', 'session', 'group']);

/** Actions applied lately: whose action a change of a roster was. */
export class Doings {
  readonly #now: () => Date;
  #kept: Kept[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Follows one run: call what is returned with each result, and without one at its end. */
  began(record: string, planned: Planned, caller: Caller): (item?: ItemResult) => FailedInvite | undefined {
    const { changes, title, target } = planned;
    const channelOf = ({ kind, target: name, fields }: Planned['changes'][number]): string => {
      const field = fields.find((one) => one.field === channelField);
      if (field) return field.after || field.before;
      return channelKinds.has(kind) ? name : '';
    };
    const doing: Doing = { record, title, by: `${caller.client} ${caller.session}`.trim() };
    const kept: Kept = {
      ...doing,
      from: this.#now().getTime(),
      to: Number.POSITIVE_INFINITY,
      connections: new Set([target.connection, ...changes.map(({ connection }) => connection)]),
      channels: new Set(changes.map(channelOf).filter((name) => name !== '')),
      targets: new Map([
        ['comes', new Set(changes.filter(({ verb }) => !ends.has(verb)).map((one) => one.target))],
        ['goes', new Set(changes.filter(({ verb }) => ends.has(verb)).map((one) => one.target))],
      ]),
    };
    // Entries and agents are no part of any roster.
    if (kept.channels.size > 0) this.#keep(kept);
    const [only] = kept.channels;
    return (item) => {
      if (!item) {
        kept.to = this.#now().getTime();
        return undefined;
      }
      if (item.outcome !== ItemOutcome.REFUSED && item.outcome !== ItemOutcome.UNKNOWN) return undefined;
      const invited = changes.find(
        (one) => one.verb === 'invite' && one.kind === 'member' && one.target === item.target,
      );
      if (!invited) return undefined;
      return {
        ...doing,
        connection: invited.connection,
        channel: channelOf(invited) || (only ?? ''),
        member: invited.target,
        reason: item.reason,
      };
    };
  }

  /** The action that did it: under way between the two looks, and for this channel and member. */
  of({ connection, kind, channel, member, instance, notBefore, at }: Noticed): Doing | undefined {
    const way = ways.get(kind);
    if (way === undefined) return undefined;
    const found = this.#kept.findLast(
      (one) =>
        one.from - slack <= at &&
        one.to + slack >= notBefore &&
        one.connections.has(connection) &&
        one.channels.has(channel) &&
        [member || channel, `${member}/${instance}`].some((name) => one.targets.get(way)?.has(name)),
    );
    return found && { record: found.record, title: found.title, by: found.by };
  }

  #keep(kept: Kept): void {
    const oldest = this.#now().getTime() - keptMs;
    this.#kept = [...this.#kept.filter(({ to }) => to >= oldest), kept].slice(-most);
  }
}
