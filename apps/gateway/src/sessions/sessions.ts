import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type AuthHeader,
  baseInfo,
  keyInfo,
  openedFields,
  openFields,
  type OpenFields,
  requestFields,
  type SessionSecret,
} from '@muster/api';
import type { Caller } from '../caller.ts';
import type { Clock } from './clock.ts';
import { Secrets } from './secrets.ts';
import { SequenceWindow } from './sequence.ts';

export const LIMITS = {
  sessions: 16,
  /** Open streams of one session: one a window, with room for reloads. */
  streams: 32,
  lanes: 64,
  idleSeconds: 15 * 60,
  /** A command line signs out itself; one that crashed should not hold a place for long. */
  cliIdleSeconds: 60,
  rekeySeconds: 10 * 60,
  skewMs: 30_000,
} as const;

// The old key serves requests that were under way when the key changed.
const REKEY_GRACE_MS = 60_000;
// After twice the skew no request of a lane can be fresh any more, so its numbers may be forgotten.
const LANE_FORGET_MS = 2 * LIMITS.skewMs + 5_000;
// Requests at once and per second of one session: far above what a console sends.
const BURST = 2_000;
const PER_SECOND = 200;

export type Client = Caller['client'];
const CLIENTS: readonly string[] = ['browser', 'desktop', 'cli'] satisfies Client[];

interface Lane {
  window: SequenceWindow;
  lastUsed: number;
  streams: number;
}

interface Session {
  id: Buffer;
  name: string;
  client: Client;
  /** HKDF input for the keys of later generations. */
  base: Buffer;
  key: Buffer;
  generation: number;
  previous: { key: Buffer; until: number } | undefined;
  openedAt: number;
  lastUsedAt: number;
  lastUsed: number;
  lanes: Map<string, Lane>;
  streams: number;
  tokens: number;
  ended: AbortController;
}

/** A verified request's session, to answer and to stream in. */
export interface Grant {
  caller: Caller;
  /** HMAC under the key that the request was signed with. */
  sign(fields: Uint8Array): Buffer;
  /** Aborted when the session ends. */
  signal: AbortSignal;
  /** Counts an open stream; undefined when the session has too many. The function that comes back closes it. */
  openStream(): (() => void) | undefined;
  /** False when the session sends more than it may. */
  withinRate: boolean;
}

export type OpenRefusal = 'secret' | 'too-many-sessions';

export interface SessionInfo {
  name: string;
  client: Client;
  openedAt: Date;
  lastUsedAt: Date;
  windows: number;
  endsAt: Date | undefined;
}

const mac = (key: Buffer, fields: Uint8Array) => createHmac('sha256', key).update(fields).digest();

/** Sessions of one gateway process. A restart ends them all, since keys are bound to the instance id. */
export class Sessions {
  readonly instance: Buffer;
  readonly secrets: Secrets;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #onChange: () => void;
  // Stands in for a session nobody has, so that looking one up takes the same path (S-09).
  readonly #nobody = randomBytes(32);

  constructor(clock: Clock, onChange: () => void = () => {}) {
    this.instance = randomBytes(16);
    this.#clock = clock;
    this.#onChange = onChange;
    this.secrets = new Secrets(this.instance, clock);
  }

  createLaunchCode(): SessionSecret {
    return this.secrets.createLaunchCode();
  }

