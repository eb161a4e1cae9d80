import { CallError } from '@muster/practice/slim/ipc';
import type { Member, MemberStatus, Moderator, ModeratorEvent } from '../../moderator/types.ts';

/** A moderator whose channels a spec says: names that end in `-absent` never answer an invitation. */
export interface ToldModerator {
  moderator: Moderator;
  /** Instances by name; how each is seen. */
  see: (channel: string, members: Record<string, { instance: string; status: MemberStatus }>) => void;
}

export function toldModerator(self: string): ToldModerator {
  const rooms = new Map<string, Member[]>();
  const listeners = new Set<(event: ModeratorEvent) => void>();
  const tell = (event: ModeratorEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const room = (name: string): Member[] => {
    const found = rooms.get(name);
    if (!found) throw new CallError('no-channel', `There is no channel ${name}.`);
    return found;
  };
  const since = new Date(1_800_000_000_000);
  const member = (name: string, instance: string, status: MemberStatus): Member => ({
    name,
    instance,
    status,
    since,
    isModerator: name === self,
  });
  // What these specs do not ask for is not there.
  const moderator: Partial<Moderator> = {
    state: () => ({ state: 'ready' }),
    onState: () => () => {},
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    channels: () =>
      [...rooms].map(([name, members]) => ({
        name,
        mls: true,
        role: 'moderator',
        session: 'open',
        sessionReason: '',
        maxRetries: 5,
        intervalMs: 1000,
        createdAt: since.toISOString(),
        memberCount: members.length,
        online: members.filter(({ status }) => status === 'online').length,
      })),
    members: (channel) => rooms.get(channel) ?? [],
    messages: () => [],
    async createChannel(name) {
      rooms.set(name, [member(self, 'self', 'online')]);
      tell({ type: 'channel-created', channel: name });
    },
    async deleteChannel(name) {
      rooms.delete(name);
      tell({ type: 'channel-deleted', channel: name });
    },
    async invite(channel, name) {
      if (name.endsWith('-absent')) throw new CallError('nobody-answers', `Nobody answers at ${name}.`);
      const joined = member(name, `of-${name.split('/')[2] ?? ''}`, 'online');
      room(channel).push(joined);
      tell({ type: 'member-joined', channel, member: joined });
    },
    async remove(channel, name) {
      rooms.set(
        channel,
        room(channel).filter((one) => one.name !== name),
      );
    },
    pid: () => undefined,
    close: async () => {},
  };
  return {
    moderator: moderator as Moderator,
    see(channel, members) {
      const seen = Object.entries(members).map(([name, { instance, status }]) =>
        member(name, instance, status),
      );
      rooms.set(channel, [member(self, 'self', 'online'), ...seen]);
      tell({ type: 'restored', channels: [channel], notRestored: [] });
    },
  };
}
