import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { CapabilitySchema, ConnectionKind, ConnectionSchema, ConnectionState } from '@muster/api';
import type { Connection } from '@muster/api';
import { classify } from './errors.ts';
import type { Fault } from './fault.ts';
import { sentence } from './sentences.ts';

/** State of a connection; each carries its reason. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'ready' }
  | { state: 'degraded'; reason: string }
  | { state: 'failed'; reason: string };

export interface CapabilityFact {
  name: string;
  /** Empty: available. */
  reason: string;
}

/** What one successful attempt found out. */
export interface Found {
  capabilities: CapabilityFact[];
  trustDomain?: string;
  description: string;
  /** Set: it works in part. */
  degraded?: string;
}

/** Limits of trying again; times in ms. */
export interface RetryLimits {
  first: number;
  most: number;
  /** Between checks while ready. */
  check: number;
  /** One attempt at most. */
  attempt: number;
}

const retryDefaults: RetryLimits = { first: 250, most: 4000, check: 5_000, attempt: 10_000 };

export interface LinkOptions {
  name: string;
  kind: ConnectionKind;
  address: string;
  labels?: Readonly<Record<string, string>>;
  practice: boolean;
  now: () => Date;
  limits?: Partial<RetryLimits>;
  onChange: (connection: Connection) => void;
}

const states = {
  connecting: ConnectionState.CONNECTING,
  ready: ConnectionState.READY,
  degraded: ConnectionState.DEGRADED,
  failed: ConnectionState.FAILED,
} as const;

/** One connection's state machine: attempts, backs off with jitter, checks while ready. Touches no other. */
export class Link {
  readonly name: string;
  readonly kind: ConnectionKind;
  /** As configured; the practice network's becomes known when it has started. */
  address: string;
  readonly practice: boolean;
  readonly #options: LinkOptions;
  readonly #limits: RetryLimits;
  readonly #attempt: (signal: AbortSignal) => Promise<Found>;
  readonly #settled = Promise.withResolvers<void>();
  #state: LinkState = { state: 'connecting' };
  #since: Date;
  #nextTry: Date | undefined;
  #failures = 0;
  #found: Found | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #again = false;
  #closed = false;
  #abort = new AbortController();

  constructor(options: LinkOptions, attempt: (signal: AbortSignal) => Promise<Found>) {
    this.name = options.name;
    this.kind = options.kind;
    this.address = options.address;
    this.practice = options.practice;
    this.#options = options;
    this.#limits = { ...retryDefaults, ...options.limits };
    this.#attempt = attempt;
    this.#since = options.now();
  }

  /** Resolves when the first attempt has ended, either way. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Usable, at least in part. */
  get up(): boolean {
    return this.#state.state === 'ready' || this.#state.state === 'degraded';
  }

  get trustDomain(): string {
    return this.#found?.trustDomain ?? '';
  }

  start(): void {
    void this.#run();
  }

  /** Tries at once instead of waiting. */
  retry(): void {
    this.#failures = 0;
    if (this.#running) this.#again = true;
    else void this.#run();
  }

  /** A call found the way to the server at fault. */
  lost(fault: Fault): void {
    if (this.#closed || this.#running || !this.up) return;
    this.#fail(fault);
  }

  describe(): Connection {
    const { state } = this.#state;
    return create(ConnectionSchema, {
      name: this.name,
      kind: this.kind,
      address: this.address,
      state: states[state],
      reason: 'reason' in this.#state ? this.#state.reason : '',
      since: timestampFromDate(this.#since),
      nextTry: this.#nextTry && timestampFromDate(this.#nextTry),
      failures: this.#failures,
      capabilities: this.#capabilities().map(({ name, reason }) =>
        create(CapabilitySchema, { name, available: reason === '', reason }),
      ),
      trustDomain: this.trustDomain,
      description: this.#found?.description ?? '',
      practice: this.practice,
      labels: { ...this.#options.labels },
    });
  }

  /** Why a capability cannot be used now; empty when it can. */
  lacks(capability: string): string {
    const fact = this.#capabilities().find(({ name }) => name === capability);
    if (fact) return fact.reason;
    // What was never reached has told nothing of what it can do.
    return this.#found ? 'It does not offer this.' : this.#outage();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#settled.resolve();
  }

  #capabilities(): CapabilityFact[] {
    const known = this.#found?.capabilities ?? [];
    const reason = this.#outage();
    if (reason === '') return known;
    return known.map(({ name, reason: own }) => ({ name, reason: own === '' ? reason : own }));
  }

  /** Why nothing can be asked of it now; empty when it can. */
  #outage(): string {
    if (this.up) return '';
    return 'reason' in this.#state ? this.#state.reason : 'It is not connected yet.';
  }

  async #run(): Promise<void> {
    if (this.#running || this.#closed) return;
    clearTimeout(this.#timer);
    this.#running = true;
    this.#again = false;
    this.#nextTry = undefined;
    this.#abort = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#limits.attempt)]);
    try {
      const found = await this.#attempt(signal);
      if (this.#closed) return;
      this.#running = false;
      this.#failures = 0;
      const before = JSON.stringify(this.#found);
      this.#found = found;
      this.#nextTry = undefined;
      this.#change(
        found.degraded === undefined ? { state: 'ready' } : { state: 'degraded', reason: found.degraded },
        before !== JSON.stringify(found),
      );
      this.#schedule(this.#limits.check);
    } catch (error) {
      this.#running = false;
      if (!this.#closed) this.#fail(classify(error));
    } finally {
      this.#running = false;
      this.#settled.resolve();
      if (this.#again) void this.#run();
    }
  }

  #fail(fault: Fault): void {
    this.#failures += 1;
    const base = Math.min(this.#limits.most, this.#limits.first * 2 ** Math.min(this.#failures - 1, 16));
    // Full range of ± 25 %, so that gateways restarted together do not knock together.
    const wait = base * (0.75 + Math.random() * 0.5);
    this.#nextTry = new Date(this.#options.now().getTime() + wait);
    this.#change({ state: 'failed', reason: sentence(fault) }, true);
    this.#schedule(wait);
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), wait);
    this.#timer.unref();
  }

  #change(next: LinkState, force: boolean): void {
    const same = JSON.stringify(next) === JSON.stringify(this.#state);
    if (same && !force) return;
    const settledState = next.state !== 'connecting';
    if (!same && settledState) this.#since = this.#options.now();
    this.#state = next;
    // Knocking every few seconds is no news: only outcomes are told.
    if (settledState) this.#options.onChange(this.describe());
  }
}
