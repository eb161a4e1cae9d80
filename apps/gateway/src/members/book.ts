import type { NetworkCopy } from '../network/copy.ts';
import { hostsVersion } from './hosts.ts';
import type { Identities, Identity, IdentityState } from './identities.ts';
import { placer } from './place.ts';
import type { Place } from './place.ts';

/** A member as its channel's manager tells it. */
export interface ListedMember {
  name: string;
  instance: string;
  presence: 'online' | 'offline' | 'unknown';
  since: Date | undefined;
  /** Why its presence is unknown; empty otherwise. */
  presenceReason: string;
  moderator: boolean;
}

export interface MemberRow extends ListedMember {
  place: Place;
  identity: Identity;
  /** What to know of it, by code. */
  notes: readonly Note[];
}

interface Note {
  code: string;
  text: string;
}

export interface Members {
  /** Who needs a look first, then by name. */
  rows: readonly MemberRow[];
  /** What a search looks at of each row, in lower case; made when the first is. */
  texts: () => readonly string[];
  presences: ReadonlyMap<string, number>;
  identities: ReadonlyMap<string, number>;
}

interface Kept {
  listed: readonly ListedMember[];
  version: string;
  members: Members;
}

const mostChannels = 32;

/** States of an identity that a person should look at, the worst first. */
const troubled: ReadonlySet<IdentityState> = new Set(['entry-gone', 'agent-gone', 'agent-banned', 'expired']);

/** Members of channels joined with where they are and who stands behind them; kept until one of the three changes. */
export class MemberBook {
  readonly #identities: Identities;
  readonly #kept = new Map<string, Kept>();

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  async of(key: string, listed: readonly ListedMember[], copies: readonly NetworkCopy[]): Promise<Members> {
    const version = [this.#identities.version, ...copies.map(hostsVersion)].join(' ');
    const before = this.#kept.get(key);
    if (before && before.version === version && same(before.listed, listed)) return before.members;
    const members = build(listed, await this.#identities.of(listed.map(({ name }) => name)), placer(copies));
    this.#kept.delete(key);
    this.#kept.set(key, { listed, version, members });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostChannels && oldest !== undefined) this.#kept.delete(oldest);
    return members;
  }
}

function same(a: readonly ListedMember[], b: readonly ListedMember[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((one, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      one.name === other.name &&
      one.instance === other.instance &&
      one.presence === other.presence &&
      one.since?.getTime() === other.since?.getTime() &&
      one.presenceReason === other.presenceReason &&
      one.moderator === other.moderator
    );
  });
}

function build(
  listed: readonly ListedMember[],
  identities: ReadonlyMap<string, Identity>,
  place: (name: string, instance: string) => Place,
): Members {
  const byName = tally(listed.map(({ name }) => name));
  const byInstance = new Map<string, string | Set<string>>();
  const bySpiffeId = new Map<string, string | Set<string>>();
  // Nearly always one name: ten thousand sets take their time.
  const put = (map: Map<string, string | Set<string>>, key: string, name: string): void => {
    if (key === '') return;
    const names = map.get(key);
    if (names === undefined) map.set(key, name);
    else if (typeof names !== 'string') names.add(name);
    else if (names !== name) map.set(key, new Set([names, name]));
  };
  for (const { name, instance } of listed) {
    put(byInstance, instance, name);
    put(bySpiffeId, identities.get(name)?.spiffeId ?? '', name);
  }
  const others = (names: string | ReadonlySet<string> | undefined, name: string): string =>
    names === undefined || typeof names === 'string'
      ? ''
      : [...names]
          .filter((other) => other !== name)
          .slice(0, 3)
          .join(', ');
  const notesOf = ({ name, instance }: ListedMember, identity: Identity, where: Place): readonly Note[] => {
    const instances = byName.get(name) ?? 1;
    const twins = others(byInstance.get(instance), name);
    const doubles = others(bySpiffeId.get(identity.spiffeId), name);
    const more = instance !== '' && where.instances > instances;
    if (instances === 1 && twins === '' && doubles === '' && !more) return none;
    const notes: Note[] = [];
    const note = (code: string, text: string): number => notes.push({ code, text });
    if (instances > 1)
      note(
        'several-instances',
        `${instances} instances of this name are members. Remove one by its instance; a channel manager cannot tell them apart.`,
      );
    if (twins !== '')
      note(
        'same-instance',
        `${twins} has the same instance: both have one identity, which SLIM takes for one member.`,
      );
    else if (doubles !== '')
      note('same-identity', `By the rules, the same SPIFFE ID stands behind ${doubles}.`);
    if (more)
      note(
        'more-instances',
        `${where.instances} instances of this name are reachable, ${instances} ${instances === 1 ? 'is a member' : 'are members'}.`,
      );
    return notes;
  };
  const byRank: MemberRow[][] = Array.from({ length: ranks }, () => []);
  const states = new Map<string, number>();
  for (const one of listed) {
    const identity = identities.get(one.name);
    if (!identity) throw new Error(`no identity was looked up for ${one.name}`);
    const where = place(one.name, one.instance);
    const { name, instance, presence, since, presenceReason, moderator } = one;
    states.set(identity.state, (states.get(identity.state) ?? 0) + 1);
    byRank[rankOf(presence, identity)]?.push({
      name,
      instance,
      presence,
      since,
      presenceReason,
      moderator,
      place: where,
      identity,
      notes: notesOf(one, identity, where),
    });
  }
  const rows = byRank.flatMap((some) =>
    some.sort((a, b) => compare(a.name, b.name) || compare(a.instance, b.instance)),
  );
  let texts: readonly string[] | undefined;
  return {
    rows,
    texts: () => (texts ??= rows.map(textOf)),
    presences: tally(listed.map(({ presence }) => presence)),
    identities: states,
  };
}

const none: readonly Note[] = [];

const textOf = ({ name, instance, place, identity }: MemberRow): string =>
  `${name}\n${instance}\n${place.node}\n${identity.spiffeId}`.toLowerCase();

/** How many there are. */
const ranks = 5;

function rankOf(presence: ListedMember['presence'], identity: Identity): number {
  if (presence === 'offline') return 0;
  if (troubled.has(identity.state)) return 1;
  if (identity.state === 'unmapped') return 2;
  return presence === 'unknown' ? 3 : 4;
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
