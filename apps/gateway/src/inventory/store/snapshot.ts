import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { agentText, encode, entryText } from './body.ts';
import { entryIndexes, transaction } from './schema.ts';

export const tagKinds = { selectorType: 0, federates: 1 } as const;

/** Sorts entries that never expire last, as the column holds it. */
export const never = 9_223_372_036_854_775_807n;

interface Fill {
  seen: Set<number>;
  /** Written through since it began: what its pages say of these may be older. */
  touched: Set<string>;
  read: number;
  inserted: number;
}

/** New rows in one fill above which the text index is built at its end instead of row by row. */
const bulk = 5000;

/** Writes snapshots: page by page beside what is there, so that a list is never empty while it is renewed. */
export class Snapshot {
  readonly #db: DatabaseSync;
  readonly #conns = new Map<string, number>();
  readonly #fills = new Map<number, Fill>();
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;
  readonly #tag: StatementSync;
  readonly #untag: StatementSync;
  readonly #index: StatementSync;
  readonly #unindex: StatementSync;
  /** Rows up to here are in the text index; Infinity but during and after a large load. */
  #indexedUpTo = Number.POSITIVE_INFINITY;
  readonly #orders = new Set<string>();
  /** Goes up with every change, for caches. */
  changes = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const row of db.prepare('SELECT conn, name FROM connection').all())
      this.#conns.set(String(row['name']), Number(row['conn']));
    this.#find = db.prepare('SELECT rid, body FROM entry WHERE conn = ? AND id = ?');
    this.#insert = db.prepare(
      `INSERT INTO entry (conn, id, spiffe_id, parent_id, selectors, created_at, expires_at, node_alias, text, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE entry SET spiffe_id = ?, parent_id = ?, selectors = ?, created_at = ?, expires_at = ?, node_alias = ?, text = ?, body = ?
       WHERE rid = ?`,
    );
    this.#remove = db.prepare('DELETE FROM entry WHERE rid = ?');
    this.#tag = db.prepare('INSERT OR IGNORE INTO entry_tag (kind, value, rid) VALUES (?, ?, ?)');
    this.#untag = db.prepare('DELETE FROM entry_tag WHERE rid = ?');
    this.#index = db.prepare('INSERT INTO entry_fts (rowid, text) VALUES (?, ?)');
    this.#unindex = db.prepare('DELETE FROM entry_fts WHERE rowid = ?');
    // A kill in the middle of a large load leaves rows that are not indexed.
    const count = (sql: string): number => Number(db.prepare(sql).get()?.['n'] ?? 0);
    if (count('SELECT count(*) AS n FROM entry') !== count('SELECT count(*) AS n FROM entry_fts')) {
      this.#indexedUpTo = count('SELECT coalesce(max(rowid), 0) AS n FROM entry_fts');
    }
  }

  /** False while a large load runs: searching then reads the text itself. */
  get indexed(): boolean {
    return this.#indexedUpTo === Number.POSITIVE_INFINITY;
  }

  /** True while a copy is being read. */
  get filling(): boolean {
    return this.#fills.size > 0;
  }

  conn(name: string): number {
    const known = this.#conns.get(name);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO connection (name) VALUES (?)').run(name);
    this.#conns.set(name, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  connIfKnown(name: string): number | undefined {
    return this.#conns.get(name);
  }

  names(): ReadonlyMap<string, number> {
    return this.#conns;
  }

  /** Forgets connections that are not configured any more; one bounded step, true when there is more to do. */
  forgetOthers(names: readonly string[]): boolean {
    const keep = new Set(names);
    for (const [name, conn] of this.#conns) {
      if (keep.has(name)) continue;
      const rids = this.#db
        .prepare('SELECT rid FROM entry WHERE conn = ? LIMIT 500')
        .all(conn)
        .map((row) => Number(row['rid']));
      if (rids.length > 0) {
        this.#drop(rids);
        return true;
      }
      transaction(this.#db, () => {
        for (const table of ['agent', 'reach', 'connection'])
          this.#db.prepare(`DELETE FROM ${table} WHERE conn = ?`).run(conn);
      });
      this.#conns.delete(name);
      return true;
    }
    return false;
  }

  begin(name: string, trustDomain: string): void {
    const conn = this.conn(name);
    this.#db.prepare('UPDATE connection SET trust_domain = ? WHERE conn = ?').run(trustDomain, conn);
    this.#fills.set(conn, { seen: new Set(), touched: new Set(), read: 0, inserted: 0 });
  }

  /** One page; returns how many rows have been read. */
  page(name: string, rows: readonly EntryRow[]): { read: number; changed: number } {
    const conn = this.conn(name);
    const fill = this.#fills.get(conn);
    if (!fill) return { read: 0, changed: 0 };
    let changed = 0;
    transaction(this.#db, () => {
      for (const row of rows) {
        if (fill.touched.has(row.id)) continue;
        const put = this.#put(conn, row);
        if (put.changed) changed += 1;
        fill.seen.add(put.rid);
      }
    });
    fill.read += rows.length;
    if (changed > 0) this.changes += 1;
    return { read: fill.read, changed };
  }

  /** Ends a fill: rows it did not see are gone. One bounded step; call again while `more`. */
  finish(name: string, asOf: number): { more: boolean; removed: number } {
    const conn = this.conn(name);
    const fill = this.#fills.get(conn);
    if (!fill) return { more: false, removed: 0 };
    const gone: number[] = [];
    for (const row of this.#db.prepare('SELECT rid, id FROM entry WHERE conn = ?').iterate(conn)) {
      if (fill.seen.has(Number(row['rid'])) || fill.touched.has(String(row['id']))) continue;
      gone.push(Number(row['rid']));
      if (gone.length >= 1000) break;
    }
    if (gone.length > 0) this.#drop(gone);
    if (gone.length >= 1000) return { more: true, removed: gone.length };
    this.#fills.delete(conn);
    this.#db
      .prepare(
        'UPDATE connection SET as_of = ?1, entries = (SELECT count(*) FROM entry WHERE conn = ?2) WHERE conn = ?2',
      )
      .run(asOf, conn);
    return { more: false, removed: gone.length };
  }

  abandon(name: string): void {
    this.#fills.delete(this.conn(name));
  }

  /** One step of building what a large load left out; true when there is more to do. */
  buildIndex(): boolean {
    if (this.indexed) return false;
    const rows = this.#db
      .prepare('SELECT rid, text FROM entry WHERE rid > ? ORDER BY rid LIMIT 1000')
      .all(this.#indexedUpTo);
    const last = rows.at(-1);
    if (last) {
      transaction(this.#db, () => {
        for (const row of rows) this.#index.run(Number(row['rid']), String(row['text']));
      });
      this.#indexedUpTo = Number(last['rid']);
      return true;
    }
    this.#indexedUpTo = Number.POSITIVE_INFINITY;
    this.changes += 1;
    return false;
  }

  /** One step of making the orders that lists are read in; true when there is more to do. */
  buildOrders(): boolean {
    const next = entryIndexes.find(({ name }) => !this.#orders.has(name));
    if (!next) return false;
    this.#db.exec(next.sql);
    this.#orders.add(next.name);
    return true;
  }

  /** Writes through what an action did. */
  upsert(name: string, rows: readonly EntryRow[]): void {
    const conn = this.conn(name);
    transaction(this.#db, () => {
      for (const row of rows) {
        const { rid } = this.#put(conn, row);
        this.#fills.get(conn)?.touched.add(row.id);
        this.#fills.get(conn)?.seen.add(rid);
      }
    });
    this.changes += 1;
  }

  delete(name: string, ids: readonly string[]): void {
    const conn = this.conn(name);
    const rids: number[] = [];
    for (const id of ids) {
      this.#fills.get(conn)?.touched.add(id);
      const row = this.#find.get(conn, id);
      if (row) rids.push(Number(row['rid']));
    }
    this.#drop(rids);
  }

  /** Agents are few beside entries: replaced whole, in one transaction. */
  agents(name: string, rows: readonly AgentRow[]): boolean {
    const conn = this.conn(name);
    const before = new Map(
      this.#db
        .prepare('SELECT id, body FROM agent WHERE conn = ?')
        .all(conn)
        .map((row) => [String(row['id']), String(row['body'])]),
    );
    const after = new Map(rows.map((row) => [row.id, row]));
    let changed = false;
    transaction(this.#db, () => {
      const put = this.#db.prepare(
        'INSERT OR REPLACE INTO agent (conn, id, expires_at, banned, text, body) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const row of after.values()) {
        const body = encode(row);
        if (before.get(row.id) === body) continue;
        changed = true;
        put.run(conn, row.id, row.expiresAt, row.banned ? 1 : 0, agentText(row), body);
      }
      const drop = this.#db.prepare('DELETE FROM agent WHERE conn = ? AND id = ?');
      for (const id of before.keys()) {
        if (after.has(id)) continue;
        changed = true;
        drop.run(conn, id);
      }
    });
    if (changed) this.changes += 1;
    return changed;
  }

  #put(conn: number, row: EntryRow): { rid: number; changed: boolean } {
    const body = encode(row);
    const found = this.#find.get(conn, row.id);
    if (found && found['body'] === body) return { rid: Number(found['rid']), changed: false };
    const text = entryText(row);
    const selectors = row.selectors.map(({ type, value }) => `${type}:${value}`).join(' ');
    const alias = /^spiffe:\/\/[^/]+\/spire\/server$/u.test(row.parentId) ? 1 : 0;
    const values = [
      row.spiffeId,
      row.parentId,
      selectors,
      row.createdAt,
      row.expiresAt === 0n ? never : row.expiresAt,
      alias,
      text,
      body,
    ] as const;
    let rid: number;
    const fill = this.#fills.get(conn);
    if (found) {
      rid = Number(found['rid']);
      this.#update.run(...values, rid);
      this.#untag.run(rid);
      if (rid <= this.#indexedUpTo) this.#unindex.run(rid);
    } else {
      rid = Number(this.#insert.run(conn, row.id, ...values).lastInsertRowid);
      if (fill) fill.inserted += 1;
      if (fill && fill.inserted > bulk && this.indexed) this.#indexedUpTo = rid - 1;
    }
    for (const type of new Set(row.selectors.map((selector) => selector.type)))
      this.#tag.run(tagKinds.selectorType, type, rid);
    for (const name of row.federatesWith) this.#tag.run(tagKinds.federates, name, rid);
    if (rid <= this.#indexedUpTo) this.#index.run(rid, text);
    return { rid, changed: true };
  }

  #drop(rids: readonly number[]): void {
    if (rids.length === 0) return;
    transaction(this.#db, () => {
      for (const rid of rids) {
        this.#remove.run(rid);
        this.#untag.run(rid);
        // Deleting a row that is not indexed is harmless: the table is contentless.
        this.#unindex.run(rid);
      }
    });
    this.changes += 1;
  }
}
