import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import type { DirectNode } from '../upstream/node-direct/connection.ts';
import type { ControlPlane, DomainRow, LinkRow, SegmentRow } from '../upstream/control-plane/port.ts';
import type { FeedState } from '../inventory/feed.ts';
import { within } from '../within.ts';
import { NodeList } from './node-list.ts';
import type { SeenNode } from './node-list.ts';
import { NodeTruth } from './node-truth.ts';
import { RouteTable } from './route-table.ts';

/** What tells of a network: its control plane, or one node of it by itself. */
export type NetworkSource = ControlPlaneConnection | DirectNode;

export interface SeenLink extends LinkRow {
  /** Changes of status between our readings. */
  changes: number;
}

/** Shortest and longest pause between two readings, ms; a control plane tells nothing by itself. */
const shortest = 3000;
const longest = 60_000;
/** A reading takes at most this part of the time. */
const share = 5;
/** What one reading may take. */
const readingMs = 60_000;
/** So long in all does one reading give way to answers, ms. */
const mostRest = 500;

/** The gateway's copy of what one source tells. It stays, with its age, while the source cannot be read. */
export class NetworkCopy {
  readonly routes = new RouteTable();
  readonly truth: NodeTruth;
  readonly #connection: NetworkSource;
  readonly #now: () => Date;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  readonly #nodes = new NodeList();
  /** It could not be read since it last was: it may have been restarted. */
  #interrupted = false;
  #links: SeenLink[] = [];
  #segments: SegmentRow[] = [];
  #domains: DomainRow[] = [];
  #listsRoutes = true;
  #state: FeedState = { asOf: undefined, refreshing: false, read: 0, expected: 0, stale: '' };
  #running: Promise<void> | undefined;
  #rest: Promise<void> = Promise.resolve();
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: NetworkSource, now: () => Date, onChange: () => void) {
    this.#connection = connection;
    this.#now = now;
    this.#onChange = onChange;
    this.truth = new NodeTruth(connection, onChange);
  }

  get connection(): NetworkSource {
    return this.#connection;
  }
  /** It is one node, read without a control plane. */
  get direct(): boolean {
    return this.#connection.kind === 'slim-node-direct';
  }
  get nodes(): readonly SeenNode[] {
    return this.#nodes.rows;
  }
  get links(): readonly SeenLink[] {
    return this.#links;
  }
  get segments(): readonly SegmentRow[] {
    return this.#segments;
  }
  get domains(): readonly DomainRow[] {
    return this.#domains;
  }
  /** It keeps a database of routes; without one, only nodes tell theirs. */
  get listsRoutes(): boolean {
    return this.#listsRoutes;
  }
  get state(): FeedState {
    return this.#state;
  }

  /** Resolves when there is something to show, or when it is known that there is nothing yet. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  /** The connection's state changed. */
  changed(): void {
    const { state } = this.#connection.link;
    if (this.#connection.link.up) void this.refresh();
    else if (state.state === 'failed') {
      this.#interrupted = true;
      const news = this.#state.stale !== state.reason;
      this.#state = { ...this.#state, stale: state.reason };
      this.#first.resolve();
      if (news) this.#onChange();
    }
  }

  /** Reads now: right after the reading under way, when there is one, so that what was done before is seen. */
  refresh(): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#timer);
    const began = performance.now();
    this.#running = this.#read().finally(() => {
      this.#running = undefined;
      this.#schedule(performance.now() - began);
    });
    return this.#running;
  }

  /** The reading of routes gives way until this is done: it takes the thread from who waits for an answer. */
  giveWay(until: Promise<void>): void {
    this.#rest = Promise.all([this.#rest, until]).then(() => {});
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.truth.close();
    this.#first.resolve();
  }

  #schedule(took: number): void {
    if (this.#abort.signal.aborted) return;
    const wait = this.#again ? 0 : Math.min(longest, Math.max(shortest, took * share));
    this.#again = false;
    this.#timer = setTimeout(() => {
      if (this.#connection.link.up) void this.refresh();
    }, wait);
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    // What one list fails with ends the other.
    const over = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, over.signal, AbortSignal.timeout(readingMs)]);
    this.#state = { ...this.#state, refreshing: true, read: 0 };
    try {
      const { plane } = this.#connection;
      const news = await Promise.all([this.#readPlaces(plane, signal), this.#readRoutes(plane, signal)]);
      const asOf = this.#now();
      const { size } = this.routes;
      const was = this.#state.stale;
      this.#state = { asOf, refreshing: false, read: size, expected: size, stale: '' };
      void this.truth.refresh(this.nodes);
      if (news.includes(true) || was !== '') this.#onChange();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#interrupted = true;
      this.#state = { ...this.#state, refreshing: false, stale: sentence(classify(error)) };
      this.#onChange();
    } finally {
      over.abort();
      this.#first.resolve();
    }
  }

  /** Nodes and what joins them; they are worth a look before a hundred thousand routes are read. */
  async #readPlaces(plane: ControlPlane, signal: AbortSignal): Promise<boolean> {
    const before = new Set(this.#links.map(({ linkId }) => linkId).filter((id) => id !== ''));
    const [listed, news] = await Promise.all([plane.nodes(signal), this.#readTopology(plane, signal)]);
    // Too short an interruption to be noticed: a control plane that is restarted makes every link anew.
    const restarted =
      this.#interrupted || (before.size > 0 && !this.#links.some(({ linkId }) => before.has(linkId)));
    const others = this.#nodes.take(listed, restarted, this.#now());
    this.#interrupted = false;
    if (this.#state.asOf === undefined) {
      this.#first.resolve();
      this.#onChange();
    }
    return news || others;
  }

  async #readTopology(plane: ControlPlane, signal: AbortSignal): Promise<boolean> {
    const can = plane.abilities;
    const told = can['topology.read'] === '';
    const [links, segments, domains] = await Promise.all([
      can['links.read'] === '' ? plane.links(signal) : [],
      told ? plane.segments(signal) : [],
      told ? plane.domains(signal) : [],
    ]);
    const before = keyOf([
      this.#links.map(({ changes: _changes, ...row }) => row),
      this.#segments,
      this.#domains,
    ]);
    const seen = new Map(this.#links.map((link) => [link.id, link]));
    this.#links = links.map((link) => {
      const old = seen.get(link.id);
      return { ...link, changes: (old?.changes ?? 0) + (old && old.status !== link.status ? 1 : 0) };
    });
    this.#segments = segments;
    this.#domains = domains;
    return before !== keyOf([links, segments, domains]);
  }

  async #readRoutes(plane: ControlPlane, signal: AbortSignal): Promise<boolean> {
    this.#listsRoutes = plane.abilities['routes.read'] === '';
    if (!this.#listsRoutes) return false;
    const filling = this.routes.begin();
    let patience = mostRest;
    for await (const rows of plane.routes(signal)) {
      const more = filling.add(rows);
      this.#state = { ...this.#state, read: filling.size };
      if (more) this.#onChange();
      const since = performance.now();
      if (patience > 0) await within(patience, this.#rest);
      patience -= performance.now() - since;
    }
    return filling.finish();
  }
}

const keyOf = (value: unknown): string => JSON.stringify(value);
