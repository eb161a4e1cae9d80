import type { RouteRow } from '../upstream/control-plane/port.ts';
import { nameKey } from './node-truth.ts';
import { byName, merged, Runs } from './route-sorting.ts';
import { blockRows, TextBlock, textOf } from './route-text.ts';

/** One reading; what was there before stays until it is finished. Where nothing was, it shows while it is read. */
export interface Filling {
  readonly size: number;
  /** True when there is more to show now: at the first rows, and at each doubling, so that they are copied twice at most. */
  add: (rows: readonly RouteRow[]) => boolean;
  /** True when something is not as it was. */
  finish: () => boolean;
}

/** Searches that are remembered: with each page of a list its search comes again. */
const mostSearches = 8;

interface Content {
  readonly rows: readonly RouteRow[];
  /** `nameKey` of each. */
  readonly keys: readonly string[];
  readonly texts: readonly TextBlock[];
  /** Places of the rows by name, instance, source and id. */
  readonly sorted: Uint32Array;
  /** By `idOf`. */
  readonly places: ReadonlyMap<string, number>;
}

const nothing: Content = {
  rows: [],
  keys: [],
  texts: [],
  sorted: new Uint32Array(0),
  places: new Map(),
};

/** The routes of one control plane as read last, ready to be searched. Rows that did not change stay the same objects. */
export class RouteTable {
  #content = nothing;
  #version = 0;
  readonly #searches = new Map<string, Uint8Array>();

  get rows(): readonly RouteRow[] {
    return this.#content.rows;
  }
  /** `nameKey` of each row. */
  get keys(): readonly string[] {
    return this.#content.keys;
  }
  /** Places of the rows by name, instance, source and id. */
  get sorted(): Uint32Array {
    return this.#content.sorted;
  }
  get size(): number {
    return this.rows.length;
  }
  /** Goes up with every change. */
  get version(): number {
    return this.#version;
  }

  /** 1 for each row that has a text, which is in lower case. */
  search(wanted: string): Uint8Array {
    const known = this.#searches.get(wanted);
    if (known) return known;
    const marks = new Uint8Array(this.size);
    for (const [index, block] of this.#content.texts.entries()) block.mark(wanted, marks, index * blockRows);
    const [oldest] = this.#searches.keys();
    if (this.#searches.size >= mostSearches && oldest !== undefined) this.#searches.delete(oldest);
    this.#searches.set(wanted, marks);
    return marks;
  }

  begin(): Filling {
    const next = new Next(this.#content);
    const fromNothing = this.size === 0;
    let shown = 0;
    return {
      get size() {
        return next.size;
      },
      add: (some) => {
        for (const row of some) next.add(row);
        if (!fromNothing || next.size <= 2 * shown) return false;
        shown = next.size;
        this.#show(next.content());
        return true;
      },
      finish: () => {
        if (!next.changed) return false;
        this.#show(next.content());
        return true;
      },
    };
  }

  #show(content: Content): void {
    this.#content = content;
    this.#searches.clear();
    this.#version += 1;
  }
}

/** What comes to take the place of another content, of which it keeps whatever is the same. */
class Next {
  readonly #before: Content;
  readonly #rows: RouteRow[] = [];
  readonly #keys: string[] = [];
  readonly #texts: TextBlock[] = [];
  readonly #runs: Runs;
  /** By a row's place before: its place now and 1. */
  readonly #moved: Uint32Array;
  readonly #names = new Map<string, string>();
  readonly #places = new Map<string, number>();
  #fresh = false;

  constructor(before: Content) {
    this.#before = before;
    this.#moved = new Uint32Array(before.rows.length);
    this.#runs = new Runs(this.#rows);
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Another order of the same rows is none. */
  get changed(): boolean {
    return this.#fresh || this.#rows.length !== this.#before.rows.length;
  }

  add(row: RouteRow): void {
    const { rows, keys } = this.#before;
    const place = this.#rows.length;
    const id = idOf(row);
    const from = this.#placeOf(row, id, place);
    this.#places.set(id, place);
    const old = from === undefined ? undefined : rows[from];
    if (from !== undefined && old) {
      this.#moved[from] = place + 1;
      this.#rows.push(old);
      this.#keys.push(keys[from] ?? '');
    } else {
      this.#fresh = true;
      this.#rows.push(row);
      this.#keys.push(this.#shared(nameKey(row)));
      this.#runs.add(place);
    }
    if (this.#rows.length % blockRows === 0) this.#texts.push(this.#block(this.#texts.length));
  }

  content(): Content {
    const size = this.#rows.length;
    const texts = this.#texts.slice();
    if (size % blockRows !== 0) texts.push(this.#block(texts.length));
    const stayed = new Uint32Array(size);
    let count = 0;
    for (const place of this.#before.sorted) {
      const now = this.#moved[place] ?? 0;
      if (now === 0) continue;
      stayed[count] = now - 1;
      count += 1;
    }
    const sorted = merged(stayed.subarray(0, count), this.#runs.all(), (a, b) => byName(this.#rows, a, b));
    return {
      rows: this.#rows.slice(),
      keys: this.#keys.slice(),
      texts,
      sorted,
      places: this.#places,
    };
  }

  /** Where the same row was before; each is taken once. */
  #placeOf(row: RouteRow, id: string, place: number): number | undefined {
    const { rows, places } = this.#before;
    for (const from of [place, places.get(id)]) {
      const old = from === undefined ? undefined : rows[from];
      if (from !== undefined && old && this.#moved[from] === 0 && (old === row || same(old, row)))
        return from;
    }
    return undefined;
  }

  /** Many rows have one name. */
  #shared(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    this.#names.set(key, key);
    return key;
  }

  #block(index: number): TextBlock {
    const from = index * blockRows;
    const rows = this.#rows.slice(from, from + blockRows);
    const before = this.#before.texts[index];
    const whole = this.#before.rows.length >= from + rows.length && rows.length === blockRows;
    return before && whole && rows.every((row, at) => row === this.#before.rows[from + at])
      ? before
      : new TextBlock(rows.map(textOf));
  }
}

/** Ids are not unique over all generations, and 0.7 has none. */
const idOf = ({ id, source, destination, name, instance, statusMessage }: RouteRow): string =>
  id === '' ? `${source}\n${destination}\n${name}\n${instance}\n${statusMessage}` : id;

function same(a: RouteRow, b: RouteRow): boolean {
  return (
    a.id === b.id &&
    a.status === b.status &&
    a.statusMessage === b.statusMessage &&
    a.lastUpdated?.getTime() === b.lastUpdated?.getTime() &&
    a.linkId === b.linkId &&
    a.source === b.source &&
    a.destination === b.destination &&
    a.name === b.name &&
    a.instance === b.instance &&
    a.destinationEndpoint === b.destinationEndpoint
  );
}
