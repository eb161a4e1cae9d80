import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Bits } from '../bits.ts';
import { uint32s } from '../room.ts';
import type { EntryOrder } from '../query.ts';
import { openForReading } from '../schema.ts';
import type { EntryIndex } from './entry-index.ts';
import { Groups } from './groups.ts';
import type { Numbers } from './numbers.ts';
import { compareText, rankSort, spread } from './sorting.ts';

/** Orders that are read from an index of the database; the others are made of numbers at hand. */
export const textOrders = ['selectors', 'federates', 'dns_names', 'hint'] as const;
type TextOrder = (typeof textOrders)[number];
const isText = (order: EntryOrder): order is TextOrder => (textOrders as readonly string[]).includes(order);
/** Orders by what the index has a number of. */
const numberOrders = ['created_at', 'expires_at', 'parent_id', 'x509_ttl', 'jwt_ttl', 'revision'] as const;
type NumberOrder = (typeof numberOrders)[number];

/** A stretch of an order: those slots of it that are in a set of bits; undefined: all. */
export interface OrderPart {
  order: Uint32Array<ArrayBuffer>;
  among: Uint32Array | undefined;
}

interface TextSlots {
  /** Only slots that have such a text. */
  order: Uint32Array<ArrayBuffer>;
  /** The slots that have none, as bits. */
  without: Uint32Array;
  with: Uint32Array;
}

/** No place: a slot whose row went before it was put into an order. */
export const absent = 0xffffffff;
/** So many new slots are put into an order one by one; above, it is read anew. */
const fewSlots = 256;
/** So many different numbers are told one after the other; of more there is an order. */
const fewNumbers = 32;
/** An order by a number is made in tens of milliseconds, and takes 4 MB at a million: kept while it is used, ms. */
const keptFor = 300_000;
/** So many slots are read at once; above, bit by bit between the calls. */
const smallIndex = 60_000;

/** The slots of an index in each order that lists can have. Slots from `covers` on are in none of them yet. */
export class Orders {
  readonly #index: EntryIndex;
  readonly #db: DatabaseSync;
  readonly #spiffeId: StatementSync;
  covers = 0;
  /** By SPIFFE ID, then by row number. */
  bySpiffeId = new Uint32Array(0);
  #ranks: Uint32Array | undefined;
  #byText = new Map<TextOrder, TextSlots>();
  #byNumber = new Map<NumberOrder, Uint32Array<ArrayBuffer>>();
  readonly #groups = new Map<NumberOrder, Groups>();
  /** When each was asked for last. */
  readonly #asked = new Map<NumberOrder, number>();
  #building: Generator<undefined, void> | undefined;

  constructor(index: EntryIndex, db: DatabaseSync) {
    this.#index = index;
    this.#db = db;
    this.#spiffeId = db.prepare('SELECT spiffe_id AS value FROM entry WHERE rid = ?');
  }

