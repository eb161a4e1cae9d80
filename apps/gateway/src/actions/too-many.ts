import type { Warning } from '@muster/api';
import { warn } from '../views/entry-warnings.ts';
import { mostMembers } from './channel-limits.ts';

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
