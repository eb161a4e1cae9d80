import type { Seen } from './protocol.ts';
import type { Member } from './types.ts';

export interface RosterChange {
  type: 'member-joined' | 'member-left' | 'member-online' | 'member-offline';
  member: Member;
}

export interface Roster {
  members: Member[];
  changes: RosterChange[];
}

export interface Self {
  name: string;
  instance: string;
}

export interface Watching {
  /** Members not listed may yet come: they are being invited again. */
  keepUnknown: boolean;
  /** Who is listed as Offline may only not have been heard of yet. */
  grace: boolean;
}

/**
 * What one poll changed: SLIM raises no event for a join or a crash, so both are read from the difference of two
 * lists.
 */
export function compareRoster(
  before: readonly Member[],
  seen: readonly Seen[],
  self: Self & { moderates: boolean },
  now: Date,
  { keepUnknown, grace }: Watching,
): Roster {
  const known = new Map(before.map((member) => [keyOf(member), member]));
  const listed = new Set(seen.map(keyOf));
  const changes: RosterChange[] = [];
  const isSelf = (one: { name: string; instance: string }) =>
    one.name === self.name && one.instance === self.instance;

  const members = seen.map(({ name, instance, online }) => {
    const former = known.get(keyOf({ name, instance }));
    const unheard = grace && (former === undefined || former.status === 'unknown');
    const status = online ? ('online' as const) : unheard ? ('unknown' as const) : ('offline' as const);
    const isModerator = self.moderates && isSelf({ name, instance });
    // Who moderates may be known later than who is there, as after a restart: that is no event.
    if (former?.status === status)
      return former.isModerator === isModerator ? former : { ...former, isModerator };
    const member: Member = { name, instance, status, since: now, isModerator };
    if (!former) changes.push({ type: 'member-joined', member });
    else if (status !== 'unknown')
      changes.push({ type: online ? 'member-online' : 'member-offline', member });
    return member;
  });

  for (const member of before) {
    if (listed.has(keyOf(member))) continue;
    // A successor of the same name is the same member restarted; its former instance need not be waited for.
    const replaced = seen.some((one) => one.name === member.name && !known.has(keyOf(one)));
    if (keepUnknown && member.status === 'unknown' && !replaced) members.push(member);
    else changes.push({ type: 'member-left', member });
  }

  members.sort((a, b) => compare(a.name, b.name) || compare(a.instance, b.instance));
  // That we are in a channel of ours is no news.
  return { members, changes: changes.filter(({ member }) => !isSelf(member)) };
}

/** The list while nobody watches: nothing is said about anyone until the moderator is back. */
export function unwatched(members: readonly Member[], self: string, now: Date): Member[] {
  return members
    .filter((member) => member.name !== self)
    .map((member) => (member.status === 'unknown' ? member : { ...member, status: 'unknown', since: now }));
}

const keyOf = ({ name, instance }: { name: string; instance: string }) => `${name}/${instance}`;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
