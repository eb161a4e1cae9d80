import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { PackedEntries } from '../upstream/spire/entry-wire.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import { AgentReader } from './agent-reader.ts';
import { giveBackLater } from './give-back.ts';
import type { Store } from './store/client.ts';

/** How fresh one connection's copy is. */
export interface FeedState {
  asOf: Date | undefined;
  refreshing: boolean;
  read: number;
  expected: number;
  /** Why the copy may be stale; empty: fresh. */
  stale: string;
}

export interface FeedEvents {
  /** Rows may have changed, or more of them have come. */
  onEntries: (connection: string) => void;
  onAgents: (connection: string) => void;
  /** The own bundle or the federated ones changed. */
  onBundles: (connection: string) => void;
  /** Resolves when lists were asked for and have been answered, or either takes too long. */
  answered?: () => Promise<void>;
}

/** Between the end of one reading and the next, ms. */
const pause = 30_000;

/** A reading of more rows leaves much behind. */
const large = 50_000;

/** The orders and states of so many rows are there in a moment. */
const few = 20_000;

/** Rows of the very first page: more than a window shows, and soon there. */
const firstRows = 200;

/** Keeps the store's copy of one SPIRE server's entries and agents up to date. Readings never overlap. */
export class Feed {
  readonly #connection: SpireConnection;
  readonly #store: Store;
  readonly #events: FeedEvents;
  readonly #now: () => Date;
  readonly #agents: AgentReader;
  readonly #firstPage = Promise.withResolvers<void>();
  readonly #firstAgents = Promise.withResolvers<void>();
  #state: FeedState = { asOf: undefined, refreshing: false, read: 0, expected: 0, stale: '' };
  #running: Promise<void> | undefined;
  #again = false;
  #tried = false;
  /** The first page of a first reading, asked for before there was anywhere to put it. */
  #early:
    | { pages: AsyncIterator<PackedEntries, void>; next: Promise<IteratorResult<PackedEntries, void>> }
    | undefined;
  #federated: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #abort = new AbortController();
  #closed = false;

  constructor(connection: SpireConnection, store: Store, events: FeedEvents, now: () => Date) {
    this.#connection = connection;
    this.#store = store;
    this.#events = events;
    this.#now = now;
    this.#agents = new AgentReader(connection, store, now);
  }

  get name(): string {
    return this.#connection.link.name;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Trust domains of the federated bundles, as read last. */
  get federated(): readonly string[] {
    return this.#federated;
  }

  /** Resolves when there is something to show, or when it is known that there is nothing yet. */
  get firstPage(): Promise<void> {
    return this.#firstPage.promise;
  }

  /** Resolves when there are agents to show, or when it is known that there are none yet: they come after the first page. */
  get firstAgents(): Promise<void> {
    return this.#firstAgents.promise;
  }

  /** What the store had from before this start. */
  restore(asOf: number, entries: number): void {
    if (asOf === 0) return;
    this.#state = {
      ...this.#state,
      asOf: new Date(asOf),
      expected: entries,
      stale: 'It was read before this gateway started.',
    };
    this.#showAll();
  }

  /**
   * Asks for the first rows while the store still opens. Nothing is done from here until that is over, so that no action
   * can be newer than what they say; and where a copy is kept they are not used.
   */
  prepare(): void {
    if (this.#early || this.#tried || this.#closed) return;
    try {
      const pages = this.#connection.client.packedPages(this.#options(), firstRows)[Symbol.asyncIterator]();
      const early = { pages, next: pages.next() };
      this.#early = early;
      early.next.catch(() => {
        if (this.#early === early) this.#early = undefined;
      });
    } catch {
      // They are asked for in their turn, and what is wrong is told then.
    }
  }

  /** Reads now: soon after the reading under way, when there is one. */
  refresh(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#timer);
    this.#running = this.#read().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
    return this.#running;
  }

  /** The connection is not usable: says why the copy gets old. */
  down(reason: string): void {
    this.#early = undefined;
    const news = this.#state.stale !== reason;
    this.#state = { ...this.#state, stale: reason };
    this.#showAll();
    if (news) this.#events.onEntries(this.name);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#agents.close();
    this.#abort.abort();
    this.#showAll();
  }

  /** Reads only the agents again, after something was done to them; and once more when those that come back are back. */
  async refreshAgents(): Promise<void> {
    this.#agents.later(() => this.#lookAtAgents().catch(() => {}));
    await this.#lookAtAgents();
  }

  async #lookAtAgents(): Promise<void> {
    if (this.#closed || !(await this.#readAgents(this.#options()))) return;
    this.#events.onAgents(this.name);
    await this.#workOut();
  }

  #options(): { signal: AbortSignal; timeoutMs: number } {
    return { signal: this.#abort.signal, timeoutMs: 60_000 };
  }

  #readAgents(options: { signal: AbortSignal; timeoutMs: number }): Promise<boolean> {
    return this.#agents.read(options);
  }

  #showAll(): void {
    this.#firstPage.resolve();
    this.#firstAgents.resolve();
  }

