import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const version = 3;

/** Entries by their id; left out while the first entries of a large server are read. */
export const idIndex = 'CREATE UNIQUE INDEX IF NOT EXISTS entry_by_id ON entry (conn, id)';

/**
 * Copies of what servers say: thrown away when their shape changes.
 *
 * `entry`: times in Unix seconds, `expires_at` of what never expires is `never`. `selectors` are type:value, a line
 * each; `selector_types`, `federates` and `dns_names` likewise. `flags` are those of entry-flags.ts. `body` is the
 * entry as its server sent it (decodeEntry). A row keeps its `rid`, and no rid is ever used twice.
 * `agent`: `known_since` and `renewed_at` in ms, 0 unknown; a renewal is a new serial number seen between two
 * readings, and came after `renewed_after`. `dirty` tells the search index which rows changed or went.
 */
const snapshotTables = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS connection (
  conn INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, trust_domain TEXT NOT NULL DEFAULT '',
  as_of INTEGER NOT NULL DEFAULT 0, agents_as_of INTEGER NOT NULL DEFAULT 0, bundles_as_of INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS entry (
  rid INTEGER PRIMARY KEY, conn INTEGER NOT NULL, id TEXT NOT NULL, spiffe_id TEXT NOT NULL, parent_id TEXT NOT NULL,
  selectors TEXT NOT NULL, selector_types TEXT NOT NULL, x509_ttl INTEGER NOT NULL, jwt_ttl INTEGER NOT NULL,
  federates TEXT NOT NULL, flags INTEGER NOT NULL, expires_at INTEGER NOT NULL, dns_names TEXT NOT NULL,
  revision INTEGER NOT NULL, hint TEXT NOT NULL, created_at INTEGER NOT NULL, node_alias INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
${idIndex};
CREATE TABLE IF NOT EXISTS dirty (seq INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS facet (conn INTEGER NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (conn, kind, value)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent (
  conn INTEGER NOT NULL, id TEXT NOT NULL, expires_at INTEGER NOT NULL, banned INTEGER NOT NULL,
  text TEXT NOT NULL, body TEXT NOT NULL, known_since INTEGER NOT NULL DEFAULT 0,
  renewed_at INTEGER NOT NULL DEFAULT 0, renewed_after INTEGER NOT NULL DEFAULT 0,
  attestation_type TEXT NOT NULL GENERATED ALWAYS AS (coalesce(body ->> '$.attestationType', '')) STORED,
  version TEXT NOT NULL GENERATED ALWAYS AS (coalesce(body ->> '$.version', '')) STORED,
  PRIMARY KEY (conn, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agent_facts ON agent (conn, attestation_type, version, banned, expires_at, known_since, renewed_at);
CREATE TABLE IF NOT EXISTS reach (
  conn INTEGER NOT NULL, parent_id TEXT NOT NULL, until INTEGER NOT NULL, banned INTEGER NOT NULL,
  via TEXT NOT NULL, PRIMARY KEY (conn, parent_id)
) STRICT, WITHOUT ROWID;
`;

/** What no server could tell again. Connections are by name here: their numbers go with the snapshots. */
const keptTables = `
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, record TEXT NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, title TEXT NOT NULL,
  session TEXT NOT NULL, client TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
  digest TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_record ON audit (record, seq);
CREATE TABLE IF NOT EXISTS undo (
  seq INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, action TEXT NOT NULL, digest TEXT NOT NULL,
  size INTEGER NOT NULL, held INTEGER NOT NULL, undone_by TEXT NOT NULL DEFAULT '', input TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS undo_digest ON undo (digest);
CREATE TABLE IF NOT EXISTS watched (connection TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
  seq INTEGER PRIMARY KEY, connection TEXT NOT NULL, kind INTEGER NOT NULL, verb INTEGER NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, before TEXT, after TEXT, seen_at INTEGER NOT NULL, not_before INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS change_seen ON change (seen_at, seq);
CREATE INDEX IF NOT EXISTS change_id ON change (id, seq);
CREATE INDEX IF NOT EXISTS change_name ON change (name, seq);
CREATE TABLE IF NOT EXISTS join_token (
  fingerprint TEXT PRIMARY KEY, connection TEXT NOT NULL, ending TEXT NOT NULL, created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, alias TEXT NOT NULL, session TEXT NOT NULL, agent TEXT NOT NULL DEFAULT '',
  used_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster_event (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, not_before INTEGER NOT NULL, connection TEXT NOT NULL,
  channel TEXT NOT NULL, kind INTEGER NOT NULL, member TEXT NOT NULL, instance TEXT NOT NULL, record TEXT NOT NULL,
  title TEXT NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS roster_event_at ON roster_event (at, seq);
CREATE INDEX IF NOT EXISTS roster_event_channel ON roster_event (channel, at, seq);
CREATE INDEX IF NOT EXISTS roster_event_member ON roster_event (member, at, seq);
CREATE TABLE IF NOT EXISTS roster_channel (
  connection TEXT NOT NULL, channel TEXT NOT NULL, PRIMARY KEY (connection, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster_member (
  connection TEXT NOT NULL, channel TEXT NOT NULL, member TEXT NOT NULL, instance TEXT NOT NULL,
  presence TEXT NOT NULL, PRIMARY KEY (connection, channel, member, instance)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster_watch (
  connection TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster_gap (
  seq INTEGER PRIMARY KEY, connection TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS approval (
  id TEXT PRIMARY KEY, decided_at INTEGER NOT NULL, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bundle_version (
  connection TEXT NOT NULL, trust_domain TEXT NOT NULL, at INTEGER NOT NULL, gone_at INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL, PRIMARY KEY (connection, trust_domain, at)
) STRICT, WITHOUT ROWID;
`;

/** Made after a first load: sorting rows once is cheaper than keeping their order while they arrive. */
export const entryIndexes: readonly { name: string; sql: string }[] = [
  ['spiffe_id', ''],
  ['parent_id', ''],
  ['selectors', ''],
  ['expires_at', ''],
  ['hint', "WHERE hint <> ''"],
  ['federates', "WHERE federates <> ''"],
  ['dns_names', "WHERE dns_names <> ''"],
].map(([column = '', only = '']) => ({
  name: column,
  // With the connection in it, expiries of some servers are counted without reading their rows.
  sql: `CREATE INDEX IF NOT EXISTS entry_by_${column} ON entry (${column}, rid${column === 'expires_at' ? ', conn' : ''}) ${only}`,
}));

/** Opens or makes the database; `:memory:` keeps nothing. */
export function openDatabase(file: string): DatabaseSync {
  // Names of workloads and the audit log are nobody else's; SQLite would follow the umask.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  // Pages of the indexes are written again and again during a load: into the log first, 96 MB of them at a time.
  db.exec(
    'PRAGMA cache_size = -12000; PRAGMA wal_autocheckpoint = 24000; PRAGMA journal_size_limit = 67108864;',
  );
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found !== 0 && found !== version) {
    for (const table of [
      'entry',
      'entry_tag',
      'entry_fts',
      'agent',
      'reach',
      'connection',
      'meta',
      'dirty',
      'facet',
    ])
      db.exec(`DROP TABLE IF EXISTS ${table}`);
  }
  // Nobody reads it any more.
  db.exec('DROP INDEX IF EXISTS entry_by_created_at');
  db.exec(`${snapshotTables}${keptTables}PRAGMA user_version = ${version};`);
  addFold(db);
  return db;
}

/** Case as the search means it, in any script; SQLite's lower() knows ASCII only. */
function addFold(db: DatabaseSync): void {
  db.function('fold', { deterministic: true }, (text) => String(text).toLowerCase());
}

/** A second way into the same file, that can only read. */
export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec('PRAGMA query_only = ON; PRAGMA cache_size = -6000; PRAGMA temp_store = FILE;');
  addFold(db);
  return db;
}
