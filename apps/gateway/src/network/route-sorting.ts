import type { RouteRow } from '../upstream/control-plane/port.ts';

type Compare = (a: number, b: number) => number;

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** By name, instance, source and id, which no two rows of a database have in common. */
export const compareRoutes = (a: RouteRow, b: RouteRow): number =>
  compare(a.name, b.name) ||
  compare(a.instance, b.instance) ||
  compare(a.source, b.source) ||
  compare(a.id, b.id);

/** The same of two places. */
export function byName(rows: readonly RouteRow[], a: number, b: number): number {
  const [one, other] = [rows[a], rows[b]];
  return one && other ? compareRoutes(one, other) : 0;
}

/** Two sorted lists of places as one. */
export function merged(a: Uint32Array, b: Uint32Array, order: Compare): Uint32Array {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const out = new Uint32Array(a.length + b.length);
  let [i, j] = [0, 0];
  for (let at = 0; at < out.length; at += 1) {
    const [one, other] = [a[i], b[j]];
    if (one !== undefined && (other === undefined || order(one, other) <= 0)) {
      out[at] = one;
      i += 1;
    } else {
      out[at] = other ?? 0;
      j += 1;
    }
  }
  return out;
}

/** Places of one run, which is sorted at once. */
const runRows = 1024;

/** Sorts rows while they come, so that no moment has to sort a hundred thousand. */
export class Runs {
  readonly #order: Compare;
  #open: number[] = [];
  /** Each at least twice as long as the next. */
  #runs: Uint32Array[] = [];

  constructor(rows: readonly RouteRow[]) {
    this.#order = (a, b) => byName(rows, a, b);
  }

  add(place: number): void {
    this.#open.push(place);
    if (this.#open.length === runRows) this.#close();
  }

  /** All of them until now, in order. */
  all(): Uint32Array {
    this.#close();
    while (this.#runs.length > 1) this.#mergeLast();
    return this.#runs[0] ?? new Uint32Array(0);
  }

  #close(): void {
    if (this.#open.length === 0) return;
    this.#runs.push(Uint32Array.from(this.#open.toSorted(this.#order)));
    this.#open = [];
    for (;;) {
      const [before, last] = this.#runs.slice(-2);
      if (!before || !last || before.length >= 2 * last.length) return;
      this.#mergeLast();
    }
  }

  #mergeLast(): void {
    const last = this.#runs.pop();
    const before = this.#runs.pop();
    if (before && last) this.#runs.push(merged(before, last, this.#order));
  }
}

/** Places in the order of a number each has; those with the same stay as they were. */
export function ranked(places: Uint32Array, ranks: Uint32Array, count: number): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (const rank of ranks) next[rank + 1] = (next[rank + 1] ?? 0) + 1;
  for (let rank = 0; rank < count; rank += 1) next[rank + 1] = (next[rank + 1] ?? 0) + (next[rank] ?? 0);
  const out = new Uint32Array(places.length);
  for (const place of places) {
    const rank = ranks[place] ?? 0;
    const to = next[rank] ?? 0;
    out[to] = place;
    next[rank] = to + 1;
  }
  return out;
}

/** The same by a text each has, of which many have the same. */
export function grouped(places: Uint32Array, texts: readonly string[]): Uint32Array {
  const seen = new Map<string, number>();
  const ids = new Uint32Array(texts.length);
  for (let place = 0; place < texts.length; place += 1) {
    const text = texts[place] ?? '';
    let id = seen.get(text);
    if (id === undefined) seen.set(text, (id = seen.size));
    ids[place] = id;
  }
  const ranks = new Uint32Array(seen.size);
  for (const [rank, [, id]] of [...seen].toSorted(([a], [b]) => compare(a, b)).entries()) ranks[id] = rank;
  for (let place = 0; place < ids.length; place += 1) ids[place] = ranks[ids[place] ?? 0] ?? 0;
  return ranked(places, ids, seen.size);
}

/** The same by a number each has, of which few have the same. */
export function byNumber(places: Uint32Array, numbers: Float64Array): Uint32Array {
  return places.slice().sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
}
