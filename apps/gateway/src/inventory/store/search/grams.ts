import { countBits } from '../bits.ts';
import { uint32s, zeros } from '../room.ts';
import { Surroundings, SurroundingsBench } from './surroundings.ts';

/*
 * A text index of a fixed number of rows in memory: for each three characters in a row, the rows that have them.
 * Characters are folded into 64 classes, so that three are a number of 18 bits that indexes an array.
 */

/** Rows of one block; a row's number within it has 14 bits. */
export const blockRows = 16_384;
export const blockWords = blockRows / 32;

const ownClass = 'abcdefghijklmnopqrstuvwxyz0123456789/:-._\n @=+,*%"\'()[]{}!#$&;';
const otherAscii = 62;
const beyondAscii = 63;
const classes = new Uint8Array(128).fill(otherAscii);
for (let at = 0; at < ownClass.length; at += 1) classes[ownClass.charCodeAt(at)] = at;

const classOf = (code: number): number => (code < 128 ? (classes[code] ?? otherAscii) : beyondAscii);

/** More rows than this are a bitmap, fewer the distances between them in one byte or two. */
const dense = blockRows / 16;
const bitmapBytes = blockRows / 8;

/** What a term needs of a block: all of `grams`, or any in a range when the term is shorter than three. */
export interface Term {
  /** Class of each character. */
  codes: number[];
  /** Of each three in a row, in their order. */
  grams: number[];
  range: readonly [from: number, to: number] | undefined;
  /** Each of its characters has a class of its own. */
  plain: boolean;
}

export function termOf(text: string): Term {
  const codes = Array.from({ length: text.length }, (_none, at) => classOf(text.charCodeAt(at)));
  const plain = codes.every((code) => code < otherAscii);
  const [a = 0, b = 0] = codes;
  if (codes.length === 1) return { codes, grams: [], range: [a << 12, (a + 1) << 12], plain };
  if (codes.length === 2)
    return { codes, grams: [], range: [(a << 12) | (b << 6), ((a << 12) | (b << 6)) + 64], plain };
  const grams = codes.slice(2).map((c, at) => ((codes[at] ?? 0) << 12) | ((codes[at + 1] ?? 0) << 6) | c);
  return { codes, grams, range: undefined, plain };
}

/** Memory for building one block after the other. */
class Bench {
  readonly counts = uint32s(1 << 18);
  readonly lastRow = new Uint16Array(1 << 18);
  readonly nextPlace = uint32s(1 << 18);
  readonly around = new SurroundingsBench();
  pairs = uint32s(1 << 21);
  sorted = new Uint16Array(zeros(1 << 22));
  encoded = new Uint8Array(zeros(1 << 21));
}

let bench: Bench | undefined;

/** Gives back the memory that building blocks needs, 20 MB, until there is another block to build. */
export function clearBench(): void {
  bench = undefined;
}

/** The index of up to `blockRows` texts; it does not change any more. */
export class GramBlock {
  /** Ascending; of each its number of rows, and where its bytes end. */
  readonly #grams: Uint32Array;
  readonly #counts: Uint16Array;
  readonly #ends: Uint32Array;
  readonly #around: Surroundings;
  readonly #data: Uint8Array;
  readonly #rows: number;

  constructor(texts: readonly string[]) {
    this.#rows = texts.length;
    const on = (bench ??= new Bench());
    const { counts } = on;
    const { used, total } = collect(texts, on);
    const rows = scatter(used, total, on);
    this.#grams = Uint32Array.from(used);
    this.#counts = new Uint16Array(used.length);
    this.#ends = new Uint32Array(used.length);
    // A row takes two bytes at most, also where they are bits.
    if (on.encoded.length < total * 2) on.encoded = new Uint8Array(zeros(total * 2));
    const data = on.encoded;
    let from = 0;
    let end = 0;
    for (let at = 0; at < used.length; at += 1) {
      const n = counts[used[at] ?? 0] ?? 0;
      this.#counts[at] = Math.min(n, 65_535);
      end = n > dense ? encodeBitmap(rows, from, n, data, end) : encodeList(rows, from, n, data, end);
      this.#ends[at] = end;
      from += n;
    }
    this.#data = data.slice(0, end);
    this.#around = new Surroundings(used, this.#counts, on.around);
  }

  get bytes(): number {
    return this.#data.length + this.#grams.length * 10 + this.#around.bytes;
  }

