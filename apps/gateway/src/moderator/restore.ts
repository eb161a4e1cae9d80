import type { Child } from '@muster/practice/slim/child';
import { CallError } from '@muster/practice/slim/ipc';
import type { Channel } from './channel.ts';
import type { WorkerCalls } from './protocol.ts';
import type { NotRestored } from './types.ts';

const INVITE_MS = 90_000;

/** Invites again everyone who was in the channels; says who could not be brought back. */
export async function restoreMembers(child: Child<WorkerCalls>, channels: Channel[]): Promise<NotRestored[]> {
  const lists = await Promise.all(
    channels.map((channel) => restoreChannel(child, channel.name, channel.invited)),
  );
  return lists.flat();
}

async function restoreChannel(
  child: Child<WorkerCalls>,
  channel: string,
  members: string[],
): Promise<NotRestored[]> {
  const failed: NotRestored[] = [];
  // One after the other: the worker would queue them anyway, and the deadline counts from the call.
  for (const member of members) {
    try {
      await child.call('invite', { channel, member }, INVITE_MS);
    } catch (error) {
      const { code, message } = error as CallError;
      // Someone else may have invited it, or deleted the channel, while this was going on.
      if (code === 'already-member') continue;
      if (code === 'no-channel' || code === 'gone') return failed;
      failed.push({ channel, member, reason: message });
    }
  }
  return failed;
}
