import { uint32s, zeros } from '../room.ts';

/** So many different numbers are told apart by one byte. */
const mostCodes = 256;
/** What does not fit four bytes is kept apart: it is rare, and a million times eight bytes are much. */
const apart = 0xffffffff;

/**
 * A number of each slot. Of most columns a server has a few different ones only, such as its TTLs: while there are few
 * a slot takes one byte, which says which.
 */
export class Numbers {
  /** By code, in the order in which they came. */
  #values: number[] = [];
  readonly #codeOf = new Map<number, number>();
  #codes: Uint8Array | undefined = new Uint8Array(0);
  #wide = new Uint32Array(0);
  readonly #apart = new Map<number, number>();

  /** Which of few numbers each slot has; undefined: they are not few. Codes keep their number. */
  get coded(): { values: readonly number[]; codes: Uint8Array } | undefined {
    return this.#codes && { values: this.#values, codes: this.#codes };
  }

  get(slot: number): number {
    if (this.#codes) return this.#values[this.#codes[slot] ?? 0] ?? Number.POSITIVE_INFINITY;
    const wide = this.#wide[slot] ?? apart;
    if (wide !== apart) return wide;
    // Of those without an end there may be a million, and seldom any other.
    return this.#apart.size === 0
      ? Number.POSITIVE_INFINITY
      : (this.#apart.get(slot) ?? Number.POSITIVE_INFINITY);
  }

  /** Slots are set in their order, each once. */
  set(slot: number, value: number): void {
    if (!this.#codes) {
      this.#setWide(slot, value);
      return;
    }
    const code = this.#codeOf.get(value) ?? this.#values.length;
    if (code === mostCodes) {
      this.#widen(slot);
      this.#setWide(slot, value);
      return;
    }
    if (code === this.#values.length) {
      this.#values.push(value);
      this.#codeOf.set(value, code);
    }
    this.#codes[slot] = code;
  }

  reserve(slots: number): void {
    if (this.#codes) this.#codes = grown(this.#codes, new Uint8Array(zeros(slots), 0, slots));
    else this.#wide = grown(this.#wide, uint32s(slots));
  }

  #widen(slots: number): void {
    const codes = this.#codes ?? new Uint8Array(0);
    const values = this.#values;
    this.#wide = uint32s(codes.length);
    for (let slot = 0; slot < slots; slot += 1)
      this.#setWide(slot, values[codes[slot] ?? 0] ?? Number.POSITIVE_INFINITY);
    this.#codes = undefined;
    this.#values = [];
    this.#codeOf.clear();
  }

  /** Infinity takes no room of its own. */
  #setWide(slot: number, value: number): void {
    const fits = Number.isInteger(value) && value >= 0 && value < apart;
    this.#wide[slot] = fits ? value : apart;
    if (!fits && value !== Number.POSITIVE_INFINITY) this.#apart.set(slot, value);
  }
}

export function grown<T extends { set: (from: T) => void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
