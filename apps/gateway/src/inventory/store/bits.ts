/** A set of small whole numbers, one bit each, that grows as needed. */
export class Bits {
  words: Uint32Array;

  constructor(size = 1024) {
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  has(at: number): boolean {
    return (((this.words[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
  }

  add(at: number): void {
    const word = at >>> 5;
    if (word >= this.words.length) this.#grow(word + 1);
    this.words[word] = (this.words[word] ?? 0) | (1 << (at & 31));
  }

  delete(at: number): void {
    const word = at >>> 5;
    if (word < this.words.length) this.words[word] = (this.words[word] ?? 0) & ~(1 << (at & 31));
  }

  #grow(least: number): void {
    const words = new Uint32Array(Math.max(least, this.words.length * 2));
    words.set(this.words);
    this.words = words;
  }
}

/** How many bits are set. */
export function countBits(words: Uint32Array): number {
  let n = 0;
  for (let at = 0; at < words.length; at += 1) {
    let word = words[at] ?? 0;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    n += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return n;
}
