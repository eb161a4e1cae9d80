import type { DatabaseSync } from 'node:sqlite';
import { countBits, countCommon, scratch } from '../bits.ts';
import { connsOf } from '../conns.ts';
import { countOf } from '../entry-scan.ts';
import { readMeta } from '../meta.ts';
import { entriesByRid } from '../query.ts';
import type { EntryPage, EntryQuery } from '../query.ts';
import { Checker } from './checker.ts';
import { EntryIndex } from './entry-index.ts';
import { clearBench } from './grams.ts';
import { matchSlots, textSlots } from './matching.ts';
import type { Match } from './matching.ts';
import { absent, Orders } from './orders.ts';
import type { OrderPart } from './orders.ts';
import { States } from './states.ts';

/** A call waits at most this long for the index to catch up, ms. */
const catchUp = 40;
/** A list of more entries than this may be so old while they are read, ms. */
const partialFrom = 5000;
const freshFor = 1000;
/** A set that has fewer of an order's slots than one in so many is sorted; of any other the order is walked. */
const sparse = 64;
/** Texts are looked at for so long before a list is shown, ms; what is left then makes its total "about". */
const checking = 8;

/** The search index over one open database, with all that lists need. */
export class Search {
  readonly #db: DatabaseSync;
  #index: EntryIndex;
  #orders: Orders;
  #states: States;
  #checker: Checker;
  #freshUntil = 0;
  /** Changes that actions wrote, and how many slots there were when they were here. */
  #written = { seq: 0, slots: 0 };

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#index = new EntryIndex(db);
    this.#orders = new Orders(this.#index, db);
    this.#states = new States(this.#index, db);
    this.#checker = new Checker(this.#index, db);
  }

  /** A list; undefined while the index is too far behind. */
  list(query: EntryQuery): EntryPage | undefined {
    if (!this.#ready(isPlain(query))) return undefined;
    const conns = connsOf(this.#db, query.connections);
    if (conns.length === 0) return { entries: [], total: 0, all: 0, estimate: false };
    const parts = this.#partsOf(query);
    if (!parts) return undefined;
    const match = matchSlots(this.#db, this.#index, this.#orders, this.#states, query);
    const wrong = this.#checker.check(match, checking);
    const candidates = countBits(match.words);
    const slots = candidates === 0 ? [] : this.#pageOf(parts, query, match, wrong !== undefined);
    const rids = slots.map((slot) => this.#index.columns.rid[slot] ?? 0);
    return {
      entries: entriesByRid(this.#db, rids, query.now),
      total: candidates - (wrong ?? 0),
      all: countOf(this.#db, conns),
      estimate: wrong !== undefined,
    };
  }

  /** Row numbers of a text, in no order; undefined while the index is too far behind. */
  rids(conns: readonly number[], text: string, limit: number): number[] | undefined {
    if (!this.#ready()) return undefined;
    const { columns, alive } = this.#index;
    const wanted = new Set(conns);
    const { found, unsure } = textSlots(this.#index, text, (this.#orders.covers + 31) >>> 5);
    const rids: number[] = [];
    for (let word = 0; word < found.length && rids.length < limit; word += 1) {
      for (let rest = (found[word] ?? 0) & (alive.words[word] ?? 0); rest !== 0; rest &= rest - 1) {
        const slot = (word << 5) + 31 - Math.clz32(rest & -rest);
        const sure = ((unsure?.[word] ?? 0) & (1 << (slot & 31))) === 0;
        if (!wanted.has(columns.conn[slot] ?? 0) || (!sure && !this.#checker.has(slot, text))) continue;
        rids.push(columns.rid[slot] ?? 0);
        if (rids.length === limit) break;
      }
    }
    return rids;
  }

  /** Works for some milliseconds at what lists will need; false when there is nothing to do. */
  tend(budget: number): boolean {
    this.#renew();
    // While a copy is being read the reading goes first; lists are of what was there a moment ago.
    if (!this.#index.sync(budget)) return readMeta(this.#db, 'filling') === 0;
    if (this.#orders.tend(budget) || this.#checker.tend(budget)) return true;
    clearBench();
    return false;
  }

  #renew(): void {
    if (this.#index.usable) return;
    this.#index = new EntryIndex(this.#db);
    this.#orders = new Orders(this.#index, this.#db);
    this.#states = new States(this.#index, this.#db);
    this.#checker = new Checker(this.#index, this.#db);
    this.#written = { seq: 0, slots: 0 };
  }

  /** `rows`: only rows are wanted, whichever there are: no search and no filter is answered wrongly by some of them. */
  #ready(rows = false): boolean {
    this.#renew();
    // While a copy is being read the list is partial anyhow, and need not be the newest; but what was done from here
    // is to be seen at once.
    const filling = readMeta(this.#db, 'filling') > 0;
    const many = this.#orders.covers > 0 && this.#index.slots > partialFrom;
    if (filling && many && performance.now() < this.#freshUntil && this.#coversWritten()) return true;
    const caughtUp = this.#index.sync(catchUp);
    // The first rows of all are shown as soon as there are any.
    const first = filling && rows && this.#orders.covers === 0;
    const current = (caughtUp || first) && this.#orders.extend() && caughtUp;
    this.#freshUntil = performance.now() + freshFor;
    return current || (filling && (many || (rows && this.#orders.covers > 0)) && this.#coversWritten());
  }

  /** What actions wrote is in the orders: added, changed and gone. */
  #coversWritten(): boolean {
    const seq = readMeta(this.#db, 'written_seq');
    if (seq > this.#index.lastDirty) return false;
    // A row that changed has its new slot among those there are now.
    if (seq !== this.#written.seq) this.#written = { seq, slots: this.#index.slots };
    if (this.#written.slots > this.#orders.covers) return false;
    const rid = readMeta(this.#db, 'written_rid');
    const slot = this.#index.slotOf(rid);
    return slot === undefined ? rid <= this.#index.lastRid : slot < this.#orders.covers;
  }

  #partsOf({ order, now }: EntryQuery): OrderPart[] | undefined {
    if (order !== 'state') return this.#orders.of(order);
    return this.#states.at(now).map((among) => ({ order: this.#orders.bySpiffeId, among }));
  }

  /** The slots of one page. */
  #pageOf(
    parts: readonly OrderPart[],
    query: EntryQuery,
    { words, unsure, search }: Match,
    unchecked: boolean,
  ): number[] {
    const { descending } = query;
    let { offset, limit } = query;
    const page: number[] = [];
    for (const { order, among } of descending ? parts.toReversed() : parts) {
      const there = among ? countCommon(words, among) : countBits(words);
      const wanted = Math.max(0, Math.min(limit, there - offset));
      if (wanted > 0) {
        const here = among ? common(words, among) : words;
        const place = { offset, wanted, descending };
        page.push(
          ...(order === this.#orders.bySpiffeId && there < order.length / sparse
            ? fewAt(order, this.#orders.ranks(), here, there, place)
            : slotsAt(order, here, there, place)),
        );
      }
      limit -= wanted;
      offset = Math.max(0, offset - there);
      if (limit === 0) break;
    }
    if (!unchecked) return page;
    return page.filter(
      (slot) => ((unsure?.[slot >>> 5] ?? 0) & (1 << (slot & 31))) === 0 || this.#checker.has(slot, search),
    );
  }
}

function isPlain({
  search,
  parentId,
  selectorType,
  federatesWith,
  expiry,
  state,
  flags,
  path,
}: EntryQuery): boolean {
  const texts = [search, parentId, selectorType, federatesWith, path];
  return texts.every((text) => text === '') && expiry === 'any' && state === 0 && flags.length === 0;
}

function common(words: Uint32Array, among: Uint32Array): Uint32Array {
  const here = scratch('part', words.length);
  const n = Math.min(words.length, among.length);
  for (let at = 0; at < n; at += 1) here[at] = (words[at] ?? 0) & (among[at] ?? 0);
  return here;
}

interface Place {
  offset: number;
  wanted: number;
  descending: boolean;
}

/** The same as `slotsAt`, of a set that has few of an order's slots: they are sorted by their ranks in it. */
function fewAt(
  order: Uint32Array,
  ranks: Uint32Array,
  words: Uint32Array,
  there: number,
  { offset, wanted, descending }: Place,
): number[] {
  const found = new Uint32Array(there);
  let n = 0;
  for (let word = 0; word < words.length; word += 1) {
    for (let rest = words[word] ?? 0; rest !== 0; rest &= rest - 1) {
      const rank = ranks[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? absent;
      if (rank !== absent) found[n++] = rank;
    }
  }
  const here = found.subarray(0, n).sort();
  const from = descending ? Math.max(0, n - offset - wanted) : offset;
  const slots = Array.from(here.subarray(from, from + wanted), (rank) => order[rank] ?? 0);
  return descending ? slots.toReversed() : slots;
}

/** Some of the slots of a set, which has so many, in an order: walked from the nearer end. */
function slotsAt(
  order: Uint32Array,
  words: Uint32Array,
  there: number,
  { offset, wanted, descending }: Place,
): number[] {
  const n = order.length;
  const fromEnd = offset > there / 2;
  // Counted from the end, the page is what comes before those that follow it.
  const skip = fromEnd ? there - offset - wanted : offset;
  const backwards = fromEnd !== descending;
  const slots: number[] = [];
  let passed = 0;
  for (let at = 0; at < n && passed < skip + wanted; at += 1) {
    const slot = order[backwards ? n - 1 - at : at] ?? 0;
    if (((words[slot >>> 5] ?? 0) & (1 << (slot & 31))) === 0) continue;
    passed += 1;
    if (passed > skip) slots.push(slot);
  }
  return fromEnd ? slots.toReversed() : slots;
}