  /** Sets the bits of the rows that may have the term; `out` has `blockWords` zeros. True: each of them has it. */
  match(term: Term, out: Uint32Array): boolean {
    if (term.range) {
      const [from, to] = [this.#from(term.range[0]), this.#from(term.range[1])];
      // Broad ones first: often every row has one of them, and the many narrow ones need not be read.
      for (let at = from; at < to; at += 1) if ((this.#counts[at] ?? 0) > dense) this.#read(at, out);
      if (countBits(out) === this.#rows) return term.plain;
      for (let at = from; at < to; at += 1) if ((this.#counts[at] ?? 0) <= dense) this.#read(at, out);
      return term.plain;
    }
    const places: number[] = [];
    const pieces: [from: number, to: number][] = [];
    for (const [at, gram] of term.grams.entries()) {
      const place = this.#from(gram);
      if (this.#grams[place] !== gram) return true;
      const piece = this.#around.around(place, term.codes, at);
      if (!piece) return true;
      places.push(place);
      pieces.push(piece);
    }
    // The rarest first: what follows can only take away.
    const order = [...places.keys()].sort(
      (a, b) => (this.#counts[places[a] ?? 0] ?? 0) - (this.#counts[places[b] ?? 0] ?? 0),
    );
    const told = new Set<number>();
    for (const at of order) {
      const place = places[at] ?? 0;
      if (told.has(place)) continue;
      if (told.size === 0) this.#read(place, out);
      else this.#keep(place, out);
      const [from, to] = grownPiece(at, pieces);
      // A row that has this one has all that is in its piece too.
      for (let one = from; one <= to - 3; one += 1) told.add(places[one] ?? 0);
      if (from === 0 && to === term.codes.length) return term.plain;
    }
    return false;
  }

  /** First place whose gram is not below. */
  #from(gram: number): number {
    let [low, high] = [0, this.#grams.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#grams[middle] ?? 0) < gram) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes out of `out` the rows that do not have a gram. */
  #keep(at: number, out: Uint32Array): void {
    scratch.fill(0);
    this.#read(at, scratch);
    for (let word = 0; word < blockWords; word += 1) out[word] = (out[word] ?? 0) & (scratch[word] ?? 0);
  }

  #read(at: number, out: Uint32Array): void {
    const data = this.#data;
    const end = this.#ends[at] ?? 0;
    let next = at === 0 ? 0 : (this.#ends[at - 1] ?? 0);
    if ((this.#counts[at] ?? 0) > dense) {
      for (let word = 0; word < blockWords; word += 1, next += 4)
        out[word] =
          (out[word] ?? 0) |
          (data[next] ?? 0) |
          ((data[next + 1] ?? 0) << 8) |
          ((data[next + 2] ?? 0) << 16) |
          ((data[next + 3] ?? 0) << 24);
      return;
    }
    let row = -1;
    while (next < end) {
      const byte = data[next] ?? 0;
      if (byte < 128) {
        row += byte;
        next += 1;
      } else {
        row += ((byte & 127) << 8) | (data[next + 1] ?? 0);
        next += 2;
      }
      out[row >>> 5] = (out[row >>> 5] ?? 0) | (1 << (row & 31));
    }
  }
}

const scratch = new Uint32Array(blockWords);

/** What a row has of a term in one piece if it has the gram at a place: each gram in the piece has one of its own. */
function grownPiece(at: number, pieces: readonly [from: number, to: number][]): [from: number, to: number] {
  let [from, to] = pieces[at] ?? [at, at + 3];
  let [low, high] = [at, at];
  while (from < low || to - 3 > high) {
    const next = from < low ? (low -= 1) : (high += 1);
    const [left, right] = pieces[next] ?? [from, to];
    from = Math.min(from, left);
    to = Math.max(to, right);
  }
  return [from, to];
}

/** Fills `pairs` with each gram and row once, and `counts`; the grams that occur, ascending. */
function collect(texts: readonly string[], on: Bench): { used: number[]; total: number } {
  const { counts, lastRow, around } = on;
  let { pairs } = on;
  counts.fill(0);
  lastRow.fill(0);
  around.clear();
  let total = 0;
  for (let row = 0; row < texts.length; row += 1) {
    // Two line ends, so that each character begins a gram.
    const [from, to] = around.add(`${texts[row] ?? ''}\n\n`, classOf);
    const { codes } = around;
    if (total + to - from > pairs.length) {
      const more = uint32s(Math.max(pairs.length * 2, total + to - from));
      more.set(pairs);
      on.pairs = pairs = more;
    }
    let gram = ((codes[from] ?? 0) << 6) | (codes[from + 1] ?? 0);
    for (let at = from + 2; at < to; at += 1) {
      gram = ((gram << 6) | (codes[at] ?? 0)) & 0x3ffff;
      const count = counts[gram] ?? 0;
      around.see(gram, at - 2, count > 0);
      if (lastRow[gram] === row + 1) continue;
      lastRow[gram] = row + 1;
      counts[gram] = count + 1;
      pairs[total] = (gram << 14) | row;
      total += 1;
    }
  }
  const used: number[] = [];
  for (let gram = 0; gram < counts.length; gram += 1) if ((counts[gram] ?? 0) > 0) used.push(gram);
  return { used, total };
}

/** Rows by gram, in the order of `used`. */
function scatter(used: readonly number[], total: number, on: Bench): Uint16Array {
  const { counts, pairs, nextPlace: next } = on;
  let sum = 0;
  for (const gram of used) {
    next[gram] = sum;
    sum += counts[gram] ?? 0;
  }
  if (on.sorted.length < total) on.sorted = new Uint16Array(zeros(pairs.length * 2));
  const rows = on.sorted;
  for (let at = 0; at < total; at += 1) {
    const pair = pairs[at] ?? 0;
    const gram = pair >>> 14;
    const to = next[gram] ?? 0;
    rows[to] = pair & (blockRows - 1);
    next[gram] = to + 1;
  }
  return rows;
}

function encodeBitmap(rows: Uint16Array, from: number, n: number, data: Uint8Array, at: number): number {
  data.fill(0, at, at + bitmapBytes);
  for (let index = from; index < from + n; index += 1) {
    const row = rows[index] ?? 0;
    data[at + (row >>> 3)] = (data[at + (row >>> 3)] ?? 0) | (1 << (row & 7));
  }
  return at + bitmapBytes;
}

function encodeList(rows: Uint16Array, from: number, n: number, data: Uint8Array, at: number): number {
  let end = at;
  let before = -1;
  for (let index = from; index < from + n; index += 1) {
    const row = rows[index] ?? 0;
    const step = row - before;
    before = row;
    if (step < 128) {
      data[end] = step;
      end += 1;
    } else {
      data[end] = 128 | (step >>> 8);
      data[end + 1] = step & 255;
      end += 2;
    }
  }
  return end;
}
