import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { entryBytes, entryOf } from '../../upstream/spire/entry-wire.ts';
import type { EntryRow } from '../../upstream/spire/rows.ts';
import { decodeEntry, encode } from './body.ts';
import type { ChangeLog, Seen } from './change-log.ts';
import { entryFlags } from './entry-flags.ts';
import { addMeta, readMeta, writeMeta } from './meta.ts';

export const tagKinds = { selectorType: 0, federates: 1 } as const;

/** Sorts entries that never expire last, as the column holds it. */
export const never = 9_223_372_036_854_775_807n;

/** Whose rows are written, and how its changes are logged; `seen` undefined: not at all, as in a first reading. */
export interface Holder {
  conn: number;
  name: string;
  seen: Seen | undefined;
}

export interface Put {
  rid: number;
  /** What the server says of it is not what it said before. */
  changed: boolean;
}

/** The search index looks at this many changes at most before it starts anew. */
const keptDirty = 200_000;

/** Writes single rows of `entry` with all that follows from them. Call within a transaction, and `flush` at its end. */
export class EntryRows {
  readonly #db: DatabaseSync;
  readonly #log: ChangeLog;
  readonly #same: StatementSync;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #rebody: StatementSync;
  readonly #remove: StatementSync;
  readonly #byRid: StatementSync;
  readonly #dirty: StatementSync;
  /** Not yet written to `facet`: how many more, by connection and value. */
  #facets = new Map<number, { types: Map<string, number>; federates: Map<string, number> }>();
  #counts = new Map<number, number>();
  #lastRid: number;
  #changed = 0;

