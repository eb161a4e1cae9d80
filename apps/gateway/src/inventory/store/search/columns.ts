import { uint32s, zeros } from '../room.ts';

/** Bit of `flags` beside entryFlags. */
export const aliasBit = 128;

/** Arrays of numbers by slot, all of one length that grows together. */
export class Columns {
  rid = new Uint32Array(0);
  conn = new Uint16Array(0);
  parent = new Uint32Array(0);
  /** Bits of entryFlags, and `aliasBit`. */
  flags = new Uint8Array(0);
  x509 = new Int32Array(0);
  jwt = new Int32Array(0);
  /** Unix seconds; Infinity: never. */
  readonly expires = new Numbers();
  readonly created = new Numbers();
  readonly revision = new Numbers();
  #capacity = 0;

  /** Makes room for at least this many slots. */
  reserve(slots: number): void {
    if (slots <= this.#capacity) return;
    this.#capacity = Math.max(slots, Math.ceil(this.#capacity * 1.125), 1024);
    this.rid = grown(this.rid, uint32s(this.#capacity));
    this.conn = grown(this.conn, new Uint16Array(zeros(this.#capacity * 2), 0, this.#capacity));
    this.parent = grown(this.parent, uint32s(this.#capacity));
    this.flags = grown(this.flags, new Uint8Array(zeros(this.#capacity), 0, this.#capacity));
    this.x509 = grown(this.x509, new Int32Array(zeros(this.#capacity * 4), 0, this.#capacity));
    this.jwt = grown(this.jwt, new Int32Array(zeros(this.#capacity * 4), 0, this.#capacity));
    for (const numbers of [this.expires, this.created, this.revision]) numbers.reserve(this.#capacity);
  }
}

/** What does not fit four bytes is kept apart: it is rare, and a million times eight bytes are much. */
const apart = 0xffffffff;

class Numbers {
  #small = new Uint32Array(0);
  readonly #apart = new Map<number, number>();

  get(slot: number): number {
    const small = this.#small[slot] ?? apart;
    if (small !== apart) return small;
    // Of those without an end there may be a million, and seldom any other.
    return this.#apart.size === 0
      ? Number.POSITIVE_INFINITY
      : (this.#apart.get(slot) ?? Number.POSITIVE_INFINITY);
  }

  /** Infinity takes no room of its own. */
  set(slot: number, value: number): void {
    const fits = Number.isInteger(value) && value >= 0 && value < apart;
    this.#small[slot] = fits ? value : apart;
    if (!fits && value !== Number.POSITIVE_INFINITY) this.#apart.set(slot, value);
  }

  reserve(slots: number): void {
    this.#small = grown(this.#small, uint32s(slots));
  }
}

export function grown<T extends { set: (from: T) => void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
