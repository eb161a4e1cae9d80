import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';

/** SPIFFE ID and parent: what a server can be asked for exactly. */
export const pairOf = (fields: { spiffeId: string; parentId: string }): string =>
  `${fields.spiffeId} ${fields.parentId}`;

/** Entries of a server, by what rows may name them by. */
export interface Existing {
  byId: ReadonlyMap<string, EntryRow>;
  byPair: ReadonlyMap<string, readonly EntryRow[]>;
}

export interface Wanted {
  ids: ReadonlySet<string>;
  pairs: ReadonlyMap<string, { spiffeId: string; parentId: string }>;
}

/** Of real SPIRE, unix socket and sqlite: one exact question against one row of a listing, ms. */
const exactMs = 4;
const listedMs = 0.04;
const width = 16;

/**
 * What the server itself has of these, never our copy of it: asked one by one where they are few, and by one walk
 * through the whole list where that is quicker.
 */
export async function findExisting(
  connection: SpireConnection,
  wanted: Wanted,
  entriesThere: number,
): Promise<Existing> {
  const questions = wanted.ids.size + wanted.pairs.size;
  const walk = questions * exactMs > Math.max(400, entriesThere * listedMs);
  return walk ? byWalking(connection, wanted) : byAsking(connection, wanted);
}

async function byWalking({ client }: SpireConnection, { ids, pairs }: Wanted): Promise<Existing> {
  const found = new Found();
  for await (const page of client.entryPages())
    for (const row of page) if (ids.has(row.id) || pairs.has(pairOf(row))) found.add(row);
  return found;
}

async function byAsking({ client }: SpireConnection, { ids, pairs }: Wanted): Promise<Existing> {
  const found = new Found();
  const asks = [
    ...[...ids].map((id) => async () => [await client.entry(id)]),
    ...[...pairs.values()].map(
      ({ spiffeId, parentId }) =>
        () =>
          client.entriesLike(spiffeId, parentId),
    ),
  ];
  for (let at = 0; at < asks.length; at += width)
    for (const rows of await Promise.all(asks.slice(at, at + width).map((ask) => ask())))
      for (const row of rows) if (row) found.add(row);
  return found;
}

class Found implements Existing {
  readonly byId = new Map<string, EntryRow>();
  readonly byPair = new Map<string, EntryRow[]>();

  add(row: EntryRow): void {
    if (this.byId.has(row.id)) return;
    this.byId.set(row.id, row);
    const pair = pairOf(row);
    const like = this.byPair.get(pair);
    if (like) like.push(row);
    else this.byPair.set(pair, [row]);
  }
}
