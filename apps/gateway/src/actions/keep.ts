/** A map that holds the newest few, and of weighty ones fewer. */
export class Keep<T> {
  readonly #most: number;
  readonly #mostWeight: number;
  readonly #weightOf: (item: T) => number;
  readonly #items = new Map<string, T>();

  constructor(most: number, mostWeight = Number.POSITIVE_INFINITY, weightOf: (item: T) => number = () => 0) {
    this.#most = most;
    this.#mostWeight = mostWeight;
    this.#weightOf = weightOf;
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  /** The newest always stays. */
  set(key: string, value: T): void {
    this.#items.delete(key);
    this.#items.set(key, value);
    // Weighed anew each time: a run grows while it goes on.
    let weight = [...this.#items.values()].reduce((sum, item) => sum + this.#weightOf(item), 0);
    for (const [oldest, item] of this.#items) {
      if (oldest === key || (this.#items.size <= this.#most && weight <= this.#mostWeight)) return;
      weight -= this.#weightOf(item);
      this.#items.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#items.delete(key);
  }
}
