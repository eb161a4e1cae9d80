import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ChannelSchema, Mls } from '@muster/api';
import type { Channel, Warning } from '@muster/api';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';

/** Listing members of this many channels at most counts them; more would make the list slow. */
const countedChannels = 50;

/** Every channel of every moderator and manager; what cannot be read is a warning, never a gap. */
export async function allChannels(
  context: ViewContext,
): Promise<{ channels: Channel[]; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  const read = async (name: string, list: () => Promise<Channel[]>): Promise<Channel[]> => {
    try {
      return await list();
    } catch (error) {
      warnings.push(warn('channels-unread', `The channels of ${name} cannot be read. ${sentence(error)}`));
      return [];
    }
  };
  const lists = await Promise.all([
    ...context.connections.nodes
      .filter(({ ownName }) => ownName !== '')
      .map((node) => read(node.link.name, () => nodeChannels(node))),
    ...context.connections.managers.map((manager) => read(manager.link.name, () => managerChannels(manager))),
  ]);
  const channels = lists
    .flat()
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.connection < b.connection ? -1 : 1));
  return { channels, warnings };
}

async function nodeChannels(node: SlimNodeConnection): Promise<Channel[]> {
  return node.moderator.channels().map((channel) =>
    create(ChannelSchema, {
      name: channel.name,
      connection: node.link.name,
      managedBy: 'slim-node',
      mls: channel.mls ? Mls.ON : Mls.OFF,
      createdAt: timestampFromDate(new Date(channel.createdAt)),
      members: channel.memberCount,
      online: channel.online,
      canMessage: true,
      presenceKnown: true,
    }),
  );
}

async function managerChannels(manager: ChannelManagerConnection): Promise<Channel[]> {
  const channels = await manager.channels();
  const fixed = manager.link.lacks('channels.write');
  return Promise.all(
    channels.map(async (channel, index) => {
      const members = index < countedChannels ? await manager.participants(channel.name).catch(() => []) : [];
      const ours = channel.owner !== '' && channel.owner === manager.did;
      const foreign = channel.owner !== '' && !ours ? 'It is owned by a key this gateway does not hold.' : '';
      return create(ChannelSchema, {
        name: channel.name,
        connection: manager.link.name,
        managedBy: 'channel-manager',
        mls: Mls.UNKNOWN,
        owner: channel.owner,
        ownedByUs: ours,
        ...(channel.expiresAt ? { expiresAt: timestampFromDate(channel.expiresAt) } : {}),
        members: members.length,
        canMessage: false,
        lockedReason: fixed || foreign,
        presenceKnown: false,
      });
    }),
  );
}
