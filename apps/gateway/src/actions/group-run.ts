import type { ItemResult } from '@muster/api';
import type { ActionContext } from './action.ts';
import type { GroupConnection } from './group-target.ts';
import { done, failed } from './results.ts';

/** Sends one change of a group and answers for it; windows read the channels again, however it ended. */
export async function* carryOut(
  context: ActionContext,
  connection: GroupConnection,
  target: string,
  send: () => Promise<unknown>,
): AsyncGenerator<ItemResult> {
  try {
    await send();
    yield done(target);
  } catch (error) {
    yield failed(target, error);
  } finally {
    context.onChannels(connection.link.name);
  }
}

/** Invites by whoever runs the channel: our own moderator, or the channel manager; `grant` is of its owner. */
export async function invite(
  connection: GroupConnection,
  channel: string,
  member: string,
  grant?: Uint8Array,
): Promise<void> {
  await (connection.kind === 'slim-node'
    ? connection.moderator.invite(channel, member)
    : connection.kind === 'slim-control-plane'
      ? connection.plane.addParticipant(channel, member, [])
      : connection.add(channel, member, grant));
}

/** Removes by whoever runs the channel; of several instances of one name a channel manager chooses. */
export async function removeMember(
  connection: GroupConnection,
  channel: string,
  member: string,
): Promise<void> {
  await (connection.kind === 'slim-node'
    ? connection.moderator.remove(channel, member)
    : connection.kind === 'slim-control-plane'
      ? connection.plane.deleteParticipant(channel, member, [])
      : connection.remove(channel, member));
}
