import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const version = 1;

/**
 * Snapshots are a cache of what servers say and are thrown away when their shape changes; the audit log is not.
 * `entry_fts` is contentless: the text is kept once, in `entry.text`.
 */
const snapshotTables = `
CREATE TABLE IF NOT EXISTS connection (
  conn INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, trust_domain TEXT NOT NULL DEFAULT '',
  as_of INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS entry (
  rid INTEGER PRIMARY KEY, conn INTEGER NOT NULL, id TEXT NOT NULL, spiffe_id TEXT NOT NULL, parent_id TEXT NOT NULL,
  selectors TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, node_alias INTEGER NOT NULL,
  text TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (conn, id)
) STRICT;
CREATE TABLE IF NOT EXISTS entry_tag (kind INTEGER NOT NULL, value TEXT NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (kind, value, rid)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_tag_rid ON entry_tag (rid);
CREATE VIRTUAL TABLE IF NOT EXISTS entry_fts USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
CREATE TABLE IF NOT EXISTS agent (
  conn INTEGER NOT NULL, id TEXT NOT NULL, expires_at INTEGER NOT NULL, banned INTEGER NOT NULL,
  text TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conn, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reach (
  conn INTEGER NOT NULL, parent_id TEXT NOT NULL, until INTEGER NOT NULL, banned INTEGER NOT NULL,
  via TEXT NOT NULL, PRIMARY KEY (conn, parent_id)
) STRICT, WITHOUT ROWID;
`;

/** Made after a first load: sorting 100,000 rows once is cheaper than keeping five orders while they arrive. */
export const entryIndexes: readonly { name: string; sql: string }[] = [
  'spiffe_id',
  'parent_id',
  'created_at',
  'expires_at',
  'selectors',
].map((column) => ({
  name: column,
  sql: `CREATE INDEX IF NOT EXISTS entry_by_${column} ON entry (${column}, rid)`,
}));

const auditTables = `
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, record TEXT NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, title TEXT NOT NULL,
  session TEXT NOT NULL, client TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
  digest TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_record ON audit (record, seq);
`;

/** Opens or makes the database; `:memory:` keeps nothing. */
export function openDatabase(file: string): DatabaseSync {
  // Names of workloads and the audit log are nobody else's; SQLite would follow the umask.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;',
  );
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found !== 0 && found !== version) {
    db.exec(`DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS entry_tag; DROP TABLE IF EXISTS entry_fts;
      DROP TABLE IF EXISTS agent; DROP TABLE IF EXISTS reach; DROP TABLE IF EXISTS connection;`);
  }
  db.exec(`${snapshotTables}${auditTables}PRAGMA user_version = ${version};`);
  return db;
}

/** Runs in one transaction; keep it small, everything else waits for it. */
export function transaction<T>(db: DatabaseSync, run: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = run();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
