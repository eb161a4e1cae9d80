import type { DatabaseSync } from 'node:sqlite';
import { Bits, scratch } from '../bits.ts';
import { searchText } from '../body.ts';
import { connsOf } from '../conns.ts';
import { entryFlags } from '../entry-flags.ts';
import { soon } from '../entry-scan.ts';
import type { EntryQuery } from '../query.ts';
import { blockWords, termOf } from './grams.ts';
import type { EntryIndex } from './entry-index.ts';
import type { Orders } from './orders.ts';
import type { States } from './states.ts';

/** Slots that a query may mean; `words` are there for the length of the call. */
export interface Match {
  words: Uint32Array;
  /** Empty: `words` is the answer. Else of those in `unsure` the text must be looked at, whether this is in it. */
  search: string;
  unsure: Uint32Array | undefined;
}

/** Finds the slots of a query among those the orders cover. */
export function matchSlots(
  db: DatabaseSync,
  index: EntryIndex,
  orders: Orders,
  states: States,
  query: EntryQuery,
): Match {
  const n = orders.covers;
  const words = scratch('match', (n + 31) >>> 5);
  words.set(index.alive.words.subarray(0, words.length));
  if (n % 32 !== 0 && words.length > 0)
    words[words.length - 1] = (words[words.length - 1] ?? 0) & ((1 << (n % 32)) - 1);
  const { columns } = index;
  const keep = (test: (slot: number) => boolean): void => {
    for (let word = 0; word < words.length; word += 1) {
      let left = words[word] ?? 0;
      for (let rest = left; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        if (!test((word << 5) + 31 - Math.clz32(bit))) left &= ~bit;
      }
      words[word] = left;
    }
  };
  const and = (bits: Uint32Array | undefined): void => {
    const n = Math.min(words.length, bits?.length ?? 0);
    for (let word = 0; word < n; word += 1) words[word] = (words[word] ?? 0) & (bits?.[word] ?? 0);
    words.fill(0, n);
  };

  const conns = new Set(connsOf(db, query.connections));
  if ([...index.conns.keys()].some((conn) => !conns.has(conn))) {
    const either = scratch('part', words.length);
    for (const conn of conns) {
      const { words: own } = index.conns.get(conn) ?? new Bits(0);
      for (let word = 0; word < either.length; word += 1)
        either[word] = (either[word] ?? 0) | (own[word] ?? 0);
    }
    and(either);
  }
  if (query.selectorType !== '') and(index.selectorTypes.get(query.selectorType)?.words);
  if (query.federatesWith !== '') and(index.federates.get(query.federatesWith)?.words);
  if (query.path !== '') and(belowPath(db, orders, query.path, n));
  if (query.parentId !== '') {
    const wanted = parentsWith(index, ({ id }) => id === query.parentId);
    keep((slot) => wanted[columns.parent[slot] ?? 0] === 1);
  }
  const flags = query.flags.reduce((bits, flag) => bits | entryFlags[flag], 0);
  for (let bit = 0; flags >> bit !== 0; bit += 1)
    if (((flags >> bit) & 1) === 1) and(index.flags[bit]?.words);
  const { now, expiry } = query;
  if (expiry === 'never') and(index.never.words);
  if (expiry === 'expired') keep((slot) => columns.expires.get(slot) <= now);
  if (expiry === 'day' || expiry === 'week') {
    const until = now + soon[expiry];
    keep((slot) => columns.expires.get(slot) > now && columns.expires.get(slot) <= until);
  }
  if (query.state !== 0) and(states.at(now)[query.state - 1]);

  const search = searchText(query.search);
  if (search === '') return { words, search: '', unsure: undefined };
  const parents = parentsWith(index, ({ text }) => text.includes(search));
  if (!parents.includes(0)) return { words, search: '', unsure: undefined };
  const { found, unsure } = textSlots(index, search, words.length);
  if (parents.includes(1)) {
    const { parent } = columns;
    for (let word = 0; word < words.length; word += 1) {
      let byParent = 0;
      const end = Math.min(n, (word << 5) + 32);
      for (let slot = word << 5; slot < end; slot += 1)
        byParent |= (parents[parent[slot] ?? 0] ?? 0) << (slot & 31);
      words[word] = (words[word] ?? 0) & ((found[word] ?? 0) | byParent);
      if (unsure) unsure[word] = (unsure[word] ?? 0) & ~byParent;
    }
  } else and(found);
  if (!unsure) return { words, search: '', unsure };
  let left = 0;
  for (let word = 0; word < words.length; word += 1)
    left |= unsure[word] = (unsure[word] ?? 0) & (words[word] ?? 0);
  return left === 0 ? { words, search: '', unsure: undefined } : { words, search, unsure };
}

/** Slots whose own text may have a search in it, for the length of the call; of those in `unsure` it must be looked at. */
export function textSlots(
  index: EntryIndex,
  search: string,
  words: number,
): { found: Uint32Array; unsure: Uint32Array | undefined } {
  const term = termOf(search);
  const found = scratch('text', Math.max(words, (index.blocks.length + 1) * blockWords));
  let unsure: Uint32Array | undefined;
  index.blocks.forEach((block, at) => {
    const first = at * blockWords;
    if (first >= words) return;
    const here = found.subarray(first, first + blockWords);
    if (!block.match(term, here)) (unsure ??= new Uint32Array(found.length)).set(here, first);
  });
  const first = index.blocks.length * blockWords;
  index.texts.forEach((text, at) => {
    const word = first + (at >>> 5);
    if (text.includes(search)) found[word] = (found[word] ?? 0) | (1 << (at & 31));
  });
  return { found, unsure };
}

function parentsWith(index: EntryIndex, test: (parent: { id: string; text: string }) => boolean): Uint8Array {
  return Uint8Array.from(index.parents, (parent) => (test(parent) ? 1 : 0));
}

/** Slots whose SPIFFE ID is below a path, in any trust domain of the store. */
function belowPath(db: DatabaseSync, orders: Orders, path: string, n: number): Uint32Array {
  const bits = new Bits(n);
  const domains = db.prepare('SELECT DISTINCT trust_domain FROM connection').all();
  for (const row of domains) {
    const first = `spiffe://${String(row['trust_domain'])}${path}`;
    const from = orders.placeOf(first);
    // The next character after the slash that ends it.
    const to = orders.placeOf(`${first.slice(0, -1)}0`);
    for (const slot of orders.bySpiffeId.subarray(from, to)) bits.add(slot);
  }
  return bits.words;
}
