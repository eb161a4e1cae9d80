import { Fault } from './fault.ts';
import type { LentToken } from './workload/lend.ts';

/** Left of its life when a token is not used any more, so that it does not expire on the way. */
const marginMs = 2_000;
/** Between two questions for a token that is due. */
const pauseMs = 1_000;

/**
 * The JWT-SVID of one connection, asked for anew from half of its life on, as the agent keeps it until then. Calls go
 * on with the one before until it expires.
 */
export class TokenSource {
  readonly #fetch: () => Promise<LentToken>;
  readonly #now: () => Date;
  #token: LentToken | undefined;
  #asking: Promise<LentToken> | undefined;
  /** What was asked for before `forget` is not kept. */
  #turn = 0;
  #notBefore = 0;
  #stalled = '';

  /** `fetch` throws `Fault` when there is no token. */
  constructor(fetch: () => Promise<LentToken>, now: () => Date) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Why no renewal comes, a sentence; empty when none is due, or it came. */
  get stalled(): string {
    return this.#stalled;
  }

  /** One that is valid now. @throws Fault when there is none */
  async get(): Promise<LentToken> {
    const now = this.#now().getTime();
    const token = this.#token;
    if (!token || token.expiresAt.getTime() - now <= marginMs) return this.#ask();
    const half = (token.issuedAt.getTime() + token.expiresAt.getTime()) / 2;
    if (now >= half && now >= this.#notBefore) {
      this.#notBefore = now + pauseMs;
      // The one there is still serves; why no other came is said by `stalled`.
      this.#ask().catch(() => {});
    }
    return token;
  }

  /** The identity changed: what is known is used no more. */
  forget(): void {
    this.#token = undefined;
    this.#asking = undefined;
    this.#turn += 1;
  }

  #ask(): Promise<LentToken> {
    if (this.#asking) return this.#asking;
    const asking = this.#take().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #take(): Promise<LentToken> {
    const turn = this.#turn;
    try {
      const token = await this.#fetch();
      if (token.expiresAt <= this.#now())
        throw new Fault('identity', 'local', {
          detail: `the JWT-SVID that was given expired at ${token.expiresAt.toISOString()}`,
        });
      if (turn === this.#turn) this.#token = token;
      this.#stalled = '';
      return token;
    } catch (error) {
      this.#stalled = error instanceof Fault ? error.detail : '';
      throw error;
    }
  }
}
