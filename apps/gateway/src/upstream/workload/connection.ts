import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client } from '@connectrpc/connect';
import { ConnectionKind } from '@muster/api';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import type { WorkloadApiConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { Found } from '../link.ts';
import { sentence } from '../sentences.ts';
import { openChannel } from '../transport.ts';
import type { Channel } from '../transport.ts';
import { BundleBook, jwtAuthorities, x509Authorities } from './bundles.ts';
import type { WorkloadBundleRow } from './bundles.ts';
import type { SvidLender } from './lend.ts';
import { lender } from './lender.ts';
import { follow, noIdentity } from './stream.ts';
import type { Followed } from './stream.ts';
import { strip, SvidBook } from './svids.ts';
import type { SvidChange, SvidRow } from './svids.ts';
import { Timeline } from './timeline.ts';
import type { Received, TrackRow, WorkloadEventRow } from './timeline.ts';
import { TokenWatch } from './tokens.ts';
import type { FetchedToken } from './tokens.ts';

/** Stops a page elsewhere from reaching the API through a confused client; any other value is refused. */
const headers = { 'workload.spiffe.io': 'true' };

type StreamKind = 'svids' | 'x509' | 'jwt';

/** A connection to a Workload API: its streams, kept without keys, and what happened on them. */
export class WorkloadConnection {
  readonly kind = 'workload-api';
  readonly link: Link;
  readonly config: WorkloadApiConfig;
  readonly #now: () => Date;
  readonly #onSvids: () => void;
  readonly #book: SvidBook;
  readonly #timeline: Timeline;
  readonly #bundles: BundleBook;
  readonly #tokens: TokenWatch[];
  readonly #channel: Channel;
  readonly #client: Client<typeof SpiffeWorkloadAPI>;
  readonly #streams = new Map<StreamKind, Followed>();
  readonly #problems = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #lent = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(config: WorkloadApiConfig, deps: ConnectionDeps & { onSvids: () => void }) {
    this.config = config;
    this.#now = deps.now;
    this.#onSvids = deps.onSvids;
    this.#timeline = new Timeline(deps.now);
    this.#book = new SvidBook(deps.now, (changes) => this.#changed(changes));
    this.#bundles = new BundleBook(deps.now, (kind, name, text) => {
      this.#timeline.bundle(kind, name, text);
      this.#tell();
    });
    this.#channel = openChannel({ address: config.address });
    this.#client = createClient(SpiffeWorkloadAPI, this.#channel.transport);
    this.#tokens = (config.audiences ?? []).map((audience) => this.#tokenWatch(audience));
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.WORKLOAD_API,
        address: config.address,
        labels: config.labels ?? {},
      },
      (signal) => this.#attempt(signal),
    );
  }

  get svids(): SvidRow[] {
    return this.#book.rows;
  }

  /** Trust domain → PEM of its X.509 authorities. */
  get bundles(): ReadonlyMap<string, string> {
    return this.#book.bundles;
  }

  get tracks(): TrackRow[] {
    return this.#timeline.tracks;
  }

  /** Newest first. */
  get events(): WorkloadEventRow[] {
    return this.#timeline.events;
  }

  get eventsDropped(): number {
    return this.#timeline.dropped;
  }

  get bundleRows(): WorkloadBundleRow[] {
    return this.#bundles.rows;
  }

  /** Audience → why no token can be had for it now, a sentence. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /**
   * Lends its SVIDs to a connection of this process. From now on keys are kept, opaque, while they are valid; with
   * `tokensOnly` none is.
   */
  lend({ tokensOnly = false } = {}): SvidLender {
    this.#lent ||= !tokensOnly;
    const subscribe: SvidLender['subscribe'] = (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    };
    return lender(this.link, this.#book, subscribe, (audience) => this.#tokensFor(audience));
  }

  /** One JWT-SVID for the audience, with the JWT bundles to judge it by. A bearer token: never log it. */
  async fetchJwt(
    audience: string,
    spiffeId: string,
  ): Promise<{ token: string; spiffeId: string; bundles: Map<string, string> }> {
    const options: CallOptions = { headers, timeoutMs: 10_000 };
    try {
      const [first] = await this.#fetchTokens(audience, spiffeId);
      if (!first) throw new Fault('no-identity', 'server');
      const bundles = new Map<string, string>();
      // The first message is the full state; leaving the loop ends the stream.
      for await (const message of this.#client.fetchJWTBundles({}, options)) {
        for (const [name, json] of Object.entries(message.bundles)) {
          bundles.set(name.replace(/^spiffe:\/\//u, ''), Buffer.from(json).toString('utf8'));
        }
        break;
      }
      return { token: first.token, spiffeId: first.spiffeId, bundles };
    } catch (error) {
      throw noIdentity(classify(error));
    }
  }

  close(): void {
    this.link.close();
    this.#book.close();
    clearTimeout(this.#alarm);
    for (const token of this.#tokens) token.stop();
    for (const stream of this.#streams.values()) stream.close();
    this.#channel.close();
  }

  async #fetchTokens(audience: string, spiffeId: string): Promise<FetchedToken[]> {
    const options: CallOptions = { headers, timeoutMs: 10_000 };
    const { svids } = await this.#client.fetchJWTSVID({ audience: [audience], spiffeId }, options);
    return svids.map((one) => ({ spiffeId: one.spiffeId, hint: one.hint, token: one.svid }));
  }

  /** One for each identity. @throws Fault */
  async #tokensFor(audience: string): Promise<FetchedToken[]> {
    try {
      return await this.#fetchTokens(audience, '');
    } catch (error) {
      throw noIdentity(classify(error));
    }
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    await this.#openSvids(signal);
    this.#timeline.back(this.link.name);
    this.#openBundles('x509', signal);
    this.#openBundles('jwt', signal);
    for (const token of this.#tokens) token.start();
    const [first] = this.#book.rows;
    const trustDomain = /^spiffe:\/\/([^/]+)/u.exec(first?.spiffeId ?? '')?.[1] ?? '';
    return {
      capabilities: [
        { name: 'svids.x509', reason: '' },
        { name: 'svids.jwt', reason: '' },
      ],
      trustDomain,
      description: 'SPIFFE Workload API',
    };
  }

  async #openSvids(signal: AbortSignal): Promise<void> {
    if (this.#streams.has('svids')) return;
    let ended: Fault | undefined;
    try {
      const stream = await follow({
        signal,
        // No deadline: the stream stays open for as long as the agent runs.
        open: (own) => this.#client.fetchX509SVID({}, { headers, signal: own, timeoutMs: 0 }),
        onMessage: (message) => this.#book.receive(strip(message, this.#lent)),
        onEnd: (fault) => {
          ended = fault;
          this.#ended(fault);
        },
      });
      // It may have ended in the moment since.
      if (ended) throw ended;
      this.#streams.set('svids', stream);
    } catch (error) {
      const fault = classify(error);
      if (fault.code === 'no-identity') this.#withdrawAll();
      throw fault;
    }
  }

  #ended(fault: Fault): void {
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    for (const token of this.#tokens) token.stop();
    // Only the server's word ends an identity; a lost agent leaves the SVIDs valid until they expire.
    if (fault.code === 'no-identity') this.#withdrawAll();
    else {
      this.#timeline.lost(this.link.name, sentence(fault));
      this.#tell();
    }
    this.link.lost(fault);
  }

  #withdrawAll(): void {
    this.#book.clear();
    const tokens = this.#timeline.tracks.filter(({ svid, withdrawnAt }) => svid === 'jwt' && !withdrawnAt);
    for (const track of tokens) this.#timeline.withdrawn(track, 'No token is issued for it any more.');
    for (const token of this.#tokens) token.forget();
    if (tokens.length > 0) this.#tell();
  }

  /** What fails here is tried again at the link's next check, and takes nothing from the SVIDs. */
  #openBundles(kind: 'x509' | 'jwt', signal: AbortSignal): void {
    if (this.#streams.has(kind)) return;
    const onEnd = (): boolean => this.#streams.delete(kind);
    const opening =
      kind === 'x509'
        ? follow({
            signal,
            open: (own) => this.#client.fetchX509Bundles({}, { headers, signal: own, timeoutMs: 0 }),
            onMessage: ({ bundles }) => this.#bundles.receive('x509', x509Authorities(bundles)),
            onEnd,
          })
        : follow({
            signal,
            open: (own) => this.#client.fetchJWTBundles({}, { headers, signal: own, timeoutMs: 0 }),
            onMessage: ({ bundles }) => this.#bundles.receive('jwt', jwtAuthorities(bundles)),
            onEnd,
          });
    // Taken before it is open: one check must not open what another is opening.
    this.#streams.set(kind, { close: () => void opening.then((one) => one.close(), onEnd) });
    opening.then(() => this.#onSvids(), onEnd);
  }

  #tokenWatch(audience: string): TokenWatch {
    return new TokenWatch({
      audience,
      now: this.#now,
      fetch: (wanted) => this.#tokensFor(wanted),
      onIssued: (received) => this.#record(() => this.#timeline.issued(received)),
      onRotated: (received, before) => this.#record(() => this.#timeline.rotated(received, before)),
      onWithdrawn: (received) =>
        this.#record(() => this.#timeline.withdrawn(received, 'No token is issued for it any more.')),
      onProblem: (name, problem) => {
        const said = problem === undefined ? '' : sentence(problem);
        if ((this.#problems.get(name) ?? '') === said) return;
        if (said === '') this.#problems.delete(name);
        else this.#problems.set(name, said);
        this.#onSvids();
      },
    });
  }

  #changed(changes: readonly SvidChange[]): void {
    for (const { kind, svid, beforeExpiresAt } of changes) {
      const received: Received = { svid: 'x509', audience: '', ...pick(svid) };
      if (kind === 'issued') this.#timeline.issued(received);
      else if (kind === 'rotated') this.#timeline.rotated(received, beforeExpiresAt ?? svid.expiresAt);
      else
        this.#timeline.withdrawn(
          received,
          'No longer issued: its registration entry was deleted, or matches no more.',
        );
    }
    for (const listener of this.#listeners) listener();
    this.#tell();
  }

  #record(what: () => void): void {
    what();
    this.#tell();
  }

  #tell(): void {
    this.#onSvids();
    this.#setAlarm();
  }

  /** Wakes when a renewal should have come, or an SVID expires. */
  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const { due } = this.#timeline;
    if (due === undefined) return;
    // A timer longer than 2^31 ms would fire at once.
    const wait = Math.min(Math.max(due - this.#now().getTime(), 0) + 50, 2 ** 31 - 1);
    this.#alarm = setTimeout(() => {
      if (this.#timeline.tick()) this.#onSvids();
      this.#setAlarm();
    }, wait);
    this.#alarm.unref();
  }
}

function pick({ spiffeId, hint, notBefore, expiresAt, chainPem }: SvidRow) {
  return { spiffeId, hint, notBefore, expiresAt, chainPem };
}
