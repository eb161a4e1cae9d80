import { Bits } from '../bits.ts';

/** Slots by which of few numbers each has: for each its slots, as bits. Slots never change, so that they are only added to. */
export class Groups {
  readonly #bits: Bits[] = [];
  #done = 0;

  /** Takes in the slots from those that are here already up to `covers`; `codeOf` is the small number that a slot has. */
  extend(covers: number, codeOf: (slot: number) => number): void {
    for (let slot = this.#done; slot < covers; slot += 1) {
      const code = codeOf(slot);
      while (this.#bits.length <= code) this.#bits.push(new Bits(covers));
      this.#bits[code]?.add(slot);
    }
    this.#done = covers;
  }

  /** The slots of some numbers together. */
  among(codes: readonly number[]): Uint32Array {
    const [first, ...others] = codes.map((code) => this.#bits[code]?.words ?? new Uint32Array(0));
    if (!first) return new Uint32Array(0);
    if (others.length === 0) return first;
    const all = new Uint32Array(Math.max(first.length, ...others.map(({ length }) => length)));
    for (const words of [first, ...others])
      for (let at = 0; at < words.length; at += 1) all[at] = (all[at] ?? 0) | (words[at] ?? 0);
    return all;
  }
}
