import {
  NotOurGateway,
  openSession,
  SessionService,
  signedTransport,
  SignedChannel,
  type StoredSession,
} from '@muster/api';
import type { SessionSecret } from '@muster/api';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import type { Platform } from '../platform.ts';

export type SessionState =
  | { state: 'starting' }
  | { state: 'signed-in'; id: string }
  /** `keep`: what is on the page and typed in it stays beneath. */
  | { state: 'signed-out'; reason: string; keep: boolean }
  | { state: 'not-our-gateway'; reason: string; keep: boolean };

const NO_SESSION = 'This window has no session yet.';
const ENDED = 'The session has ended: the gateway was restarted, or no window was open for a while.';

/** The session of this window: opens, keeps, re-keys and ends it, and says which state it is in. */
export class SessionController {
  /** One transport for the life of the window, so the query cache outlives a session. */
  readonly transport: Transport;
  readonly #platform: Platform;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { state: 'starting' };
  #channel: SignedChannel | undefined;
  #signed: Transport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.transport = {
      unary: (...call) => this.#guard(() => this.#current().unary(...call)),
      stream: (...call) => this.#guard(() => this.#current().stream(...call)),
    };
  }

  readonly getState = (): SessionState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Signs in with the secret this window was given, or goes on with the session its origin keeps. */
  async start(): Promise<void> {
    this.#platform.sessions.onAnnounced(() => void this.#follow());
    this.#platform.onSignInSecret(() => void this.#signInAsGiven());
    if (await this.#signInAsGiven()) return;
    const kept = await this.#platform.sessions.load().catch(() => undefined);
    if (kept) this.#use(kept);
    else if (this.#state.state === 'starting')
      this.#set({ state: 'signed-out', reason: NO_SESSION, keep: false });
  }

  /** @throws {ConnectError} when the gateway refuses the secret */
  async signIn(secret: SessionSecret): Promise<void> {
    try {
      const stored = await openSession(this.#platform.gateway, secret, this.#platform.kind);
      // A browser that keeps nothing still signs in; only a reload asks again.
      await this.#platform.sessions.save(stored).catch(() => undefined);
      this.#use(stored);
      this.#platform.sessions.announce();
    } catch (error) {
      this.#noticeSquatter(error);
      throw error;
    }
  }

  async signOut(): Promise<void> {
    await createClient(SessionService, this.transport)
      .endSession({ name: '' })
      .catch(() => undefined);
    await this.#platform.sessions.clear().catch(() => undefined);
    this.#platform.sessions.announce();
    this.#drop('You signed out.', false);
  }

  /** The gateway says that the session ends. */
  ended(reason: string): void {
    void this.#refused(reason || ENDED);
  }

  async #signInAsGiven(): Promise<boolean> {
    const secret = await this.#platform.takeSignInSecret();
    if (!secret) return false;
    try {
      await this.signIn(secret);
      return true;
    } catch (error) {
      const kept = await this.#platform.sessions.load().catch(() => undefined);
      if (kept || this.#state.state !== 'starting') return false;
      this.#set({ state: 'signed-out', reason: refusalWords(error), keep: false });
      return true;
    }
  }

  #use(stored: StoredSession): void {
    const channel = new SignedChannel(stored, () => void this.#refused(ENDED));
    this.#channel = channel;
    this.#signed = signedTransport(this.#platform.gateway, channel);
    this.#plan(stored);
    this.#set({ state: 'signed-in', id: hex(stored.session) });
  }

  /** Another window has opened, re-keyed or ended the session. */
  async #follow(): Promise<void> {
    const kept = await this.#platform.sessions.load().catch(() => undefined);
    if (!kept) return this.#drop('You signed out in another window.', false);
    if (this.#channel && hex(this.#channel.stored.session) === hex(kept.session)) {
      this.#channel.adopt(kept);
      this.#plan(kept);
    } else this.#use(kept);
  }

  async #refused(reason: string): Promise<void> {
    const mine = this.#channel?.stored;
    const kept = await this.#platform.sessions.load().catch(() => undefined);
    if (!mine || this.#channel?.stored !== mine) return;
    // Another window may have signed in or re-keyed while this one slept.
    if (kept && hex(kept.session) !== hex(mine.session)) return this.#use(kept);
    if (kept && kept.generation > mine.generation) return void this.#follow();
    await this.#platform.sessions.clear().catch(() => undefined);
    this.#drop(reason, true);
  }

  #drop(reason: string, keep: boolean): void {
    clearTimeout(this.#timer);
    this.#channel = undefined;
    this.#signed = undefined;
    this.#set({ state: 'signed-out', reason, keep });
  }

  #plan({ rekeySeconds }: StoredSession): void {
    clearTimeout(this.#timer);
    if (rekeySeconds > 0) this.#timer = setTimeout(() => void this.#rekey(), rekeySeconds * 1000);
  }

  async #rekey(): Promise<void> {
    const channel = this.#channel;
    if (!channel) return;
    try {
      await this.#platform.sessions.exclusively(async () => {
        const kept = await this.#platform.sessions.load();
        // Another window was first.
        if (kept && kept.generation > channel.stored.generation) return channel.adopt(kept);
        await this.#platform.sessions.save(await channel.rekey(this.#platform.gateway));
        this.#platform.sessions.announce();
      });
    } catch {
      // A gateway out of reach is tried again at the next turn; an ended session has told `#refused` already.
    }
    if (this.#channel === channel) this.#plan(channel.stored);
  }

  #current(): Transport {
    if (!this.#signed) throw new ConnectError('There is no session. Sign in.', Code.Unauthenticated);
    return this.#signed;
  }

  async #guard<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.#noticeSquatter(error);
      throw error;
    }
  }

  #noticeSquatter(error: unknown): void {
    const cause = error instanceof ConnectError ? error.cause : error;
    if (!(cause instanceof NotOurGateway)) return;
    const keep = this.#state.state === 'signed-in' || ('keep' in this.#state && this.#state.keep);
    this.#drop(cause.message, keep);
    this.#set({ state: 'not-our-gateway', reason: cause.message, keep });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Why a sign-in link did not open a session. */
export function refusalWords(error: unknown): string {
  const known = ConnectError.from(error);
  if (known.code === Code.Unauthenticated)
    return 'The link was used already, is older than a minute, or is of another gateway.';
  return `The gateway could not be asked: ${known.rawMessage}`;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
