import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ChannelSchema, Mls } from '@muster/api';
import type { Channel, Warning } from '@muster/api';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { sentence } from '../upstream/sentences.ts';
import type { ModeratedChannel } from '../moderator/types.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';
import { planeChannels } from './plane-channels.ts';

/** Listing members of this many channels at most counts them; more would make the list slow. */
const countedChannels = 50;

/** Every channel of every moderator, manager and control plane up to 1.4; what cannot be read is a warning, never a gap. */
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
      .map((node) =>
        read(node.link.name, async () => {
          const channels = nodeChannels(node);
          for (const notice of node.moderator.notices())
            warnings.push(warn('sessions', `${node.link.name}: ${notice}`));
          return channels;
        }),
      ),
    ...context.connections.managers.map((manager) =>
      read(manager.link.name, () => managerChannels(manager, context)),
    ),
    ...context.connections.planes
      .filter(({ holdsChannels }) => holdsChannels)
      .map((plane) => read(plane.link.name, () => planeChannels(plane, context.groups, countedChannels))),
  ]);
  const channels = lists
    .flat()
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.connection < b.connection ? -1 : 1));
  return { channels, warnings };
}

function nodeChannels(node: SlimNodeConnection): Channel[] {
  return node.moderator.channels().map((channel) =>
    create(ChannelSchema, {
      name: channel.name,
      connection: node.link.name,
      managedBy: 'slim-node',
      mls: channel.session === 'waiting' ? Mls.UNKNOWN : channel.mls ? Mls.ON : Mls.OFF,
      maxRetries: channel.maxRetries,
      intervalMs: channel.intervalMs,
      session: channel.session,
      sessionReason: channel.sessionReason,
      moderatedByUs: channel.role === 'moderator',
      moderators: channel.role === 'moderator' ? [node.ownName] : [],
      createdAt: timestampFromDate(new Date(channel.createdAt)),
      members: channel.memberCount,
      online: channel.online,
      canMessage: channel.session === 'open' || channel.session === 'restoring',
      lockedReason: lockOf(channel),
      presenceKnown: channel.session === 'open' || channel.session === 'restoring',
    }),
  );
}

/** Why the members of a channel that we have a session in cannot be changed by it. */
function lockOf({ role, session }: ModeratedChannel): string {
  if (session === 'waiting') return 'We wait to be invited to it.';
  if (session === 'lost') return 'Our session in it is lost. Open it again to take part.';
  if (role === 'participant') return 'We take part in it; who moderates it changes its members.';
  return session === 'closed'
    ? 'Our session in it is closed. Rejoin it to read and send, and to change its members.'
    : '';
}

async function managerChannels(
  manager: ChannelManagerConnection,
  { ownerKeys, made }: ViewContext,
): Promise<Channel[]> {
  const channels = await manager.channels();
  const fixed = manager.link.lacks('channels.write');
  return Promise.all(
    channels.map(async (channel, index) => {
      const members = index < countedChannels ? await manager.participants(channel.name).catch(() => []) : [];
      const known = made.get(manager.link.name, channel.name, channel.owner);
      return create(ChannelSchema, {
        name: channel.name,
        connection: manager.link.name,
        managedBy: 'channel-manager',
        // No API tells it again.
        mls: known === undefined ? Mls.UNKNOWN : known.mls ? Mls.ON : Mls.OFF,
        owner: channel.owner,
        ownedByUs: channel.owner !== '' && ownerKeys.holds(channel.owner),
        ownerAlias: channel.owner === '' ? '' : ownerKeys.aliasOf(channel.owner),
        moderators: manager.config.audience === undefined ? [] : [manager.config.audience],
        ...(channel.expiresAt ? { expiresAt: timestampFromDate(channel.expiresAt) } : {}),
        members: members.length,
        canMessage: false,
        lockedReason: fixed,
        presenceKnown: false,
      });
    }),
  );
}
