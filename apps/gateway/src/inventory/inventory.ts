import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { within } from '../within.ts';
import { Feed } from './feed.ts';
import type { FeedEvents, FeedState } from './feed.ts';
import { giveBackLater } from './give-back.ts';
import { startStore } from './store/client.ts';
import type { Store } from './store/client.ts';
import { everyEntry } from './store/query.ts';
import type { EntryPage, EntryQuery } from './store/query.ts';

/** At most this long does a list wait for a server's first page. */
const firstPageMs = 1500;
/** At most this long does a reading wait for lists of its first rows: to be asked for, and to be answered. */
const answerMs = 250;
/** Lists after which much is left behind. */
const manyLists = 100;

/** The gateway's copy of entries and agents of every SPIRE server it is connected to. */
export class Inventory {
  readonly store: Store;
  readonly #events: FeedEvents;
  readonly #now: () => Date;
  readonly #feeds = new Map<string, Feed>();
  /** Lists that are not answered yet. */
  readonly #asked = new Set<Promise<EntryPage>>();
  /** Resolves with the first list that anybody asks for. */
  readonly #firstAsked = Promise.withResolvers<void>();
  #lists = 0;
  #left = 0;
  #followed = false;

  /** `home` undefined keeps nothing once it is closed. */
  constructor(options: { home: string | undefined; events: FeedEvents; now: () => Date }) {
    this.#events = { ...options.events, answered: () => this.#answered() };
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
    this.#followed = true;
    for (const connection of connections) this.changed(connection);
  }

  /** A connection's state changed. */
  changed(connection: SpireConnection): void {
    const feed = this.#feeds.get(connection.link.name);
    const { state } = connection.link;
    if (!feed) return;
    const up = state.state === 'ready' || state.state === 'degraded';
    // What is kept of it is looked up first; `follow` ends with how things are then.
    if (!this.#followed) {
      if (up) feed.prepare();
    } else if (up) {
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
    await within(firstPageMs, Promise.all(waits));
  }

  /** The same for what needs the agents too: they come after the first page of entries. */
  async firstAgents(connections: readonly string[]): Promise<void> {
    const feeds = connections.flatMap((name) => this.#feeds.get(name) ?? []);
    if (feeds.length === 0) return;
    await within(firstPageMs, Promise.all(feeds.flatMap((feed) => [feed.firstPage, feed.firstAgents])));
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
    const answer = this.store.entries(query).then((page) => page ?? this.store.scanEntries(query));
    this.#asked.add(answer);
    this.#firstAsked.resolve();
    this.#lists += 1;
    try {
      return await answer;
    } finally {
      this.#asked.delete(answer);
      this.#leave();
    }
  }

  drop(connection: string, ids: string[]): Promise<void> {
    return this.#writeThrough(connection, (at) => this.store.remove(connection, ids, at));
  }

  async #answered(): Promise<void> {
    // Those that waited for first rows ask for them now.
    await nextTurn();
    // Nobody yet: the first list that is made of them takes longest, and is made before somebody waits for it.
    if (this.#lists === 0)
      void this.store.entries(firstList([...this.#feeds.keys()], this.#now())).catch(() => {});
    await within(
      answerMs,
      this.#firstAsked.promise
        .then(() => Promise.allSettled(this.#asked))
        // They are written to whoever asked.
        .then(() => nextTurn()),
    );
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

  /** What many lists left in this thread's heap is given back once nobody asks for more. */
  #leave(): void {
    this.#left += 1;
    if (this.#left < manyLists) return;
    giveBackLater(() => (this.#left = 0));
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

/** What a window asks for that has just been opened. */
function firstList(connections: string[], now: Date): EntryQuery {
  return {
    connections,
    ...everyEntry,
    limit: 200,
    now: Math.floor(now.getTime() / 1000),
  };
}
