import { zeros } from '../room.ts';

/*
 * What always stands around three characters in the texts of a block: wherever "aym" is, it may be "paymen". A row that
 * has the three then has all of that, so that most words are told by a few of their letters, and no text is looked at.
 */

/** Beside the classes of characters: the edge of a text. */
export const edge = 64;

/** Characters kept on each side. */
const most = 12;
/** Of what fewer rows have nothing is kept: their texts are soon looked at. */
const often = 32;
/** Room before the first text, so that what is left of it can be read. */
const margin = 16;

/** Memory for one block after the other; a gram is three classes of 6 bits. */
export class SurroundingsBench {
  /** Texts as classes, an edge at each end. */
  codes = new Uint8Array(zeros(1 << 22));
  /** Where each gram was first, and how far to both sides all others are like that. */
  readonly #first = new Uint32Array(1 << 18);
  readonly #left = new Uint8Array(1 << 18);
  readonly #right = new Uint8Array(1 << 18);
  /** Where the codes of the text at hand begin and end. */
  #end = margin;
  /** The stretch that is as it was so far before. */
  #shift = 0;
  #from = 0;
  #to = 0;

  /** Before a block's first text. */
  clear(): void {
    this.codes.fill(edge, 0, margin);
    this.#end = margin;
  }

  /** Takes a text; where its codes begin and end. */
  add(text: string, classOf: (code: number) => number): [from: number, to: number] {
    const from = this.#end;
    if (from + text.length + 1 > this.codes.length) {
      const more = new Uint8Array(zeros(Math.max(this.codes.length * 2, from + text.length + 1)));
      more.set(this.codes);
      this.codes = more;
    }
    const { codes } = this;
    for (let at = 0; at < text.length; at += 1) codes[from + at] = classOf(text.charCodeAt(at));
    const to = from + text.length;
    codes[to] = edge;
    this.#end = to + 1;
    this.#shift = 0;
    return [from, to];
  }

  /** Sees a gram that was seen before (`again`) or not, at a place of the text at hand; places ascend. */
  see(gram: number, at: number, again: boolean): void {
    if (!again) {
      this.#first[gram] = at;
      this.#left[gram] = most;
      this.#right[gram] = most;
      return;
    }
    const { codes } = this;
    const shift = at - (this.#first[gram] ?? 0);
    if (shift !== this.#shift || this.#to < at + 2) {
      this.#shift = shift;
      this.#from = at;
    }
    // What the gram before this one is known to be like needs no second look.
    let to = this.#from === at ? at + 3 : Math.max(this.#to, at + 3);
    const right = at + 3 + (this.#right[gram] ?? 0);
    while (to < right && codes[to] === codes[to - shift]) to += 1;
    if (to < right) this.#right[gram] = to - at - 3;
    let from = this.#from;
    const left = at - (this.#left[gram] ?? 0);
    while (from > left && codes[from - 1] === codes[from - 1 - shift]) from -= 1;
    if (from > left) this.#left[gram] = at - from;
    this.#from = from;
    this.#to = to;
  }

  /** What is around a gram: the classes before it, the nearest last, and those after it. */
  of(gram: number): { left: Uint8Array; right: Uint8Array } {
    const { codes } = this;
    const at = this.#first[gram] ?? 0;
    let [from, to] = [at, at + 3];
    while (at - from < (this.#left[gram] ?? 0) && codes[from - 1] !== edge) from -= 1;
    while (to - at - 3 < (this.#right[gram] ?? 0) && codes[to] !== edge) to += 1;
    return { left: codes.subarray(from, at), right: codes.subarray(at + 3, to) };
  }
}

/** What is around the grams of one block, by their places in it. */
export class Surroundings {
  /** Ascending; of each where its bytes end: how many are left of it, those, and those right of it. */
  readonly #places: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #data: Uint8Array;

  constructor(grams: readonly number[], rows: ArrayLike<number>, bench: SurroundingsBench) {
    const places: number[] = [];
    const ends: number[] = [];
    const data: number[] = [];
    for (let place = 0; place < grams.length; place += 1) {
      if ((rows[place] ?? 0) < often) continue;
      const { left, right } = bench.of(grams[place] ?? 0);
      if (left.length + right.length === 0) continue;
      data.push(left.length, ...left, ...right);
      places.push(place);
      ends.push(data.length);
    }
    this.#places = Uint32Array.from(places);
    this.#ends = Uint32Array.from(ends);
    this.#data = Uint8Array.from(data);
  }

  get bytes(): number {
    return this.#places.length * 8 + this.#data.length;
  }

  /**
   * What of a term a row has in one piece if it has the gram of a place, which is the term's from `at` on; undefined: it
   * cannot have the term there.
   */
  around(place: number, term: readonly number[], at: number): [from: number, to: number] | undefined {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    let [from, to] = [at, at + 3];
    if (this.#places[low] !== place) return [from, to];
    const begin = low === 0 ? 0 : (this.#ends[low - 1] ?? 0);
    const end = this.#ends[low] ?? 0;
    const middle = begin + 1 + (this.#data[begin] ?? 0);
    for (let next = middle - 1; next > begin && from > 0; next -= 1, from -= 1)
      if (this.#data[next] !== term[from - 1]) return undefined;
    for (let next = middle; next < end && to < term.length; next += 1, to += 1)
      if (this.#data[next] !== term[to]) return undefined;
    return [from, to];
  }
}
