import type { AnyAction } from './action.ts';
import { channelCreate } from './channel-create.ts';
import { channelDelete } from './channel-delete.ts';
import { entryCreate } from './entry-create.ts';
import { entryDelete } from './entry-delete.ts';
import { entryUpdate } from './entry-update.ts';
import { memberInvite } from './member-invite.ts';
import { memberRemove } from './member-remove.ts';
import { messageSend } from './message-send.ts';

/** Every action there is: nothing else can change anything. */
export const actions: readonly AnyAction[] = [
  entryCreate,
  entryUpdate,
  entryDelete,
  channelCreate,
  channelDelete,
  memberInvite,
  memberRemove,
  messageSend,
] as AnyAction[];

const byName = new Map(actions.map((action) => [action.name, action]));

export function findAction(name: string): AnyAction | undefined {
  return byName.get(name);
}
