import type { RosterKind } from '../inventory/store/roster.ts';

/** Empty: its manager does not tell; `unknown`: nobody watches it just now. */
export type Presence = 'online' | 'offline' | 'unknown' | '';

export interface SeenMember {
  name: string;
  /** Empty when unknown. */
  instance: string;
  presence: Presence;
}

/** Members by channel, as one look found them; undefined: the channel is there, its members could not be read. */
export type Look = ReadonlyMap<string, readonly SeenMember[] | undefined>;

/** What later looks are compared with: presence by member (name, a line, instance) by channel. */
export type Roster = Map<string, Map<string, string>>;

export interface Difference {
  kind: RosterKind;
  channel: string;
  member: string;
  instance: string;
}

export interface Compared {
  differences: Difference[];
  put: { channel: string; member: string; instance: string; presence: string }[];
  drop: { channel: string; member: string; instance: string }[];
  channelsPut: string[];
  channelsDrop: string[];
}

/**
 * What one look changed, as `roster` then has it too. A presence that is not known changes nothing: what was last known
 * stays. While `restoring`, who and what is missing may be still to come back, unless the channel is in `deleted`.
 */
export function compare(
  roster: Roster,
  look: Look,
  { restoring = false, deleted = new Set() }: { restoring?: boolean; deleted?: ReadonlySet<string> } = {},
): Compared {
  const out: Compared = { differences: [], put: [], drop: [], channelsPut: [], channelsDrop: [] };
  for (const channel of roster.keys()) {
    if (look.has(channel) || (restoring && !deleted.has(channel))) continue;
    out.differences.push({ kind: 'deleted', channel, member: '', instance: '' });
    out.channelsDrop.push(channel);
  }
  for (const channel of out.channelsDrop) roster.delete(channel);
  for (const [channel, members] of look) {
    let known = roster.get(channel);
    if (!known) {
      known = new Map();
      roster.set(channel, known);
      out.differences.push({ kind: 'created', channel, member: '', instance: '' });
      out.channelsPut.push(channel);
    }
    if (members) compareMembers(channel, known, members, restoring, out);
  }
  return out;
}

function compareMembers(
  channel: string,
  known: Map<string, string>,
  members: readonly SeenMember[],
  restoring: boolean,
  out: Compared,
): void {
  const seen = new Set(members.map(keyOf));
  const leave = (key: string): void => {
    known.delete(key);
    out.drop.push({ channel, ...namesOf(key) });
  };
  for (const key of [...known.keys()]) {
    if (seen.has(key)) continue;
    const { member, instance } = namesOf(key);
    // Its instance came to be known: nobody left, nobody joined.
    const named = instance === '' && members.find((one) => one.name === member && !known.has(keyOf(one)));
    if (named) {
      const presence = known.get(key) ?? '';
      leave(key);
      known.set(keyOf(named), presence);
      out.put.push({ channel, member, instance: named.instance, presence });
      continue;
    }
    if (restoring) continue;
    leave(key);
    out.differences.push({ kind: 'left', channel, member, instance });
  }
  for (const one of members) {
    const { name: member, instance, presence } = one;
    const key = keyOf(one);
    const before = known.get(key);
    const told = presence === 'unknown' ? (before ?? '') : presence;
    if (before === told || (restoring && before !== undefined && told === 'offline')) continue;
    known.set(key, told);
    out.put.push({ channel, member, instance, presence: told });
    if (before === undefined) out.differences.push({ kind: 'joined', channel, member, instance });
    // That it joined says that it was there.
    else if (told === 'online' || told === 'offline') {
      if (before !== '' || told === 'offline')
        out.differences.push({ kind: told, channel, member, instance });
    }
  }
}

export const keyOf = ({ name, instance }: { name: string; instance: string }): string =>
  `${name}\n${instance}`;

function namesOf(key: string): { member: string; instance: string } {
  const [member = '', instance = ''] = key.split('\n');
  return { member, instance };
}
