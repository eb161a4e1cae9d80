import type { DatabaseSync } from 'node:sqlite';
import { Bits, countBits } from '../bits.ts';
import { searchText } from '../body.ts';
import { connNames, connsOf } from '../conns.ts';
import { entryFlags } from '../entry-flags.ts';
import { soon } from '../entry-scan.ts';
import type { EntryQuery } from '../query.ts';
import { blockWords, termOf } from './grams.ts';
import type { EntryIndex } from './entry-index.ts';
import type { Orders } from './orders.ts';
import type { States } from './states.ts';

/** Slots that a query may mean. */
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
  const words = new Uint32Array((n + 31) >>> 5);
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
    for (let word = 0; word < words.length; word += 1) words[word] = (words[word] ?? 0) & (bits?.[word] ?? 0);
  };

  const conns = new Set(connsOf(db, query.connections));
  if ([...connNames(db).keys()].some((conn) => !conns.has(conn)))
    keep((slot) => conns.has(columns.conn[slot] ?? 0));
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
  const { found, exact } = textSlots(index, search, words.length);
  const parents = parentsWith(index, ({ text }) => text.includes(search));
  if (!parents.includes(1)) {
    and(found);
    return exact ? { words, search: '', unsure: undefined } : { words, search, unsure: words };
  }
  const byParent = new Uint32Array(words.length);
  for (let slot = 0; slot < n; slot += 1)
    if (parents[columns.parent[slot] ?? 0] === 1)
      byParent[slot >>> 5] = (byParent[slot >>> 5] ?? 0) | (1 << (slot & 31));
  const unsure = new Uint32Array(words.length);
  for (let word = 0; word < words.length; word += 1) {
    const [is, own, parent] = [words[word] ?? 0, found[word] ?? 0, byParent[word] ?? 0];
    words[word] = is & (own | parent);
    unsure[word] = is & own & ~parent;
  }
  if (exact || countBits(unsure) === 0) return { words, search: '', unsure: undefined };
  return { words, search, unsure };
}

/** Slots whose own text may have a search in it; exact: has. */
export function textSlots(
  index: EntryIndex,
  search: string,
  words: number,
): { found: Uint32Array; exact: boolean } {
  const term = termOf(search);
  const found = new Uint32Array(Math.max(words, (index.blocks.length + 1) * blockWords));
  index.blocks.forEach((block, at) => {
    if (at * blockWords < words) block.match(term, found.subarray(at * blockWords, (at + 1) * blockWords));
  });
  const first = index.blocks.length * blockWords;
  index.texts.forEach((text, at) => {
    const word = first + (at >>> 5);
    if (text.includes(search)) found[word] = (found[word] ?? 0) | (1 << (at & 31));
  });
  return { found, exact: term.exact || index.blocks.length === 0 };
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
