import { uint32s, zeros } from '../room.ts';
import { grown, Numbers } from './numbers.ts';

/** Bit of `flags` beside entryFlags. */
export const aliasBit = 128;

/** Arrays of numbers by slot, all of one length that grows together. */
export class Columns {
  rid = new Uint32Array(0);
  conn = new Uint16Array(0);
  parent = new Uint32Array(0);
  /** Bits of entryFlags, and `aliasBit`. */
  flags = new Uint8Array(0);
  /** Seconds. */
  readonly x509 = new Numbers();
  readonly jwt = new Numbers();
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
    for (const numbers of [this.x509, this.jwt, this.expires, this.created, this.revision])
      numbers.reserve(this.#capacity);
  }
}
