import { randomBytes } from 'node:crypto';
import type { SessionSecret } from '@muster/api';
import type { Clock } from './clock.ts';

const LAUNCH_MS = 60_000;
// Codes nobody used yet; a script that asks for more drops the oldest.
const LAUNCH_MAX = 16;

interface Held {
  secret: Buffer;
  /** Monotonic ms; undefined: lives as long as the gateway. */
  until: number | undefined;
}

/** The secrets that open sessions: single-use launch codes, and the one in the runtime file. */
export class Secrets {
  readonly #held = new Map<string, Held>();
  readonly #instance: Uint8Array;
  readonly #clock: Clock;

  constructor(instance: Uint8Array, clock: Clock) {
    this.#instance = instance;
    this.#clock = clock;
  }

  /** A code that opens one session within 60 s. */
  createLaunchCode(): SessionSecret {
    const launch = [...this.#held].filter(([, held]) => held.until !== undefined);
    for (const [id] of launch.slice(0, Math.max(0, launch.length - LAUNCH_MAX + 1))) this.#held.delete(id);
    return this.#create(this.#clock.monotonic() + LAUNCH_MS);
  }

  /** The runtime file's secret, for the command line of the same user. */
  createRuntimeSecret(): SessionSecret {
    return this.#create(undefined);
  }

  /** The secret with that id, if it may still be used; does not use it up. */
  find(id: Uint8Array): Buffer | undefined {
    const key = Buffer.from(id).toString('hex');
    const held = this.#held.get(key);
    if (!held) return undefined;
    if (held.until !== undefined && held.until <= this.#clock.monotonic()) {
      this.#held.delete(key);
      return undefined;
    }
    return held.secret;
  }

  /** Uses a launch code up; the runtime secret stays. */
  use(id: Uint8Array): void {
    const key = Buffer.from(id).toString('hex');
    if (this.#held.get(key)?.until !== undefined) this.#held.delete(key);
  }

  #create(until: number | undefined): SessionSecret {
    const id = randomBytes(8);
    const secret = randomBytes(32);
    this.#held.set(id.toString('hex'), { secret, until });
    return {
      instance: new Uint8Array(this.#instance),
      id: new Uint8Array(id),
      secret: new Uint8Array(secret),
    };
  }
}