  constructor(db: DatabaseSync, log: ChangeLog) {
    this.#db = db;
    this.#log = log;
    this.#same = db.prepare('SELECT rid FROM entry WHERE conn = ? AND id = ? AND body = ?');
    this.#find = db.prepare('SELECT rid, body FROM entry WHERE conn = ? AND id = ?');
    this.#insert = db.prepare(
      `INSERT INTO entry (rid, conn, id, spiffe_id, parent_id, selectors, selector_types, x509_ttl, jwt_ttl, federates, flags,
         expires_at, dns_names, revision, hint, created_at, node_alias, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE entry SET spiffe_id = ?, parent_id = ?, selectors = ?, selector_types = ?, x509_ttl = ?, jwt_ttl = ?, federates = ?,
         flags = ?, expires_at = ?, dns_names = ?, revision = ?, hint = ?, created_at = ?, node_alias = ?, body = ? WHERE rid = ?`,
    );
    this.#rebody = db.prepare('UPDATE entry SET body = ? WHERE rid = ?');
    this.#remove = db.prepare('DELETE FROM entry WHERE rid = ?');
    this.#byRid = db.prepare('SELECT body FROM entry WHERE rid = ?');
    this.#dirty = db.prepare('INSERT INTO dirty (rid) VALUES (?)');
    const highest = Number(db.prepare('SELECT coalesce(max(rid), 0) AS n FROM entry').get()?.['n'] ?? 0);
    this.#lastRid = Math.max(readMeta(db, 'last_rid'), highest);
  }

  /** The row of an entry, when its body is exactly this. */
  unchanged(conn: number, id: string, bytes: Uint8Array): number | undefined {
    const found = this.#same.get(conn, id, bytes);
    return found && Number(found['rid']);
  }

  /** `unknown`: the caller knows that there is no such row. */
  put(holder: Holder, row: EntryRow, bytes: Uint8Array, unknown = false): Put {
    const { id } = row;
    const found = unknown ? undefined : this.#find.get(holder.conn, id);
    if (!found) return { rid: this.#add(holder, row, bytes), changed: true };
    const rid = Number(found['rid']);
    const before = decodeEntry(found['body']);
    const text = encode(row);
    const old = encode(before);
    if (old === text) {
      // Said with other bytes, as ours of what an action wrote are.
      this.#rebody.run(bytes, rid);
      return { rid, changed: false };
    }
    this.#update.run(...columns(row), bytes, rid);
    this.#dirty.run(rid);
    this.#tag(holder.conn, before, -1);
    this.#tag(holder.conn, row, 1);
    this.#changed += 1;
    const changed = {
      kind: 'entry',
      verb: 'changed',
      id,
      name: row.spiffeId,
      before: old,
      after: text,
    } as const;
    if (holder.seen) this.#log.write({ connection: holder.name, ...changed }, holder.seen);
    return { rid, changed: true };
  }

  putRow(holder: Holder, row: EntryRow): Put {
    const bytes = entryBytes(row);
    // As it will be read again.
    return this.put(holder, entryOf(bytes), bytes);
  }

  drop(holder: Holder, rid: number): EntryRow | undefined {
    const found = this.#byRid.get(rid);
    if (!found) return undefined;
    const row = decodeEntry(found['body']);
    this.#remove.run(rid);
    this.#dirty.run(rid);
    this.#tag(holder.conn, row, -1);
    this.#counts.set(holder.conn, (this.#counts.get(holder.conn) ?? 0) - 1);
    this.#changed += 1;
    const removed = { kind: 'entry', verb: 'removed', id: row.id, name: row.spiffeId } as const;
    if (holder.seen)
      this.#log.write({ connection: holder.name, ...removed, before: encode(row) }, holder.seen);
    return row;
  }

  ridOf(conn: number, id: string): number | undefined {
    const found = this.#find.get(conn, id);
    return found && Number(found['rid']);
  }

  /** What changed or went so far is to be seen in the next list. */
  markWritten(): void {
    const last = this.#db.prepare('SELECT max(seq) AS seq FROM dirty').get()?.['seq'];
    if (typeof last === 'number') writeMeta(this.#db, 'written_seq', last);
  }

  /** Writes the counts that go with what was done. */
  flush(): void {
    if (this.#changed === 0) return;
    const add = this.#db.prepare(
      `INSERT INTO facet (conn, kind, value, n) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (conn, kind, value) DO UPDATE SET n = n + ?4`,
    );
    for (const [conn, { types, federates }] of this.#facets) {
      for (const [type, n] of types) if (n !== 0) add.run(conn, tagKinds.selectorType, type, n);
      for (const [name, n] of federates) if (n !== 0) add.run(conn, tagKinds.federates, name, n);
    }
    const count = this.#db.prepare('UPDATE connection SET entries = entries + ? WHERE conn = ?');
    for (const [conn, n] of this.#counts) count.run(n, conn);
    addMeta(this.#db, 'changes', this.#changed);
    writeMeta(this.#db, 'last_rid', this.#lastRid);
    this.#db
      .prepare('DELETE FROM dirty WHERE seq <= (SELECT coalesce(max(seq), 0) FROM dirty) - ?')
      .run(keptDirty);
    this.reset();
  }

  /** Forgets what was not flushed, after a transaction that was rolled back. */
  reset(): void {
    this.#facets = new Map();
    this.#counts = new Map();
    this.#changed = 0;
  }

  #add(holder: Holder, row: EntryRow, bytes: Uint8Array): number {
    this.#lastRid += 1;
    const rid = this.#lastRid;
    this.#insert.run(rid, holder.conn, row.id, ...columns(row), bytes);
    this.#tag(holder.conn, row, 1);
    this.#counts.set(holder.conn, (this.#counts.get(holder.conn) ?? 0) + 1);
    this.#changed += 1;
    const added = { kind: 'entry', verb: 'added', id: row.id, name: row.spiffeId } as const;
    if (holder.seen) this.#log.write({ connection: holder.name, ...added }, holder.seen);
    return rid;
  }

  #tag(conn: number, row: EntryRow, by: number): void {
    let facets = this.#facets.get(conn);
    if (!facets) this.#facets.set(conn, (facets = { types: new Map(), federates: new Map() }));
    for (const type of typesOf(row)) facets.types.set(type, (facets.types.get(type) ?? 0) + by);
    for (const name of new Set(row.federatesWith))
      facets.federates.set(name, (facets.federates.get(name) ?? 0) + by);
  }
}

/** Of its selectors, each once. */
function typesOf({ selectors }: EntryRow): string[] {
  const types: string[] = [];
  for (const { type } of selectors) if (!types.includes(type)) types.push(type);
  return types;
}

/** An entry whose parent is the server is an alias of nodes. */
const aliasParent = /^spiffe:\/\/[^/]+\/spire\/server$/u;

function columns(row: EntryRow): SQLInputValue[] {
  const flags =
    (row.admin ? entryFlags.admin : 0) |
    (row.downstream ? entryFlags.downstream : 0) |
    (row.storeSvid ? entryFlags.storeSvid : 0) |
    (row.dnsNames.length > 0 ? entryFlags.dnsNames : 0) |
    (row.hint === '' ? 0 : entryFlags.hint);
  return [
    row.spiffeId,
    row.parentId,
    lines(row.selectors, ({ type, value }) => `${type}:${value}`),
    typesOf(row).join('\n'),
    row.x509SvidTtl,
    row.jwtSvidTtl,
    row.federatesWith.join('\n'),
    flags,
    row.expiresAt === 0n ? never : row.expiresAt,
    row.dnsNames.join('\n'),
    row.revisionNumber,
    row.hint,
    row.createdAt,
    aliasParent.test(row.parentId) ? 1 : 0,
  ];
}

function lines<T>(values: readonly T[], line: (value: T) => string): string {
  let text = '';
  for (const value of values) text += text === '' ? line(value) : `\n${line(value)}`;
  return text;
}
