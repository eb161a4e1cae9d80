import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  GroupService,
  ListChannelsResponseSchema,
  ListMessagesResponseSchema,
  MessageSchema,
} from '@muster/api';
import type { Message } from '@muster/api';
import { listChannelsCommand } from '../upstream/channel-manager/commands.ts';
import { noCommand } from '../upstream/command.ts';
import { planeChannelCommand } from '../upstream/control-plane/channel-commands.ts';
import { refuse } from '../upstream/refuse.ts';
import type { MemberViews } from '../members/members.ts';
import type { ChannelMessage } from '../moderator/types.ts';
import { allChannels } from './channels.ts';
import { compareGroup } from './group-compare.ts';
import { membersView } from './members.ts';
import { rosterView } from './roster.ts';
import { bounded, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

const noTool = noCommand('slimctl does not moderate: these channels are a session of our own with the node.');

export interface GroupContext extends ViewContext {
  /** Names known to be reachable, e.g. the members of the practice network. */
  candidates: () => readonly string[];
  members: MemberViews;
}

export function groupService(context: GroupContext): Partial<ServiceImpl<typeof GroupService>> {
  const source = (name: string) => {
    const there = [
      ...context.connections.nodes,
      ...context.connections.managers,
      ...context.connections.planes.filter(({ holdsChannels }) => holdsChannels),
    ];
    const found = there.find(({ link }) => link.name === bounded('connection', name, 255));
    if (!found) throw noSuchConnection(name, there);
    return found;
  };
  return {
    async listChannels() {
      const { channels, warnings } = await allChannels(context);
      const [manager] = context.connections.managers;
      const plane = context.connections.planes.find(({ link, holdsChannels }) => link.up && holdsChannels);
      return create(ListChannelsResponseSchema, {
        channels,
        warnings,
        command: manager
          ? listChannelsCommand(manager.config)
          : plane
            ? planeChannelCommand({ address: plane.config.address, generation: plane.plane.generation }, [
                'channel',
                'list',
              ])
            : noTool,
        candidates: [...context.candidates()],
      });
    },

    ...membersView(context),
    ...rosterView(context),

    compareGroup: (request) => compareGroup(context, request),

    async listMessages({ connection, channel, limit }) {
      const from = source(connection);
      bounded('channel', channel, 1024);
      if (from.kind !== 'slim-node') {
        throw new ConnectError(
          'Only a session of ours passes messages: channel managers and control planes do not.',
          Code.Unimplemented,
        );
      }
      try {
        const kept = from.moderator.messages(channel);
        const messages = limit === 0 ? kept : kept.slice(-limit);
        const { earlier, start, since } = from.moderator.heard(channel);
        return create(ListMessagesResponseSchema, {
          messages: messages.map(toMessage),
          earlier: BigInt(earlier),
          start: BigInt(start),
          since: timestampFromDate(since),
        });
      } catch (error) {
        throw refuse('Reading messages', connection, error);
      }
    },
  };
}

export function toMessage(message: ChannelMessage): Message {
  const { bytes, identity, at, sequence, cut, ...rest } = message;
  return create(MessageSchema, {
    ...rest,
    at: timestampFromDate(at),
    payloadBytes: bytes,
    fromIdentity: identity,
    sequence: BigInt(sequence),
    textCut: cut,
  });
}
