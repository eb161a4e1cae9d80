import type { Child } from '@muster/practice/slim/child';
import { CallError } from '@muster/practice/slim/ipc';
import { Channel } from './channel.ts';
import type { Restored, WorkerCalls } from './protocol.ts';
import type { NotRestored } from './types.ts';

const CREATE_MS = 45_000;
const INVITE_MS = 90_000;

const REPLACED =
  'it could not be brought back after a restart. Its moderator has to invite us again: open the session anew';

export interface Comeback {
  /** Made anew, so that their members have to be invited again. */
  anew: Channel[];
  /** What the bindings brought back and nobody knew of. */
  found: Channel[];
}

/**
 * Brings channels back to a new worker: as the bindings restored them, or made anew.
 * `adoptUnknown`: the record of channels was lost, so that what was restored is all that is known.
 */
export async function bringBack(
  child: Child<WorkerCalls>,
  channels: readonly Channel[],
  restored: readonly Restored[],
  { self, adoptUnknown }: { self: string; adoptUnknown: boolean },
): Promise<Comeback> {
  const back = new Map(restored.map((one) => [one.channel, one]));
  const anew: Channel[] = [];
  for (const channel of channels) {
    if (channel.role === 'participant')
      await child.call('expect', { channel: channel.name, accept: true }, CREATE_MS);
    const session = back.get(channel.name);
    back.delete(channel.name);
    if (session && session.initiator === (channel.role === 'moderator')) {
      channel.isBack();
      // The bindings bring a closed session back as an open one.
      if (channel.closed) void child.call('softClose', { channel: channel.name }, INVITE_MS).catch(() => {});
    } else if (channel.role === 'participant') channel.lose(REPLACED, self);
    else if (!channel.closed) {
      await child.call('create', { channel: channel.name, ...channel.settings }, CREATE_MS);
      anew.push(channel);
    }
  }
  const found: Channel[] = [];
  for (const { channel: name, initiator, ...settings } of back.values()) {
    // Deleted here while the worker could not be told, or half made.
    if (!adoptUnknown) void child.call('delete', { channel: name }, INVITE_MS).catch(() => {});
    else {
      const channel = new Channel(name, initiator ? 'moderator' : 'participant', settings);
      channel.isBack();
      found.push(channel);
    }
  }
  return { anew, found };
}

/** Invites again everyone who was in the channels; says who could not be brought back. */
export async function restoreMembers(
  child: Child<WorkerCalls>,
  channels: readonly Channel[],
  self: string,
): Promise<NotRestored[]> {
  const lists = await Promise.all(
    channels.map((channel) => restoreChannel(child, channel.name, channel.invited(self))),
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
