import type { DatabaseSync } from 'node:sqlite';
import { Bits } from '../bits.ts';
import { readMeta } from '../meta.ts';
import { entryStates } from '../query.ts';
import { aliasBit } from './columns.ts';
import type { EntryIndex } from './entry-index.ts';

const highest = Math.max(...Object.values(entryStates));
/** Bits of what is known of a parent. */
const known = 1;
const banned = 2;

/** States of entries, by what their parents reach: for each state the slots that are in it, as bits. */
export class States {
  readonly #index: EntryIndex;
  readonly #db: DatabaseSync;
  #reach = -1;
  #parents = 0;
  /** By number of parent: latest expiry of an agent that serves it. */
  #until = new Float64Array(0);
  /** Bits `banned` and `worked out`. */
  #facts = new Uint8Array(0);
  /** By state: what is known, of slots below `#done`, from one moment until before another (Unix seconds). */
  #bits: Bits[] = [];
  #done = 0;
  #from = 0;
  #to = 0;

  constructor(index: EntryIndex, db: DatabaseSync) {
    this.#index = index;
    this.#db = db;
  }

  /** Slots in each state at a moment in Unix seconds, in the order of the states' numbers. */
  at(now: number): Uint32Array[] {
    this.#read();
    // Slots do not change: new ones come at the end, and the others only by an expiry or by what parents reach.
    if (now < this.#from || now >= this.#to) {
      this.#bits = Array.from({ length: highest }, () => new Bits(this.#index.slots));
      this.#done = 0;
      this.#from = now;
      this.#to = this.#until.reduce(
        (next, until) => (until > now && until < next ? until : next),
        Number.POSITIVE_INFINITY,
      );
    }
    const { columns, slots } = this.#index;
    for (let slot = this.#done; slot < slots; slot += 1) {
      const expires = columns.expires.get(slot);
      if (expires > this.#from && expires < this.#to) this.#to = expires;
      this.#bits[this.#stateOf(slot, expires, this.#from) - 1]?.add(slot);
    }
    this.#done = slots;
    // One that came since may have expired already.
    return now < this.#to ? this.#bits.map(({ words }) => words) : this.at(now);
  }

  #stateOf(slot: number, expires: number, now: number): number {
    const { columns } = this.#index;
    if (expires <= now) return entryStates.expired;
    if (((columns.flags[slot] ?? 0) & aliasBit) !== 0) return entryStates.nodeAlias;
    const parent = columns.parent[slot] ?? 0;
    const until = this.#until[parent] ?? 0;
    if (until > now) return entryStates.served;
    if (until > 0) return entryStates.agentExpired;
    const facts = this.#facts[parent] ?? 0;
    if ((facts & known) === 0) return entryStates.unknown;
    return (facts & banned) === 0 ? entryStates.noAgent : entryStates.agentBanned;
  }

  #read(): void {
    const reach = readMeta(this.#db, 'reach');
    const { parents } = this.#index;
    if (reach === this.#reach && parents.length === this.#parents) return;
    this.#reach = reach;
    this.#parents = parents.length;
    this.#to = 0;
    this.#until = new Float64Array(parents.length);
    this.#facts = new Uint8Array(parents.length);
    const numbers = new Map(parents.map(({ conn, id }, number) => [`${conn} ${id}`, number]));
    const rows = this.#db.prepare('SELECT conn, parent_id, CAST(until AS REAL) AS until, banned FROM reach');
    for (const row of rows.iterate()) {
      const number = numbers.get(`${Number(row['conn'])} ${String(row['parent_id'])}`);
      if (number === undefined) continue;
      this.#until[number] = Number(row['until']);
      this.#facts[number] = known | (Number(row['banned']) === 1 ? banned : 0);
    }
  }
}
