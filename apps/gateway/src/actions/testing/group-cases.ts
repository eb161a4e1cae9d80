import type { JsonObject } from '@bufbuild/protobuf';
import { CallError } from '@muster/practice/slim/ipc';
import type { ChannelMessage, Member, Moderator, ModeratorOptions } from '../../moderator/types.ts';

/** When the moderator's call breaks, as seen from the gateway: in both it is told no more than that. */
export type Break = 'never' | 'before' | 'after';

interface Room {
  mls: boolean;
  role: 'moderator' | 'participant';
  session: 'open' | 'closed';
  members: Member[];
  messages: ChannelMessage[];
}

/** A moderator's process of which a call can break, and which another can take the place of. */
export class BreakingModerator {
  breaks: Break = 'never';
  rooms = new Map<string, Room>();

  readonly start = (options: ModeratorOptions): Moderator => {
    const room = (name: string): Room => {
      const found = this.rooms.get(name);
      if (!found) throw new CallError('no-channel', `The moderator runs no channel named ${name}.`);
      return found;
    };
    const call = async (change: () => unknown): Promise<void> => {
      const breaks = this.breaks;
      if (breaks !== 'before') change();
      if (breaks !== 'never') throw new CallError('no-confirmation', 'SLIM did not confirm in time.');
    };
    return {
      state: () => ({ state: 'ready' }),
      onState: () => () => {},
      onEvent: () => () => {},
      channels: () =>
        [...this.rooms].map(([name, { mls, role, session, members }]) => ({
          name,
          mls,
          role,
          session,
          sessionReason: '',
          maxRetries: 5,
          intervalMs: 1000,
          createdAt: '2027-01-01T00:00:00Z',
          memberCount: members.length,
          online: members.length,
        })),
      members: (channel) => room(channel).members,
      messages: (channel) => room(channel).messages,
      heard: () => ({ earlier: 0, start: 0, since: new Date(0) }),
      createChannel: (name, { mls }) =>
        call(() => this.rooms.set(name, roomOf([memberOf(options.name, true)], { mls }))),
      deleteChannel: (name) => call(() => this.rooms.delete(name)),
      invite: (channel, name) => call(() => room(channel).members.push(memberOf(name))),
      remove: (channel, name) =>
        call(() => {
          const one = room(channel);
          one.members = one.members.filter((member) => member.name !== name);
        }),
      publish: (channel, text) =>
        call(() => {
          const { messages } = room(channel);
          const from = options.name;
          const at = new Date(0);
          messages.push({
            id: String(messages.length),
            at,
            from,
            fromInstance: 'i',
            text,
            own: true,
            payloadType: 'text',
            bytes: text.length,
            identity: '',
            sequence: messages.length + 1,
            cut: false,
          });
        }),
      notices: () => [],
      join: (channel) =>
        call(() => this.rooms.set(channel, roomOf([memberOf(options.name)], { role: 'participant' }))),
      closeSession: (channel) => call(() => (room(channel).session = 'closed')),
      rejoinSession: (channel) => call(() => (room(channel).session = 'open')),
      leaveSession: (channel) => call(() => this.rooms.delete(channel)),
      pid: () => undefined,
      close: async () => {},
    };
  };

  /** All that it holds, as text. */
  state(): string {
    return JSON.stringify(
      [...this.rooms].map(([name, { session, members, messages }]) => [
        name,
        session,
        members.map((member) => member.name),
        messages.map(({ text }) => text),
      ]),
    );
  }

  put(channel: string, ...members: string[]): void {
    const all = [memberOf('org/ns/mod', true), ...members.map((name) => memberOf(name))];
    this.rooms.set(channel, roomOf(all));
  }

  /** A channel of somebody else's that we are in. */
  join(channel: string, session: Room['session'] = 'open'): void {
    const all = [memberOf('org/ns/mod'), memberOf('org/ns/theirs', true)];
    this.rooms.set(channel, roomOf(all, { role: 'participant', session }));
  }
}

const roomOf = (members: Member[], rest: Partial<Room> = {}): Room => ({
  mls: true,
  role: 'moderator',
  session: 'open',
  messages: [],
  ...rest,
  members,
});

const memberOf = (name: string, isModerator = false): Member => ({
  name,
  instance: 'i',
  status: 'online',
  since: new Date(0),
  isModerator,
});

const channel = 'org/ns/room';
const there = (moderator: BreakingModerator): void => moderator.put(channel, 'org/ns/a');

/** Every action on a group: what it needs, its input, and what another moderator may have that it must not touch. */
export const groupCases: Record<
  string,
  {
    stage: (moderator: BreakingModerator) => void;
    input: JsonObject;
    other: (moderator: BreakingModerator) => void;
  }
> = {
  'channel.create': { stage: () => {}, input: { name: channel }, other: there },
  'channel.delete': {
    stage: there,
    input: { name: channel },
    other: (moderator) => moderator.put(channel, 'org/ns/somebody'),
  },
  'member.invite': {
    stage: there,
    input: { channel, member: 'org/ns/b' },
    other: (moderator) => moderator.put('org/ns/elsewhere'),
  },
  'member.remove': {
    stage: there,
    input: { channel, member: 'org/ns/a' },
    other: (moderator) => moderator.put(channel, 'org/ns/somebody'),
  },
  'session.open': { stage: () => {}, input: { channel }, other: there },
  'session.close': {
    stage: (moderator) => moderator.join(channel),
    input: { channel },
    other: (moderator) => moderator.join('org/ns/elsewhere'),
  },
  'session.rejoin': {
    stage: (moderator) => moderator.join(channel, 'closed'),
    input: { channel },
    other: (moderator) => moderator.join('org/ns/elsewhere'),
  },
  'message.send': {
    stage: there,
    input: { channel, text: 'hello' },
    other: (moderator) => moderator.put('org/ns/elsewhere'),
  },
};
export const groupActions = Object.keys(groupCases);
