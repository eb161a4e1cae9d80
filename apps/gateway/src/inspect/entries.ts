import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import type { ViewContext } from '../views/context.ts';
import type { SvidFacts } from './facts.ts';

/** Entries of one SPIFFE ID as one server has them. */
export interface EntriesSeen {
  connection: SpireConnection;
  name: string;
  /** The server itself answered now; else it is our copy. */
  live: boolean;
  /** When it was read; undefined: never. */
  asOf: Date | undefined;
  entries: readonly StoredEntry[];
  /** There are more than were read. */
  more: boolean;
  /** In our copy, and on the server no more: gone since the copy was read. */
  gone: readonly StoredEntry[];
  /** Why the server could not be asked; empty when it could. */
  problem: string;
}

const mostEntries = 100;
const timeoutMs = 5000;

/**
 * Asks the server itself, which answers an exact filter in milliseconds: our copy may be half a minute old, and a
 * reviewer asks just after something changed.
 */
export async function seeEntries(
  context: Pick<ViewContext, 'inventory' | 'now'>,
  connection: SpireConnection,
  { spiffeId }: Pick<SvidFacts, 'spiffeId'>,
): Promise<EntriesSeen> {
  const { inventory } = context;
  const { name } = connection.link;
  const copy = async (): Promise<StoredEntry[]> =>
    inventory.store.entriesBySpiffeId(name, spiffeId, Math.floor(context.now().getTime() / 1000));
  const base = { connection, name };
  try {
    const { rows, more } = await connection.client.entriesNamed(spiffeId, mostEntries, { timeoutMs });
    const before = await copy();
    const known = new Set(before.map(({ row }) => row.id));
    const news = rows.filter(({ id }) => !known.has(id));
    if (news.length > 0) await inventory.found(name, news);
    const there = new Map(rows.map((row) => [row.id, row]));
    const gone = more ? [] : before.filter(({ row }) => !there.has(row.id));
    // What a reading would find in half a minute is written down now, with its moment.
    if (gone.length > 0) readSoon(context, connection);
    const entries = (news.length > 0 ? await copy() : before).flatMap((stored) => {
      const row = there.get(stored.row.id);
      return row ? [{ ...stored, row }] : [];
    });
    return { ...base, live: true, asOf: context.now(), entries, more, gone, problem: '' };
  } catch (error) {
    const entries = await copy();
    return {
      ...base,
      live: false,
      asOf: inventory.feedState(name)?.asOf,
      entries,
      more: entries.length >= mostEntries,
      gone: [],
      problem: sentence(classify(error)),
    };
  }
}

/** When a reading was asked for from here, ms. */
const asked = new WeakMap<SpireConnection, number>();
const pause = 10_000;

/** A reading makes every window ask again: one that goes on failing must not be asked for by each of them. */
function readSoon(
  { inventory, now }: Pick<ViewContext, 'inventory' | 'now'>,
  connection: SpireConnection,
): void {
  const at = now().getTime();
  if (at - (asked.get(connection) ?? 0) < pause) return;
  asked.set(connection, at);
  void inventory.refresh(connection.link.name);
}
