/** Least time between two writes, and how many times as long as one took, ms: it must not hold up what it is about. */
const leastMs = 250;
const share = 20;

/** Writes soon after each `touch`, the last one too, and never often. */
export class Paced {
  readonly #write: () => void;
  #timer: NodeJS.Timeout | undefined;
  #nextAt = 0;

  constructor(write: () => void) {
    this.#write = write;
  }

  touch(): void {
    this.#timer ??= setTimeout(() => this.#run(), Math.max(0, this.#nextAt - performance.now())).unref();
  }

  /** Writes no more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#timer = undefined;
    const began = performance.now();
    this.#write();
    const now = performance.now();
    this.#nextAt = now + Math.max(leastMs, share * (now - began));
  }
}
