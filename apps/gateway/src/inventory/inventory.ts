import { join } from 'node:path';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { Feed } from './feed.ts';
import type { FeedEvents, FeedState } from './feed.ts';
import { startStore } from './store/client.ts';
import type { Store } from './store/client.ts';
import type { EntryPage, EntryQuery } from './store/query.ts';

/** At most this long does a list wait for a server's first page. */
const firstPageMs = 1500;

/** The gateway's copy of entries and agents of every SPIRE server it is connected to. */
export class Inventory {
  readonly store: Store;
  readonly #events: FeedEvents;
  readonly #now: () => Date;
  readonly #feeds = new Map<string, Feed>();

  /** `home` undefined keeps nothing once it is closed. */
  constructor(options: { home: string | undefined; events: FeedEvents; now: () => Date }) {
    this.#events = options.events;
    this.#now = options.now;
    this.store = startStore(options.home === undefined ? undefined : join(options.home, 'muster.db'));
  }

  /** Follows these connections; what was kept of others is forgotten. */
  async follow(connections: readonly SpireConnection[]): Promise<void> {
    for (const connection of connections) {
      this.#feeds.set(connection.link.name, new Feed(connection, this.store, this.#events, this.#now));
    }
    const kept = await this.store.stats(0);
    for (const { connection, asOf, entries } of kept) this.#feeds.get(connection)?.restore(asOf, entries);
    void this.#forget([...this.#feeds.keys()]);
    for (const connection of connections) if (connection.link.up) void this.refresh(connection.link.name);
  }

  /** A connection's state changed. */
  changed(connection: SpireConnection): void {
    const feed = this.#feeds.get(connection.link.name);
    const { state } = connection.link;
    if (!feed) return;
    if (state.state === 'ready' || state.state === 'degraded') {
      if (feed.state.stale !== '' || feed.state.asOf === undefined) void feed.refresh();
    } else if (state.state === 'failed') feed.down(state.reason);
  }

  refresh(connection: string): Promise<void> {
    return this.#feeds.get(connection)?.refresh() ?? Promise.resolve();
  }

  /** Reads the agents of a server again, soon after an action changed them; what cannot be read now is read later. */
  async refreshAgents(connection: string): Promise<void> {
    await this.#feeds
      .get(connection)
      ?.refreshAgents()
      .catch(() => {});
  }

  feedState(connection: string): FeedState | undefined {
    return this.#feeds.get(connection)?.state;
  }

  /** Names of the federated bundles a server has, as read last. */
  federatedNames(connection: string): string[] {
    return [...(this.#feeds.get(connection)?.federated ?? [])];
  }

  /** Waits for something to show, but not for a server that does not answer. */
  async firstPages(connections: readonly string[]): Promise<void> {
    const waits = connections.flatMap((name) => this.#feeds.get(name)?.firstPage ?? []);
    if (waits.length === 0) return;
    const giveUp = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp.resolve, firstPageMs);
    await Promise.race([Promise.all(waits), giveUp.promise]);
    clearTimeout(timer);
  }

  /** Writes through what an action did, so that every window sees it at once. */
  put(connection: string, rows: EntryRow[]): Promise<void> {
    return this.#writeThrough(connection, (at) => this.store.upsert(connection, rows, at));
  }

  /** Keeps rows that a server was found to have before they were read in their turn. */
  found(connection: string, rows: EntryRow[]): Promise<void> {
    return this.#writeThrough(connection, (at) => this.store.upsert(connection, rows, at, true));
  }

  /** One page of a list of entries: by the index, or by the database itself while there is none. */
  async entries(query: EntryQuery): Promise<EntryPage> {
    return (await this.store.entries(query)) ?? this.store.scanEntries(query);
  }

  drop(connection: string, ids: string[]): Promise<void> {
    return this.#writeThrough(connection, (at) => this.store.remove(connection, ids, at));
  }

  async #writeThrough(connection: string, write: (at: number) => Promise<void>): Promise<void> {
    try {
      await write(this.#now().getTime());
    } catch {
      // The server has done it: a copy that cannot be written must not make it look undone.
      void this.refresh(connection);
    }
    this.#events.onEntries(connection);
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds.values()) feed.close();
    await this.store.close().catch(() => {});
  }

  async #forget(names: string[]): Promise<void> {
    try {
      while (await this.store.forgetOthers(names));
    } catch {
      // Only a cache: the next start tries again.
    }
  }
}