  /** Takes the newest slots in; false when that takes longer than a call may wait (`tend` does it). */
  extend(): boolean {
    const index = this.#index;
    const tail = index.slots - this.covers;
    if (tail === 0) return true;
    if (tail <= fewSlots && this.covers > fewSlots) {
      this.#insertTail();
      return true;
    }
    if (index.slots > smallIndex) return false;
    for (const _step of this.#buildBySpiffeId(this.#db)) continue;
    return true;
  }

  /** All slots below `covers` in an order, ascending, part after part; undefined while it is being made. */
  of(order: Exclude<EntryOrder, 'state'>): OrderPart[] | undefined {
    if (order === 'spiffe_id') return [{ order: this.bySpiffeId, among: undefined }];
    if (isText(order)) {
      if (!this.#byText.has(order)) {
        if (this.covers > smallIndex) return undefined;
        for (const _step of this.#buildByText(order, this.#db)) continue;
      }
      const made = this.#byText.get(order);
      // Slots without a text come before those with one.
      return (
        made && [
          { order: this.bySpiffeId, among: made.without },
          { order: made.order, among: made.with },
        ]
      );
    }
    this.#asked.set(order, performance.now());
    const groups = this.#grouped(order);
    if (groups) return groups;
    if (!this.#byNumber.has(order)) for (const _step of this.#buildByNumber(order)) continue;
    const made = this.#byNumber.get(order);
    return made && [{ order: made, among: undefined }];
  }

  /** Place of each slot by SPIFFE ID, or `absent`. */
  ranks(): Uint32Array {
    if (!this.#ranks) {
      const ranks = uint32s(this.covers);
      const order = this.bySpiffeId;
      if (order.length < ranks.length) ranks.fill(absent);
      for (let rank = 0; rank < order.length; rank += 1) ranks[order[rank] ?? 0] = rank;
      this.#ranks = ranks;
    }
    return this.#ranks;
  }

  /** First place by SPIFFE ID whose ID is not below a text. */
  placeOf(id: string): number {
    return this.#place(this.bySpiffeId, (slot) => compareText(this.#key(this.#spiffeId, slot), id) < 0);
  }

  /** Works at orders that are missing for some milliseconds; false when there is nothing to do. */
  tend(budget: number): boolean {
    const end = performance.now() + budget;
    for (;;) {
      this.#building ??= this.#next();
      if (!this.#building) return false;
      if (this.#building.next().done === true) this.#building = undefined;
      if (performance.now() > end) return true;
    }
  }

  /** What is to be made next. */
  #next(): Generator<undefined, void> | undefined {
    for (const [order, last] of this.#asked) {
      if (performance.now() - last < keptFor) continue;
      this.#asked.delete(order);
      this.#byNumber.delete(order);
      this.#groups.delete(order);
    }
    const behind = this.covers < this.#index.slots;
    const number = behind
      ? undefined
      : [...this.#asked.keys()].find((one) => !this.#byNumber.has(one) && !this.#groups.has(one));
    if (number !== undefined) return this.#buildByNumber(number);
    const next = behind ? 'spiffe_id' : textOrders.find((one) => !this.#byText.has(one));
    if (next === undefined) return undefined;
    // Without its index the database would sort all at once: the writer makes those when a first load is over.
    if (!this.#indexed(next)) return undefined;
    // A connection of its own: its long look at one state of the file must not be that of the lists.
    const file = this.#db.location();
    const db = file === null ? this.#db : openForReading(file);
    const made = next === 'spiffe_id' ? this.#buildBySpiffeId(db) : this.#buildByText(next, db);
    return closing(made, db === this.#db ? undefined : db);
  }

  #indexed(order: string): boolean {
    return (
      this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(`entry_by_${order}`) !== undefined
    );
  }

  *#buildBySpiffeId(db: DatabaseSync): Generator<undefined, void> {
    const index = this.#index;
    const upTo = index.slots;
    const order = uint32s(upTo);
    let n = 0;
    let steps = 0;
    // While it has no index of them the database sorts, and need not sort what is not here; a plus keeps it to the index.
    const here = this.#indexed('spiffe_id') ? '+rid <= ?' : 'rid <= ?';
    const rids = db.prepare(`SELECT rid FROM entry WHERE ${here} ORDER BY spiffe_id, rid`);
    for (const { rid } of rids.iterate(index.lastRid)) {
      const slot = index.slotOf(Number(rid));
      if (slot !== undefined && slot < upTo) order[n++] = slot;
      steps += 1;
      if (steps % 2000 === 0) yield;
    }
    this.bySpiffeId = order.subarray(0, n);
    this.#changed(upTo);
  }

  *#buildByText(order: TextOrder, db: DatabaseSync): Generator<undefined, void> {
    const index = this.#index;
    const { covers } = this;
    const slots = uint32s(covers);
    const ranks = this.ranks();
    let n = 0;
    let group: number[] = [];
    let value = '';
    const close = (): void => {
      // Rows of one value go by SPIFFE ID.
      if (group.length > 1) group.sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
      for (const slot of group) slots[n++] = slot;
      group = [];
    };
    let steps = 0;
    const sql = `SELECT rid, ${order} AS value FROM entry WHERE ${order} <> '' ORDER BY ${order}`;
    for (const row of db.prepare(sql).iterate()) {
      const slot = index.slotOf(Number(row['rid']));
      steps += 1;
      if (steps % 2000 === 0) yield;
      if (slot === undefined || slot >= covers) continue;
      if (row['value'] !== value) {
        close();
        value = String(row['value']);
      }
      group.push(slot);
    }
    close();
    // Meanwhile the table may have moved on: it is begun again.
    if (covers !== this.covers) return;
    this.#byText.set(order, this.#textSlots(n > covers / 2 ? slots.subarray(0, n) : slots.slice(0, n)));
  }

  #textSlots(order: Uint32Array<ArrayBuffer>): TextSlots {
    const has = new Bits(this.covers);
    for (const slot of order) has.add(slot);
    return { order, with: has.words, without: has.words.map((word) => ~word) };
  }

  *#buildByNumber(order: NumberOrder): Generator<undefined, void> {
    const { covers, bySpiffeId } = this;
    const made = yield* rankSort(bySpiffeId, this.#keyOf(order));
    // Meanwhile slots may have come, or places have changed: it is begun again.
    if (bySpiffeId === this.bySpiffeId && covers === this.covers) this.#byNumber.set(order, made);
  }

  #insertTail(): void {
    const { covers } = this;
    const { slots, columns } = this.#index;
    const tail = Array.from({ length: slots - covers }, (_none, at) => covers + at);
    const keyed = tail
      .map((slot) => ({ slot, key: this.#key(this.#spiffeId, slot) }))
      .toSorted(
        (a, b) => compareText(a.key, b.key) || (columns.rid[a.slot] ?? 0) - (columns.rid[b.slot] ?? 0),
      );
    const places = keyed.map(({ slot, key }) => {
      const rid = columns.rid[slot] ?? 0;
      return this.#place(this.bySpiffeId, (other) => {
        const compared = compareText(this.#key(this.#spiffeId, other), key);
        return compared < 0 || (compared === 0 && (columns.rid[other] ?? 0) < rid);
      });
    });
    const before = { spiffeId: this.bySpiffeId, byText: this.#byText, byNumber: this.#byNumber };
    this.bySpiffeId = spread(
      this.bySpiffeId,
      keyed.map(({ slot }, at) => [places[at] ?? 0, slot]),
    );
    this.#changed(slots);
    if (before.byText.size + before.byNumber.size === 0) return;
    const ranks = this.ranks();
    for (const [order, { order: old }] of before.byText) {
      const statement = this.#db.prepare(`SELECT ${order} AS value FROM entry WHERE rid = ?`);
      const sorted = tail
        .map((slot) => ({ slot, key: this.#key(statement, slot) }))
        .filter(({ key }) => key !== '')
        .toSorted((a, b) => compareText(a.key, b.key) || (ranks[a.slot] ?? 0) - (ranks[b.slot] ?? 0));
      const put = sorted.map(({ slot, key }): [number, number] => {
        const rank = ranks[slot] ?? 0;
        const place = this.#place(old, (other) => {
          const compared = compareText(this.#key(statement, other), key);
          return compared < 0 || (compared === 0 && (ranks[other] ?? 0) < rank);
        });
        return [place, slot];
      });
      this.#byText.set(order, this.#textSlots(spread(old, put)));
    }
    for (const [order, old] of before.byNumber) {
      const compare = this.#comparison(order);
      const [one] = old;
      // While all have the same number it is the order by SPIFFE ID itself.
      const alike = old === before.spiffeId && tail.every((slot) => compare(slot, one ?? slot) === 0);
      this.#byNumber.set(order, alike ? this.bySpiffeId : inserted(old, tail, ranks, compare));
    }
  }

  /** An order by few different numbers: the slots of each, in their order by SPIFFE ID; undefined: they are not few. */
  #grouped(order: NumberOrder): OrderPart[] | undefined {
    const { columns, parents } = this.#index;
    const coded = order === 'parent_id' ? undefined : this.#numbers(order).coded;
    const values = order === 'parent_id' ? parents.map(({ id }) => id) : coded?.values;
    if (!values || values.length > fewNumbers) {
      this.#groups.delete(order);
      return undefined;
    }
    const groups = this.#groups.get(order) ?? new Groups();
    this.#groups.set(order, groups);
    this.#byNumber.delete(order);
    groups.extend(this.covers, (slot) => (coded ? coded.codes[slot] : columns.parent[slot]) ?? 0);
    // The same parent on two servers is the same text.
    const codes = new Map<string | number, number[]>();
    for (const [code, value] of values.entries()) codes.set(value, [...(codes.get(value) ?? []), code]);
    const byValue = ([a]: [string | number, number[]], [b]: [string | number, number[]]): number =>
      typeof a === 'string' ? compareText(a, String(b)) : a < Number(b) ? -1 : 1;
    return [...codes]
      .toSorted(byValue)
      .map(([, some]) => ({ order: this.bySpiffeId, among: groups.among(some) }));
  }

  /** The number that an order goes by. Ranks of parents are only good until there are more of them. */
  #keyOf(order: NumberOrder): (slot: number) => number {
    const { columns, parents } = this.#index;
    if (order !== 'parent_id') return this.#number(order);
    const rank = new Float64Array(parents.length);
    let place = 0;
    const sorted = parents
      .map(({ id }, number) => ({ id, number }))
      .toSorted((a, b) => compareText(a.id, b.id));
    sorted.forEach(({ id, number }, at) => {
      // The same parent on two servers is the same text.
      if (at > 0 && sorted[at - 1]?.id !== id) place += 1;
      rank[number] = place;
    });
    return (slot) => rank[columns.parent[slot] ?? 0] ?? 0;
  }

  #comparison(order: NumberOrder): (a: number, b: number) => number {
    if (order === 'parent_id') {
      const { columns, parents } = this.#index;
      const id = (slot: number): string => parents[columns.parent[slot] ?? 0]?.id ?? '';
      return (a, b) => compareText(id(a), id(b));
    }
    const number = this.#number(order);
    return (a, b) => {
      const [x, y] = [number(a), number(b)];
      return x === y ? 0 : x < y ? -1 : 1;
    };
  }

  #number(order: Exclude<NumberOrder, 'parent_id'>): (slot: number) => number {
    const numbers = this.#numbers(order);
    return (slot) => numbers.get(slot);
  }

  #numbers(order: Exclude<NumberOrder, 'parent_id'>): Numbers {
    const { columns } = this.#index;
    switch (order) {
      case 'expires_at':
        return columns.expires;
      case 'created_at':
        return columns.created;
      case 'revision':
        return columns.revision;
      case 'x509_ttl':
        return columns.x509;
      case 'jwt_ttl':
        return columns.jwt;
    }
  }

  #changed(covers: number): void {
    this.covers = covers;
    this.#ranks = undefined;
    this.#byText = new Map();
    this.#byNumber = new Map();
    this.#index.settle();
  }

  #key(statement: StatementSync, slot: number): string {
    return String(statement.get(this.#index.columns.rid[slot] ?? 0)?.['value'] ?? '');
  }

  /** First place of which `below` is not true. Slots whose row is gone or has moved on tell nothing, and are passed over. */
  #place(order: Uint32Array, below: (slot: number) => boolean): number {
    const { columns } = this.#index;
    const telling = (slot: number): boolean => this.#index.slotOf(columns.rid[slot] ?? 0) === slot;
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      let at = middle;
      while (at < high && !telling(order[at] ?? 0)) at += 1;
      if (at === high) high = middle;
      else if (below(order[at] ?? 0)) low = at + 1;
      else high = middle;
    }
    return low;
  }
}

/** An order with some more slots. Numbers of a slot never change, so that those whose rows are gone tell their place too. */
function inserted(
  order: Uint32Array<ArrayBuffer>,
  slots: readonly number[],
  ranks: Uint32Array,
  compare: (a: number, b: number) => number,
): Uint32Array<ArrayBuffer> {
  const full = (a: number, b: number): number => compare(a, b) || (ranks[a] ?? 0) - (ranks[b] ?? 0);
  const put = slots.toSorted(full).map((slot): [number, number] => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (full(order[middle] ?? 0, slot) < 0) low = middle + 1;
      else high = middle;
    }
    return [low, slot];
  });
  return spread(order, put);
}

function* closing(
  steps: Generator<undefined, void>,
  db: DatabaseSync | undefined,
): Generator<undefined, void> {
  try {
    yield* steps;
  } finally {
    db?.close();
  }
}