  /** Agents and bundles; true when agents changed. */
  async #readAround(options: { signal: AbortSignal; timeoutMs: number }): Promise<boolean> {
    const [changed] = await Promise.all([this.#readAgents(options), this.#readBundles()]);
    this.#firstAgents.resolve();
    if (changed) this.#events.onAgents(this.name);
    return changed;
  }

  /** What the agents that are there reach of the entries that are there. */
  async #workOut(): Promise<void> {
    await this.#store.reach(this.name);
    this.#events.onEntries(this.name);
  }

  async #readBundles(): Promise<void> {
    const own = await this.#connection.readOwnBundle();
    const federated = await this.#connection.client.federatedBundles();
    const rows = [own, ...federated];
    this.#federated = federated.map(({ trustDomain }) => trustDomain);
    if (await this.#store.bundles(this.name, rows, this.#now().getTime())) this.#events.onBundles(this.name);
  }

  #schedule(): void {
    if (this.#closed) return;
    const wait = this.#again ? 0 : pause;
    this.#again = false;
    this.#timer = setTimeout(() => {
      if (this.#connection.link.up) void this.refresh();
      else this.#schedule();
    }, wait);
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    const { name } = this;
    const options = this.#options();
    const early = this.#early;
    this.#early = undefined;
    this.#state = { ...this.#state, refreshing: true, read: 0 };
    let began = false;
    try {
      const { client } = this.#connection;
      // Before the first page is asked for: what an action does from here on is newer than what the pages say.
      await this.#store.begin(name, this.#connection.link.trustDomain, this.#now().getTime());
      began = true;
      // The own bundle says whose entries these are. Before a first reading that was asked for only just now, when the
      // connection came up: its first rows go before all else, and the state of each is unknown until the agents are there.
      const first = this.#state.asOf === undefined && !this.#tried;
      this.#tried = true;
      const asked = first ? early : undefined;
      const pages =
        asked?.pages ?? client.packedPages(options, first ? firstRows : undefined)[Symbol.asyncIterator]();
      // Under way while the agents are read.
      let next = asked?.next ?? pages.next();
      next.catch(() => {});
      let changed = 0;
      let told = 0;
      const took = async (filling: ReturnType<Store['page']>): Promise<void> => {
        const filled = await filling;
        changed += filled.changed;
        this.#state = { ...this.#state, read: filled.read };
        // The page in view first, then a few signs of progress: each makes every window read again.
        if (filled.changed === 0 || (told > 0 && filled.read < told * 4)) return;
        told = filled.read;
        this.#firstPage.resolve();
        this.#events.onEntries(name);
      };
      if (first) {
        const page = await next;
        if (page.done !== true) await took(this.#store.page(name, page.value));
        // Whoever waits for these, or is about to ask, has them before the machine is busy with the rest.
        if (this.#state.read >= firstRows) await this.#events.answered?.();
        next = pages.next();
        next.catch(() => {});
      }
      const failures: unknown[] = [];
      const around = this.#readAround(options);
      around.catch((error: unknown) => failures.push(error));
      if (!first) await around;
      const reached = first ? around.then(() => this.#workOut()) : undefined;
      reached?.catch(() => {});
      let filling: Promise<void> | undefined;
      for (let page = await next; page.done !== true; page = await next) {
        next = pages.next();
        // Awaited at the next turn; until then a failure must not count as unhandled.
        next.catch(() => {});
        // One page is stored while the next comes, and no more wait in memory.
        await filling;
        if (failures.length > 0) throw failures[0];
        // Among many that have no order yet, looking for who leads to an agent takes seconds.
        if (this.#state.read >= few) await reached;
        filling = took(this.#store.page(name, page.value));
        filling.catch(() => {});
      }
      await filling;
      const agentsChanged = await around;
      await reached;
      const asOf = this.#now();
      for (;;) {
        const { more, removed } = await this.#store.finish(name, asOf.getTime());
        changed += removed;
        if (!more) break;
      }
      began = false;
      const { read } = this.#state;
      const settle = async (): Promise<void> => {
        while (await this.#store.buildOrders());
        if (changed > 0 || agentsChanged) await this.#workOut();
      };
      // Of many that takes seconds; the copy is whole without it, and says of a state that it is not known yet.
      if (read <= few) await settle();
      this.#state = { asOf, refreshing: false, read, expected: read, stale: '' };
      // Unchanged rows are news too: they are fresh again.
      this.#events.onEntries(name);
      if (read > few) await settle();
      if (read > large) giveBackLater();
    } catch (error) {
      if (began) await this.#store.abandon(name).catch(() => {});
      this.#state = {
        ...this.#state,
        refreshing: false,
        stale: this.#closed ? '' : sentence(classify(error)),
      };
      if (!this.#closed) this.#events.onEntries(name);
    } finally {
      this.#showAll();
    }
  }
}
