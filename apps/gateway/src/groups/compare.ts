import type { Side } from './sides.ts';

export type Standing = 'present' | 'absent' | 'unknown';

export interface Row {
  member: string;
  /** One for each side. */
  standings: Standing[];
  /** Sides that were read do not agree. */
  differs: boolean;
  moderator: boolean;
  instances: string[];
}

/** One change that makes a side like another. */
export interface Difference {
  side: Side;
  verb: 'invite' | 'remove';
  /** What is compared. */
  member: string;
  /** What that side is told. */
  named: string;
}

/** Whoever moderates one of the sides: in its group without being a member. */
export function moderatorsOf(sides: readonly Side[]): ReadonlySet<string> {
  return new Set(sides.flatMap(({ moderators }) => moderators));
}

/** Every name that some side has: those that differ first, then by name, moderators last. */
export function compare(sides: readonly Side[]): Row[] {
  const moderators = moderatorsOf(sides);
  const names = new Set(sides.flatMap(({ members }) => [...(members?.keys() ?? [])]));
  const rows = [...names].map((member): Row => {
    const standings = sides.map(({ members }): Standing => {
      if (!members) return 'unknown';
      return members.has(member) ? 'present' : 'absent';
    });
    const moderator = moderators.has(member);
    const instances = new Set(
      sides
        .flatMap(({ members }) => members?.get(member) ?? [])
        .map((named) => named.slice(member.length + 1)),
    );
    return {
      member,
      standings,
      differs: !moderator && standings.includes('present') && standings.includes('absent'),
      moderator,
      instances: [...instances].filter((instance) => instance !== '').toSorted(),
    };
  });
  const rank = ({ differs, moderator }: Row): number => (differs ? 0 : moderator ? 2 : 1);
  return rows.toSorted((a, b) => rank(a) - rank(b) || (a.member < b.member ? -1 : 1));
}

/** Members to compare: without whoever moderates some side. */
export function membersOf(side: Side, sides: readonly Side[]): string[] {
  const moderators = moderatorsOf(sides);
  return [...(side.members?.keys() ?? [])].filter((member) => !moderators.has(member)).toSorted();
}

/** What makes every other side like `source`; sides that cannot be read or changed are left as they are. */
export function differences(source: Side, sides: readonly Side[]): Difference[] {
  const wanted = membersOf(source, sides);
  return sides.flatMap((side) => {
    const { members } = side;
    if (side === source || !members || side.locked !== '') return [];
    const invites = wanted
      .filter((member) => !members.has(member))
      .map((member): Difference => ({ side, verb: 'invite', member, named: member }));
    const keep = new Set(wanted);
    const removes = membersOf(side, sides)
      .filter((member) => !keep.has(member))
      .flatMap((member) =>
        namesToRemove(side, member).map((named): Difference => ({ side, verb: 'remove', member, named })),
      );
    return [...invites, ...removes];
  });
}

/** A control plane is told what it has, letter for letter; sessions and channel managers take org/ns/app. */
function namesToRemove({ kind, members }: Side, member: string): readonly string[] {
  return kind === 'control-plane' ? (members?.get(member) ?? []) : [member];
}
