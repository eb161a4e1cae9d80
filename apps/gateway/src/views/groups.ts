import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  GroupService,
  ListChannelsResponseSchema,
  ListMembersResponseSchema,
  ListMessagesResponseSchema,
  MemberSchema,
  MessageSchema,
  Presence,
} from '@muster/api';
import type { Member, Message } from '@muster/api';
import { listChannelsCommand, listParticipantsCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { refuse } from '../upstream/refuse.ts';
import type { ChannelMessage, Member as ModeratedMember } from '../moderator/types.ts';
import { allChannels } from './channels.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

const presences = { online: Presence.ONLINE, offline: Presence.OFFLINE, unknown: Presence.UNKNOWN } as const;
const noTool = noCommand('slimctl does not moderate: these channels are a session of our own with the node.');

export interface GroupContext extends ViewContext {
  /** Names known to be reachable, e.g. the members of the practice network. */
  candidates: () => readonly string[];
}

export function groupService(context: GroupContext): Partial<ServiceImpl<typeof GroupService>> {
  const source = (name: string) => {
    const there = [...context.connections.nodes, ...context.connections.managers];
    const found = there.find(({ link }) => link.name === bounded('connection', name, 255));
    if (!found) throw noSuchConnection(name, there);
    return found;
  };
  return {
    async listChannels() {
      const { channels, warnings } = await allChannels(context);
      const [manager] = context.connections.managers;
      return create(ListChannelsResponseSchema, {
        channels,
        warnings,
        command: manager ? listChannelsCommand(manager.config) : noTool,
        candidates: [...context.candidates()],
      });
    },

    async listMembers({ connection, channel }) {
      const from = source(connection);
      bounded('channel', channel, 1024);
      try {
        if (from.kind === 'slim-node') {
          return create(ListMembersResponseSchema, {
            members: from.moderator.members(channel).map(toMember),
            command: noTool,
          });
        }
        const names = await from.participants(channel);
        return create(ListMembersResponseSchema, {
          members: names.map(managedMember),
          command: listParticipantsCommand(from.config, channel),
        });
      } catch (error) {
        throw refuse('Reading members', connection, error);
      }
    },

    async listMessages({ connection, channel, limit }) {
      const from = source(connection);
      bounded('channel', channel, 1024);
      if (from.kind !== 'slim-node') {
        throw new ConnectError(
          'A channel manager passes no messages; a moderator of our own does.',
          Code.Unimplemented,
        );
      }
      try {
        const messages = from.moderator.messages(channel, limit === 0 ? 200 : Math.min(limit, 1000));
        return create(ListMessagesResponseSchema, { messages: messages.map(toMessage) });
      } catch (error) {
        throw refuse('Reading messages', connection, error);
      }
    },
  };
}

function toMember(member: ModeratedMember): Member {
  return create(MemberSchema, {
    name: member.name,
    instance: member.instance,
    presence: presences[member.status],
    since: timestampFromDate(member.since),
    presenceReason: member.status === 'unknown' ? 'The moderator has not seen it yet.' : '',
    moderator: member.isModerator,
  });
}

function managedMember(full: string): Member {
  const parts = full.split('/');
  return create(MemberSchema, {
    name: parts.slice(0, 3).join('/'),
    instance: parts[3] ?? '',
    presence: Presence.UNKNOWN,
    presenceReason: 'A channel manager does not tell who is online.',
  });
}

export function toMessage(message: ChannelMessage): Message {
  return create(MessageSchema, { ...message, at: timestampFromDate(message.at) });
}
