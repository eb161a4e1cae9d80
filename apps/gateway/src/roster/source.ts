import type { Connections } from '../upstream/connections.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import type { Look, SeenMember } from './compare.ts';

export type RosterConnection = SlimNodeConnection | ChannelManagerConnection | ControlPlaneConnection;

/** Whatever can hold channels. */
export function rosterConnections(connections: Connections): RosterConnection[] {
  return [
    ...connections.nodes.filter(({ ownName }) => ownName !== ''),
    ...connections.managers,
    ...connections.planes,
  ];
}

/** One look at all channels of a connection; undefined while it has none to look at. @throws Fault */
export async function look(connection: RosterConnection): Promise<Look | undefined> {
  if (!connection.link.up) return undefined;
  switch (connection.kind) {
    case 'slim-node': {
      const { moderator } = connection;
      // While its process is away nobody watches: what it last saw is no news.
      if (moderator.state().state !== 'ready') return undefined;
      return new Map(
        moderator.channels().map(({ name, session }) => [
          name,
          // A session that is closed or restoring does not know who is there.
          session === 'closed' || session === 'restoring' || session === 'lost'
            ? undefined
            : moderator
                .members(name)
                .flatMap(({ name: member, instance, status, isModerator }): SeenMember[] =>
                  // That we are in our own channel is no news.
                  isModerator ? [] : [{ name: member, instance, presence: status }],
                ),
        ]),
      );
    }
    case 'channel-manager': {
      const channels = await connection.channels();
      return readAll(
        channels.map(({ name }) => name),
        (channel) => connection.participants(channel),
      );
    }
    case 'slim-control-plane': {
      if (!connection.holdsChannels) return undefined;
      const { plane } = connection;
      const channels = await plane.channels();
      return readAll(
        channels.map(({ id }) => id),
        (channel) => plane.participants(channel),
      );
    }
  }
}

/** One channel after the other: a manager with hundreds of them has other things to do too. */
async function readAll(
  channels: readonly string[],
  participants: (channel: string) => Promise<readonly string[]>,
): Promise<Look> {
  const seen = new Map<string, readonly SeenMember[] | undefined>();
  for (const channel of channels)
    seen.set(
      channel,
      await participants(channel).then(
        (names) => names.map(memberOf),
        // It may have been deleted since it was listed: the next look tells.
        () => undefined,
      ),
    );
  return seen;
}

/** A SLIM name with an instance. One look, as there may be ten thousand: parsing each takes four times as long. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const withInstance =
  /^([^/\s\u0000-\u001f\u007f]+(?:\/[^/\s\u0000-\u001f\u007f]+){2})\/([^/\s\u0000-\u001f\u007f]+)$/u;

/** A participant as org/namespace/app or with its instance; the first generation takes any text. */
export function memberOf(full: string): SeenMember {
  const [, name = full, instance = ''] = withInstance.exec(full) ?? [];
  return { name, instance, presence: '' };
}
