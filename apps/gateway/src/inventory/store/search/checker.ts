import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Bits, countOf } from '../bits.ts';
import type { EntryIndex } from './entry-index.ts';
import type { Match } from './matching.ts';

/** Searches whose checked slots are remembered. */
const keptSearches = 4;
/** Slots looked at to guess how many of the rest are wrong. */
const sample = 200;
/** Looked at between two looks at the clock. */
const stride = 64;

/** As many as a call may look at, by and large. */
const most = 3000;

interface Known {
  /** Slots whose text was looked at, and those that do not have the search after all. A slot's text never changes. */
  checked: Bits;
  wrong: Bits;
  /** Slots that a list wanted and that are not looked at yet. */
  wanted: Uint32Array | undefined;
}

/** Looks at texts where the index cannot be sure: it knows that three characters occur, not in which order. */
export class Checker {
  readonly #index: EntryIndex;
  readonly #text: StatementSync;
  readonly #searches = new Map<string, Known>();

  constructor(index: EntryIndex, db: DatabaseSync) {
    this.#index = index;
    // One text of the database is soon read, and four are not.
    this.#text = db.prepare(
      'SELECT spiffe_id || char(10) || selectors || char(10) || dns_names || char(10) || hint AS text FROM entry WHERE rid = ?',
    );
  }

  has(slot: number, search: string): boolean {
    const row = this.#text.get(this.#index.columns.rid[slot] ?? 0);
    return row !== undefined && String(row['text']).toLowerCase().includes(search);
  }

  /**
   * Takes the slots out of a match that do not have its text, for at most some milliseconds. How many more are wrong,
   * as far as can be guessed; undefined: none, all were looked at.
   */
  check({ words, unsure, search }: Match, budget: number): number | undefined {
    if (!unsure) return undefined;
    const known = this.#known(search);
    // Of very many a call can look at too few to be sure in the end: most are left to the time between the calls.
    const many = unchecked(known, unsure) > most;
    const left = this.#look(known, unsure, search, many ? budget / 4 : budget);
    known.wanted = left > 0 ? unsure : undefined;
    for (let word = 0; word < words.length; word += 1) {
      const wrong = (unsure[word] ?? 0) & (known.wrong.words[word] ?? 0);
      words[word] = (words[word] ?? 0) & ~wrong;
    }
    return left === 0 ? undefined : this.#guess(known, unsure, search, left);
  }

  /** Goes on with what lists wanted; false when there is nothing left. */
  tend(budget: number): boolean {
    for (const [search, known] of this.#searches) {
      if (!known.wanted) continue;
      if (this.#look(known, known.wanted, search, budget) === 0) known.wanted = undefined;
      return true;
    }
    return false;
  }

  #known(search: string): Known {
    const known = this.#searches.get(search) ?? { checked: new Bits(), wrong: new Bits(), wanted: undefined };
    // The newest last.
    this.#searches.delete(search);
    this.#searches.set(search, known);
    const [oldest] = this.#searches.keys();
    if (this.#searches.size > keptSearches && oldest !== undefined) this.#searches.delete(oldest);
    return known;
  }

  /** How many are left when the time is over. */
  #look({ checked, wrong }: Known, slots: Uint32Array, search: string, budget: number): number {
    const end = performance.now() + budget;
    let looked = 0;
    for (let word = 0; word < slots.length; word += 1) {
      for (let rest = (slots[word] ?? 0) & ~(checked.words[word] ?? 0); rest !== 0; rest &= rest - 1) {
        const slot = (word << 5) + 31 - Math.clz32(rest & -rest);
        if (!this.has(slot, search)) wrong.add(slot);
        checked.add(slot);
        looked += 1;
      }
      if (looked >= stride) {
        looked = 0;
        if (performance.now() > end) return unchecked({ checked }, slots);
      }
    }
    return 0;
  }

  #guess({ checked }: Known, slots: Uint32Array, search: string, left: number): number {
    const every = Math.max(1, Math.floor(left / sample));
    let [seen, looked, bad] = [0, 0, 0];
    for (let word = 0; word < slots.length; word += 1) {
      for (let rest = (slots[word] ?? 0) & ~(checked.words[word] ?? 0); rest !== 0; rest &= rest - 1) {
        seen += 1;
        if (seen % every !== 0) continue;
        looked += 1;
        if (!this.has((word << 5) + 31 - Math.clz32(rest & -rest), search)) bad += 1;
      }
    }
    return looked === 0 ? 0 : Math.round((left * bad) / looked);
  }
}

function unchecked({ checked }: Pick<Known, 'checked'>, slots: Uint32Array): number {
  let left = 0;
  for (let word = 0; word < slots.length; word += 1)
    left += countOf((slots[word] ?? 0) & ~(checked.words[word] ?? 0));
  return left;
}
