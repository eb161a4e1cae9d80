import type { DatabaseSync } from 'node:sqlite';
import { readMeta } from '../meta.ts';
import { entryStates } from '../query.ts';
import { aliasBit } from './columns.ts';
import type { EntryIndex } from './entry-index.ts';

/** States of entries, by what their parents reach. */
export class States {
  readonly #index: EntryIndex;
  readonly #db: DatabaseSync;
  #reach = -1;
  #parents = 0;
  #until = new Float64Array(0);
  #banned = new Uint8Array(0);

  constructor(index: EntryIndex, db: DatabaseSync) {
    this.#index = index;
    this.#db = db;
  }

  /** The state of a slot at a moment in Unix seconds. */
  at(now: number): (slot: number) => number {
    this.#read();
    const { columns } = this.#index;
    return (slot) => {
      if (columns.expires.get(slot) <= now) return entryStates.expired;
      if (((columns.flags[slot] ?? 0) & aliasBit) !== 0) return entryStates.nodeAlias;
      const parent = columns.parent[slot] ?? 0;
      const until = this.#until[parent] ?? 0;
      if (until > now) return entryStates.served;
      if (until > 0) return entryStates.agentExpired;
      return this.#banned[parent] === 1 ? entryStates.agentBanned : entryStates.noAgent;
    };
  }

  #read(): void {
    const reach = readMeta(this.#db, 'reach');
    const { parents } = this.#index;
    if (reach === this.#reach && parents.length === this.#parents) return;
    this.#reach = reach;
    this.#parents = parents.length;
    this.#until = new Float64Array(parents.length);
    this.#banned = new Uint8Array(parents.length);
    const numbers = new Map(parents.map(({ conn, id }, number) => [`${conn} ${id}`, number]));
    const rows = this.#db.prepare(
      'SELECT conn, parent_id, CAST(until AS REAL) AS until, banned FROM reach WHERE until > 0 OR banned = 1',
    );
    for (const row of rows.iterate()) {
      const number = numbers.get(`${Number(row['conn'])} ${String(row['parent_id'])}`);
      if (number === undefined) continue;
      this.#until[number] = Number(row['until']);
      this.#banned[number] = Number(row['banned']);
    }
  }
}
