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
  for (let at = 0; at < words.length; at += 1) n += countOf(words[at] ?? 0);
  return n;
}

/** How many bits of one word are set. */
export function countOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many bits are set in both. */
export function countCommon(a: Uint32Array, b: Uint32Array): number {
  let n = 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) n += countOf((a[at] ?? 0) & (b[at] ?? 0));
  return n;
}

const held = new Map<string, Uint32Array>();

/**
 * Zeros for the length of one call, the same memory for each use every time: sets of a million bits, made anew for
 * each call, would be most of what a call costs. Whoever keeps one makes it of its own.
 */
export function scratch(use: 'match' | 'text' | 'part', words: number): Uint32Array {
  let all = held.get(use);
  if (!all || all.length < words) held.set(use, (all = new Uint32Array(Math.ceil(words * 1.125))));
  return all.subarray(0, words).fill(0);
}
