import { type Bytes, equalBytes, ownBytes } from './bytes.ts';

/**
 * What was read from bytes lately, found by the bytes themselves: thousands of documents are judged with one bundle,
 * and come with one intermediate. Holds at most so many, of at most so many bytes together; forgets the one not asked
 * for longest. The reader must depend on nothing but the bytes, and what it answers must never be changed.
 */
export class Recent<T> {
  readonly #read: (bytes: Bytes) => T;
  readonly #most: number;
  readonly #mostBytes: number;
  /** The latest first. */
  readonly #held: { readonly bytes: Bytes; readonly value: T }[] = [];
  #size = 0;

  constructor(most: number, mostBytes: number, read: (bytes: Bytes) => T) {
    this.#most = most;
    this.#mostBytes = mostBytes;
    this.#read = read;
  }

  get(bytes: Uint8Array): T {
    const index = this.#held.findIndex((item) => equalBytes(item.bytes, bytes));
    const known = this.#held[index];
    if (known) {
      if (index > 0) this.#held.unshift(...this.#held.splice(index, 1));
      return known.value;
    }
    // A copy of its own: a caller may use its buffer again.
    const own = ownBytes(bytes);
    const value = this.#read(own);
    // One large document must not push out all others.
    if (own.length > this.#mostBytes / 4) return value;
    this.#held.unshift({ bytes: own, value });
    this.#size += own.length;
    while (this.#held.length > this.#most || this.#size > this.#mostBytes)
      this.#size -= this.#held.pop()?.bytes.length ?? 0;
    return value;
  }
}
