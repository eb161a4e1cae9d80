/** A map that holds the newest few. */
export class Keep<T> {
  readonly #most: number;
  readonly #items = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  set(key: string, value: T): void {
    this.#items.delete(key);
    this.#items.set(key, value);
    const [oldest] = this.#items.keys();
    if (this.#items.size > this.#most && oldest !== undefined) this.#items.delete(oldest);
  }

  delete(key: string): void {
    this.#items.delete(key);
  }
}