  /** Opens a session for a proof of a secret; the reason why not, otherwise. */
  open(
    request: Omit<OpenFields, 'instance'> & { proof: Uint8Array },
  ): { session: Buffer; proof: Buffer; idleSeconds: number } | { refused: OpenRefusal } {
    this.#sweep();
    const secret = this.secrets.find(request.secretId);
    const expected = mac(secret ?? this.#nobody, openFields({ ...request, instance: this.instance }));
    const proven = equal(expected, request.proof) && secret !== undefined;
    const fresh = Math.abs(this.#clock.wall() - Number(request.timeMs)) <= LIMITS.skewMs;
    if (!proven || !fresh || !CLIENTS.includes(request.client) || request.nonce.length !== 16)
      return { refused: 'secret' };
    if (this.#sessions.size >= LIMITS.sessions && !this.#makeRoom()) return { refused: 'too-many-sessions' };
    this.secrets.use(request.secretId);
    const id = randomBytes(16);
    const base = derive(secret, this.instance, baseInfo(id, request.nonce));
    const key = derive(base, this.instance, keyInfo(id, request.nonce, 0));
    const now = this.#clock.wall();
    this.#sessions.set(id.toString('hex'), {
      id,
      name: id.toString('hex', 0, 8),
      client: request.client as Client,
      base,
      key,
      generation: 0,
      previous: undefined,
      openedAt: now,
      lastUsedAt: now,
      lastUsed: this.#clock.monotonic(),
      lanes: new Map(),
      streams: 0,
      tokens: BURST,
      ended: new AbortController(),
    });
    this.#onChange();
    return {
      session: id,
      proof: mac(key, openedFields(this.instance, id, request.nonce)),
      idleSeconds: request.client === 'cli' ? LIMITS.cliIdleSeconds : LIMITS.idleSeconds,
    };
  }

  /**
   * Verifies a request. One answer for every refusal, after the same work: unknown session, wrong MAC,
   * old or repeated number, wrong time (S-09).
   */
  verify(
    auth: AuthHeader,
    request: {
      method: string;
      path: string;
      contentType: string;
      contentEncoding: string;
      bodySha256: Buffer;
    },
  ): Grant | undefined {
    this.#sweep();
    const session = this.#sessions.get(Buffer.from(auth.session).toString('hex'));
    const now = this.#clock.monotonic();
    const key = session ? keyOf(session, auth.generation, now) : undefined;
    const expected = mac(
      key ?? this.#nobody,
      requestFields({ instance: this.instance, ...auth, ...request }),
    );
    const genuine = equal(expected, auth.mac);
    const fresh = Math.abs(this.#clock.wall() - Number(auth.timeMs)) <= LIMITS.skewMs;
    if (!session || !key || !genuine || !fresh) return undefined;
    // Only a genuine request may move the window.
    const lane = laneOf(session, auth.lane, now);
    if (!lane?.window.accept(auth.sequence)) return undefined;
    const earned = ((now - session.lastUsed) / 1000) * PER_SECOND;
    session.tokens = Math.max(-1, Math.min(BURST, session.tokens + earned) - 1);
    session.lastUsed = now;
    session.lastUsedAt = this.#clock.wall();
    return {
      caller: { session: session.name, client: session.client, role: 'administrator' },
      sign: (fields) => mac(key, fields),
      signal: session.ended.signal,
      openStream: () => this.#openStream(session, lane),
      withinRate: session.tokens >= 0,
    };
  }

  /** Changes the caller's key; the reply still goes out under the old one. */
  rekey(name: string, nonce: Uint8Array): number | undefined {
    const session = this.#named(name);
    if (!session || nonce.length !== 16) return undefined;
    session.previous = { key: session.key, until: this.#clock.monotonic() + REKEY_GRACE_MS };
    session.generation++;
    session.key = derive(session.base, this.instance, keyInfo(session.id, nonce, session.generation));
    return session.generation;
  }

  list(): SessionInfo[] {
    this.#sweep();
    return [...this.#sessions.values()].map((s) => ({
      name: s.name,
      client: s.client,
      openedAt: new Date(s.openedAt),
      lastUsedAt: new Date(s.lastUsedAt),
      windows: s.streams,
      endsAt: s.streams > 0 ? undefined : new Date(s.lastUsedAt + idleMs(s.client)),
    }));
  }

  /** Ends a session and its streams; false when there is none of that name. */
  end(name: string): boolean {
    const session = this.#named(name);
    if (!session) return false;
    this.#drop(session);
    return true;
  }

  /** Ends every session but one; how many. */
  endOthers(name: string): number {
    const others = [...this.#sessions.values()].filter((s) => s.name !== name);
    for (const session of others) this.#drop(session);
    return others.length;
  }

  #openStream(session: Session, lane: Lane): (() => void) | undefined {
    if (session.streams >= LIMITS.streams) return undefined;
    session.streams++;
    lane.streams++;
    this.#onChange();
    return () => {
      session.streams--;
      lane.streams--;
      // Idle time counts from the moment the last window closes.
      session.lastUsed = lane.lastUsed = this.#clock.monotonic();
      session.lastUsedAt = this.#clock.wall();
      this.#onChange();
    };
  }

  /** Ends the session without a window that was used longest ago, so that nobody locks themselves out. */
  #makeRoom(): boolean {
    const [oldest] = [...this.#sessions.values()]
      .filter((session) => session.streams === 0)
      .toSorted((a, b) => a.lastUsed - b.lastUsed);
    if (oldest) this.#drop(oldest);
    return oldest !== undefined;
  }

  #named(name: string): Session | undefined {
    return [...this.#sessions.values()].find((s) => s.name === name);
  }

  #drop(session: Session): void {
    this.#sessions.delete(session.id.toString('hex'));
    session.ended.abort();
    // The key itself still signs the answer under way.
    session.base.fill(0);
    this.#onChange();
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const session of this.#sessions.values())
      if (session.streams === 0 && now - session.lastUsed > idleMs(session.client)) this.#drop(session);
  }
}

const idleMs = (client: Client) => 1000 * (client === 'cli' ? LIMITS.cliIdleSeconds : LIMITS.idleSeconds);

function keyOf(session: Session, generation: number, now: number): Buffer | undefined {
  if (generation === session.generation) return session.key;
  const { previous } = session;
  return previous && generation === session.generation - 1 && now < previous.until ? previous.key : undefined;
}

function laneOf(session: Session, id: Uint8Array, now: number): Lane | undefined {
  const name = Buffer.from(id).toString('hex');
  let lane = session.lanes.get(name);
  if (!lane) {
    for (const [other, held] of session.lanes)
      if (held.streams === 0 && now - held.lastUsed > LANE_FORGET_MS) session.lanes.delete(other);
    if (session.lanes.size >= LIMITS.lanes) return undefined;
    lane = { window: new SequenceWindow(), lastUsed: now, streams: 0 };
    session.lanes.set(name, lane);
  }
  lane.lastUsed = now;
  return lane;
}

const derive = (from: Buffer, instance: Buffer, info: Uint8Array) =>
  Buffer.from(hkdfSync('sha256', from, instance, info, 32));

function equal(expected: Buffer, shown: Uint8Array): boolean {
  // Comparing with itself keeps the time the same when the length is wrong.
  const same = shown.length === expected.length;
  return timingSafeEqual(expected, same ? shown : expected) && same;
}
