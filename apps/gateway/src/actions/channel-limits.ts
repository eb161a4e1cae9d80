import type { Warning } from '@muster/api';
import { warn } from '../views/entry-warnings.ts';

/** As many as an undo may have to bring back; each is asked in turn, and it can be stopped. */
export const mostMembers = 1000;

/** Ten years, seconds. */
export const mostTtl = 315_360_000;

/** Where an undo could not bring all members back in one plan. */
export function tooMany(members: readonly string[]): Warning[] {
  if (members.length <= mostMembers) return [];
  return [
    warn(
      'not-undone',
      `It cannot be undone from here: ${members.length} members are more than the ${mostMembers} that one plan invites again.`,
    ),
  ];
}
