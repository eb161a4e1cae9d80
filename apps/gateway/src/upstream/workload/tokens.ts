import type { Received } from './timeline.ts';

/** A token of one identity as the Workload API answers it. */
export interface FetchedToken {
  spiffeId: string;
  hint: string;
  token: string;
}

const maxTokenBytes = 64 * 1024;

/** What a token says of its own life; undefined when it cannot be read. The token itself is not kept. */
export function tokenFacts({ spiffeId, hint, token }: FetchedToken, audience: string): Received | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined || token.length > maxTokenBytes) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const { exp, iat } = claims as { exp?: unknown; iat?: unknown };
    if (typeof exp !== 'number' || !Number.isFinite(exp) || exp <= 0 || exp > 253_402_300_799)
      return undefined;
    const issued = typeof iat === 'number' && Number.isFinite(iat) && iat < exp ? iat : exp;
    return {
      svid: 'jwt',
      spiffeId,
      hint,
      audience,
      notBefore: new Date(issued * 1000),
      expiresAt: new Date(exp * 1000),
      chainPem: '',
    };
  } catch {
    return undefined;
  }
}

export interface TokenWatchOptions {
  audience: string;
  now: () => Date;
  /** One token for each identity; throws `Fault`. */
  fetch: (audience: string) => Promise<FetchedToken[]>;
  onIssued: (received: Received) => void;
  onRotated: (received: Received, beforeExpiresAt: Date) => void;
  onWithdrawn: (received: Received) => void;
  /** Why there is none now, a sentence; empty when there is. */
  onProblem: (audience: string, problem: unknown) => void;
}

const soonestMs = 2000;
const latestMs = 60 * 60_000;

/**
 * Fetches the JWT-SVIDs of one audience again and again: the agent keeps a token until half of its life, so a
 * renewal is only seen by asking.
 */
export class TokenWatch {
  readonly #options: TokenWatchOptions;
  #known = new Map<string, Received>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #stopped = false;

  constructor(options: TokenWatchOptions) {
    this.#options = options;
  }

  /** Asks now, unless it is asking already or will by itself. */
  start(): void {
    this.#stopped = false;
    if (!this.#timer && !this.#running) void this.#look();
  }

  /** Stops asking; what is known stays known. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What was known is issued no more; the next token is a new one. */
  forget(): void {
    this.#known = new Map();
  }

  async #look(): Promise<void> {
    const { audience, fetch, onProblem } = this.#options;
    this.#running = true;
    let wait = 30_000;
    try {
      const tokens = await fetch(audience);
      this.#take(tokens.flatMap((token) => tokenFacts(token, audience) ?? []));
      onProblem(audience, undefined);
      wait = this.#wait();
    } catch (error) {
      if (!this.#stopped) onProblem(audience, error);
    } finally {
      this.#running = false;
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, wait);
    this.#timer.unref();
  }

  #take(received: readonly Received[]): void {
    const { onIssued, onRotated, onWithdrawn } = this.#options;
    const after = new Map(received.map((one) => [JSON.stringify([one.spiffeId, one.hint]), one]));
    for (const [key, one] of after) {
      const before = this.#known.get(key);
      if (!before) onIssued(one);
      else if (before.expiresAt.getTime() !== one.expiresAt.getTime()) onRotated(one, before.expiresAt);
    }
    for (const [key, one] of this.#known) if (!after.has(key)) onWithdrawn(one);
    this.#known = after;
  }

  /** To just after half of the shortest life; when that passed without a new token, a little later again. */
  #wait(): number {
    const now = this.#options.now().getTime();
    let soonest = latestMs;
    for (const { notBefore, expiresAt } of this.#known.values()) {
      const life = expiresAt.getTime() - notBefore.getTime();
      const half = notBefore.getTime() + life / 2 - now;
      soonest = Math.min(soonest, half > 0 ? half + 1000 : life * 0.05);
    }
    return Math.max(soonestMs, soonest);
  }
}
