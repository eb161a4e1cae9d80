import { create } from '@bufbuild/protobuf';
import { ChannelSchema, Mls } from '@muster/api';
import type { Channel } from '@muster/api';
import type { GroupBook } from '../groups/book.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';

/** Channels of a control plane up to 1.4: their names, and what this gateway knows of those it made. */
export async function planeChannels(
  connection: ControlPlaneConnection,
  book: GroupBook,
  counted: number,
): Promise<Channel[]> {
  const { plane, link } = connection;
  const rows = await plane.channels();
  return Promise.all(
    rows.map(async ({ id }, index) => {
      const members = index < counted ? await plane.participants(id).catch(() => []) : [];
      return create(ChannelSchema, {
        name: id,
        connection: link.name,
        managedBy: 'slim-control-plane',
        mls: Mls.UNKNOWN,
        members: members.length,
        moderators: book.get(link.name, id)?.moderators ?? [],
        lockedReason: link.lacks('channels.write'),
      });
    }),
  );
}
