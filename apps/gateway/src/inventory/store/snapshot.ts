import type { DatabaseSync } from 'node:sqlite';
import { EntryReader } from '../../upstream/spire/entry-reader.ts';
import type { PackedEntries } from '../../upstream/spire/entry-wire.ts';
import type { EntryRow } from '../../upstream/spire/rows.ts';
import { Bits } from './bits.ts';
import type { ChangeLog } from './change-log.ts';
import { EntryRows } from './entry-rows.ts';
import type { Holder } from './entry-rows.ts';
import { addMeta, readMeta, writeMeta } from './meta.ts';
import { entryIndexes, idIndex } from './schema.ts';
import { transaction } from './transaction.ts';

interface Fill extends Holder {
  met: Bits;
  /** Written through since it began: what its pages say of these may be older. */
  touched: Set<string>;
  read: number;
  /** The connection had no rows when it began: what comes is new, and need not be looked for. */
  fresh: boolean;
  /** Where the search for rows that are gone stands. */
  swept: string;
}

/** Rows looked at, and rows deleted, in one step. */
const sweepStep = 20_000;
const dropStep = 1000;

/**
 * In a first reading of more rows than this, ids are put into their index at its end: they are random, and each page
 * would write nearly all of it again.
 */
const largeLoad = 20_000;

/** Writes snapshots: page by page beside what is there, so that a list is never empty while it is renewed. */
export class Snapshot {
  readonly #db: DatabaseSync;
  readonly #log: ChangeLog;
  readonly #rows: EntryRows;
  readonly #conns = new Map<string, number>();
  readonly #fills = new Map<number, Fill>();
  readonly #orders = new Set<string>();
  #idsIndexed = true;

  constructor(db: DatabaseSync, log: ChangeLog) {
    this.#db = db;
    this.#log = log;
    this.#rows = new EntryRows(db, log);
    for (const row of db.prepare('SELECT conn, name FROM connection').all())
      this.#conns.set(String(row['name']), Number(row['conn']));
    writeMeta(db, 'filling', 0);
  }

