import type { Connections } from '../upstream/connections.ts';

/** Channels of the managers by the did:key that owns them. */
export interface OwnedChannels {
  of: (did: string) => { connection: string; channel: string }[];
  /** Managers that could not be read: what they have is not in it. */
  unread: string[];
}

/** Asks every channel manager. */
export async function ownedChannels({ managers }: Pick<Connections, 'managers'>): Promise<OwnedChannels> {
  const byOwner = new Map<string, { connection: string; channel: string }[]>();
  const unread: string[] = [];
  await Promise.all(
    managers.map(async (manager) => {
      const connection = manager.link.name;
      try {
        for (const { name, owner } of await manager.channels()) {
          if (owner === '') continue;
          const there = byOwner.get(owner);
          if (there) there.push({ connection, channel: name });
          else byOwner.set(owner, [{ connection, channel: name }]);
        }
      } catch {
        unread.push(connection);
      }
    }),
  );
  const place = ({ connection, channel }: { connection: string; channel: string }) =>
    `${connection}/${channel}`;
  return {
    of: (did) => (byOwner.get(did) ?? []).toSorted((a, b) => (place(a) < place(b) ? -1 : 1)),
    unread: unread.toSorted(),
  };
}
