import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import type { EntryOrder } from '../query.ts';
import { openForReading } from '../schema.ts';
import type { EntryIndex } from './entry-index.ts';
import { compareText, rankSort, spread } from './sorting.ts';

/** Orders that are read from an index of the database; the others are made of numbers at hand. */
export const textOrders = ['selectors', 'federates', 'dns_names', 'hint'] as const;
type TextOrder = (typeof textOrders)[number];
const isText = (order: EntryOrder): order is TextOrder => (textOrders as readonly string[]).includes(order);

/** So many new slots are put into an order one by one; above, it is read anew. */
const fewSlots = 256;
/** So many slots are read at once; above, bit by bit between the calls. */
const smallIndex = 60_000;
/** Orders kept whole, beside that by SPIFFE ID. */
const keptOrders = 12;

/** The slots of an index in each order that lists can have. Slots from `covers` on are in none of them yet. */
export class Orders {
  readonly #index: EntryIndex;
  readonly #db: DatabaseSync;
  readonly #spiffeId: StatementSync;
  covers = 0;
  /** By SPIFFE ID, then by row number. */
  bySpiffeId = new Uint32Array(0);
  #ranks: Uint32Array | undefined;
  /** Only slots that have such a text. */
  #byText = new Map<TextOrder, Uint32Array<ArrayBuffer>>();
  #whole = new Map<EntryOrder, Uint32Array>();
  #building: { order: 'spiffe_id' | TextOrder; steps: Generator<undefined, void> } | undefined;

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

  /** All slots below `covers` in an order, ascending; undefined while it is being made. */
  of(order: EntryOrder): Uint32Array | undefined {
    if (order === 'spiffe_id') return this.bySpiffeId;
    if (isText(order)) {
      if (!this.#byText.has(order)) {
        if (this.covers > smallIndex) return undefined;
        for (const _step of this.#buildByText(order, this.#db)) continue;
      }
    }
    const known = this.#whole.get(order);
    if (known) return known;
    const made = isText(order) ? this.#withEmpty(this.#byText.get(order)) : this.#makeByNumber(order);
    this.#whole.set(order, made);
    const [oldest] = this.#whole.keys();
    if (this.#whole.size > keptOrders && oldest !== undefined) this.#whole.delete(oldest);
    return made;
  }

  /** Slots without a text come before those with one. */
  #withEmpty(filled = new Uint32Array(0)): Uint32Array {
    if (filled.length === this.bySpiffeId.length) return filled;
    const has = new Uint8Array(this.covers);
    for (const slot of filled) has[slot] = 1;
    const empty = this.bySpiffeId.filter((slot) => has[slot] === 0);
    const whole = new Uint32Array(empty.length + filled.length);
    whole.set(empty);
    whole.set(filled, empty.length);
    return whole;
  }

  /** Place of each slot by SPIFFE ID. */
  ranks(): Uint32Array {
    if (!this.#ranks) {
      this.#ranks = new Uint32Array(this.covers);
      this.bySpiffeId.forEach((slot, rank) => {
        if (this.#ranks) this.#ranks[slot] = rank;
      });
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
      if (!this.#building) {
        const next =
          this.covers < this.#index.slots ? 'spiffe_id' : textOrders.find((one) => !this.#byText.has(one));
        // Without its index the database would sort all at once: the writer makes those when a first load is over.
        if (next === undefined || !this.#indexed(next)) return false;
        // A connection of its own: its long look at one state of the file must not be that of the lists.
        const file = this.#db.location();
        const db = file === null ? this.#db : openForReading(file);
        const made = next === 'spiffe_id' ? this.#buildBySpiffeId(db) : this.#buildByText(next, db);
        this.#building = { order: next, steps: closing(made, db === this.#db ? undefined : db) };
      }
      if (this.#building.steps.next().done === true) this.#building = undefined;
      if (performance.now() > end) return true;
    }
  }

  #indexed(order: string): boolean {
    return (
      this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(`entry_by_${order}`) !== undefined
    );
  }

  *#buildBySpiffeId(db: DatabaseSync): Generator<undefined, void> {
    const index = this.#index;
    const upTo = index.slots;
    const order = new Uint32Array(upTo);
    let n = 0;
    let steps = 0;
    for (const { rid } of db.prepare('SELECT rid FROM entry ORDER BY spiffe_id, rid').iterate()) {
      const slot = index.slotOf(Number(rid));
      if (slot !== undefined && slot < upTo) order[n++] = slot;
      steps += 1;
      if (steps % 2000 === 0) yield;
    }
    this.bySpiffeId = order.slice(0, n);
    this.#changed(upTo);
  }

  *#buildByText(order: TextOrder, db: DatabaseSync): Generator<undefined, void> {
    const index = this.#index;
    const { covers } = this;
    const slots = new Uint32Array(covers);
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
    this.#byText.set(order, slots.slice(0, n));
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
    const before = this.#byText;
    this.bySpiffeId = spread(
      this.bySpiffeId,
      keyed.map(({ slot }, at) => [places[at] ?? 0, slot]),
    );
    this.#changed(slots);
    for (const [order, old] of before) {
      const statement = this.#db.prepare(`SELECT ${order} AS value FROM entry WHERE rid = ?`);
      const ranks = this.ranks();
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
      this.#byText.set(order, spread(old, put));
    }
  }

  #changed(covers: number): void {
    this.covers = covers;
    this.#ranks = undefined;
    this.#byText = new Map();
    this.#whole = new Map();
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

  #makeByNumber(order: EntryOrder): Uint32Array {
    const { columns, parents } = this.#index;
    switch (order) {
      case 'parent_id': {
        const sorted = parents
          .map(({ id }, number) => ({ id, number }))
          .toSorted((a, b) => compareText(a.id, b.id));
        const rank = new Float64Array(parents.length);
        let place = 0;
        sorted.forEach(({ id, number }, at) => {
          // The same parent on two servers is the same text.
          if (at > 0 && sorted[at - 1]?.id !== id) place += 1;
          rank[number] = place;
        });
        return rankSort(this.bySpiffeId, (slot) => rank[columns.parent[slot] ?? 0] ?? 0);
      }
      case 'expires_at':
        return rankSort(this.bySpiffeId, (slot) => columns.expires.get(slot));
      case 'created_at':
        return rankSort(this.bySpiffeId, (slot) => columns.created.get(slot));
      case 'revision':
        return rankSort(this.bySpiffeId, (slot) => columns.revision.get(slot));
      case 'x509_ttl':
        return rankSort(this.bySpiffeId, (slot) => columns.x509[slot] ?? 0);
      default:
        return rankSort(this.bySpiffeId, (slot) => columns.jwt[slot] ?? 0);
    }
  }
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