  conn(name: string): number {
    const known = this.#conns.get(name);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO connection (name) VALUES (?)').run(name);
    this.#conns.set(name, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  /** Forgets connections that are not configured any more; one bounded step, true when there is more to do. */
  forgetOthers(names: readonly string[]): boolean {
    const keep = new Set(names);
    for (const [name, conn] of this.#conns) {
      if (keep.has(name)) continue;
      const { changes } = this.#db
        .prepare('DELETE FROM entry WHERE rid IN (SELECT rid FROM entry WHERE conn = ? LIMIT ?)')
        .run(conn, dropStep);
      if (changes > 0) return true;
      transaction(this.#db, () => {
        for (const table of ['agent', 'reach', 'facet', 'connection'])
          this.#db.prepare(`DELETE FROM ${table} WHERE conn = ?`).run(conn);
        addMeta(this.#db, 'changes', 1);
        addMeta(this.#db, 'generation', 1);
      });
      this.#conns.delete(name);
      return true;
    }
    return false;
  }

  begin(name: string, trustDomain: string, at: number): void {
    const conn = this.conn(name);
    const asOf = this.#asOf(conn);
    const fresh = this.#empty(conn);
    if (!fresh) this.#indexIds();
    this.#db.prepare('UPDATE connection SET trust_domain = ? WHERE conn = ?').run(trustDomain, conn);
    this.#fills.set(conn, {
      conn,
      name,
      // A first reading is no news.
      seen: asOf === 0 ? undefined : { at, notBefore: asOf },
      met: new Bits(),
      touched: new Set(),
      read: 0,
      fresh,
      swept: '',
    });
    writeMeta(this.#db, 'filling', this.#fills.size);
  }

  /** One page; returns how many rows have been read. */
  page(name: string, page: PackedEntries): { read: number; changed: number } {
    const conn = this.conn(name);
    const fill = this.#fills.get(conn);
    if (!fill) return { read: 0, changed: 0 };
    let changed = 0;
    try {
      changed = this.#putAll(fill, page);
    } catch (error) {
      if (!fill.fresh) throw error;
      // A server that names an entry twice: its last word counts.
      fill.fresh = false;
      this.#indexIds();
      changed = this.#putAll(fill, page);
    }
    fill.read += page.count;
    if (fill.fresh && fill.read > largeLoad && this.#idsIndexed && this.#onlyFresh()) {
      this.#db.exec('DROP INDEX entry_by_id');
      this.#idsIndexed = false;
    }
    return { read: fill.read, changed };
  }

  /** Ends a fill: rows it did not see are gone. One bounded step; call again while `more`. */
  finish(name: string, asOf: number): { more: boolean; removed: number } {
    const conn = this.conn(name);
    const fill = this.#fills.get(conn);
    if (!fill) return { more: false, removed: 0 };
    if (!this.#idsIndexed) {
      this.#indexIds();
      return { more: true, removed: 0 };
    }
    // What was not there when it began cannot be gone.
    const rows = fill.fresh
      ? []
      : this.#db
          .prepare('SELECT rid, id FROM entry WHERE conn = ? AND id > ? ORDER BY id LIMIT ?')
          .all(conn, fill.swept, sweepStep);
    const gone: number[] = [];
    for (const row of rows) {
      fill.swept = String(row['id']);
      if (fill.met.has(Number(row['rid'])) || fill.touched.has(fill.swept)) continue;
      gone.push(Number(row['rid']));
      if (gone.length >= dropStep) break;
    }
    if (gone.length > 0)
      this.#write(() => {
        for (const rid of gone) this.#rows.drop(fill, rid);
      });
    if (gone.length >= dropStep || rows.length === sweepStep) return { more: true, removed: gone.length };
    this.#fills.delete(conn);
    transaction(this.#db, () => {
      if (!fill.seen) this.#log.watch(name, asOf);
      this.#db.prepare('UPDATE connection SET as_of = ? WHERE conn = ?').run(asOf, conn);
      writeMeta(this.#db, 'filling', this.#fills.size);
    });
    return { more: false, removed: gone.length };
  }

  abandon(name: string): void {
    this.#fills.delete(this.conn(name));
    writeMeta(this.#db, 'filling', this.#fills.size);
  }

  /** One step of making the orders that lists are read in; true when there is more to do. */
  buildOrders(): boolean {
    const next = entryIndexes.find(({ name }) => !this.#orders.has(name));
    if (!next) return false;
    this.#db.exec(next.sql);
    this.#orders.add(next.name);
    return true;
  }

  /** Writes through what an action did, or what was found to be there since some time in between (`found`). */
  upsert(name: string, rows: readonly EntryRow[], at: number, found: boolean): void {
    const holder = this.#byHand(name, at, found);
    this.#write(() => {
      for (const row of rows) {
        const { rid } = this.#rows.putRow(holder, row);
        this.#fills.get(holder.conn)?.touched.add(row.id);
        this.#fills.get(holder.conn)?.met.add(rid);
        writeMeta(this.#db, 'written_rid', Math.max(rid, readMeta(this.#db, 'written_rid')));
      }
      this.#rows.markWritten();
    });
  }

  /** Writes through a deletion; the rows that were there. */
  delete(name: string, ids: readonly string[], at: number): EntryRow[] {
    const holder = this.#byHand(name, at, false);
    const dropped: EntryRow[] = [];
    this.#write(() => {
      for (const id of ids) {
        this.#fills.get(holder.conn)?.touched.add(id);
        const rid = this.#rows.ridOf(holder.conn, id);
        const row = rid === undefined ? undefined : this.#rows.drop(holder, rid);
        if (row) dropped.push(row);
      }
      this.#rows.markWritten();
    });
    return dropped;
  }

  /** A page in one transaction; how many of its rows are not as they were. */
  #putAll(fill: Fill, page: PackedEntries): number {
    const reader = new EntryReader(page.packed);
    let changed = 0;
    this.#write(() => {
      while (reader.next()) {
        const { id, bytes } = reader;
        if (fill.touched.has(id)) continue;
        const same = fill.fresh ? undefined : this.#rows.unchanged(fill.conn, id, bytes);
        if (same !== undefined) {
          fill.met.add(same);
          continue;
        }
        const put = this.#rows.put(fill, reader.row(), bytes, fill.fresh);
        if (put.changed) changed += 1;
        fill.met.add(put.rid);
      }
    });
    return changed;
  }

  #byHand(name: string, at: number, found: boolean): Holder {
    const conn = this.conn(name);
    const asOf = this.#asOf(conn);
    // Before the first reading is whole, what is missing here need not be new there.
    const seen = asOf === 0 ? undefined : { at, notBefore: found ? asOf : at };
    return { conn, name, seen };
  }

  /** Every row there is was read by a fill that found none. */
  #onlyFresh(): boolean {
    const reading = [...this.#fills.values()].filter(({ fresh }) => fresh).map(({ conn }) => conn);
    const others = [...this.#conns.values()].filter((conn) => !reading.includes(conn));
    return others.every((conn) => this.#empty(conn));
  }

  #indexIds(): void {
    if (this.#idsIndexed) return;
    try {
      this.#db.exec(idIndex);
    } catch {
      // A server that named an entry twice while nobody looked: its last word counts.
      const twice = this.#db
        .prepare(
          'SELECT rid, conn FROM entry WHERE rid NOT IN (SELECT max(rid) FROM entry GROUP BY conn, id)',
        )
        .all();
      this.#write(() => {
        for (const row of twice)
          this.#rows.drop({ conn: Number(row['conn']), name: '', seen: undefined }, Number(row['rid']));
      });
      this.#db.exec(idIndex);
    }
    this.#idsIndexed = true;
  }

  #empty(conn: number): boolean {
    return this.#db.prepare('SELECT 1 FROM entry WHERE conn = ? LIMIT 1').get(conn) === undefined;
  }

  #asOf(conn: number): number {
    return Number(this.#db.prepare('SELECT as_of FROM connection WHERE conn = ?').get(conn)?.['as_of'] ?? 0);
  }

  #write(run: () => void): void {
    try {
      transaction(this.#db, () => {
        run();
        this.#rows.flush();
      });
    } finally {
      this.#rows.reset();
    }
  }
}
