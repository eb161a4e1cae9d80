import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { connsOf } from './conns.ts';
import { transaction } from './transaction.ts';

/** A join token made here. The token itself is not kept: only its SHA-256 and its last characters. Times are Unix seconds. */
export interface JoinTokenRow {
  /** SHA-256 of the token, hex. */
  fingerprint: string;
  connection: string;
  ending: string;
  createdAt: number;
  expiresAt: number;
  alias: string;
  session: string;
}

export interface StoredJoinToken extends JoinTokenRow {
  /** Agent that attested with it; empty: none seen. */
  agent: string;
  usedAt: number;
}

/** Newest; older ones than these are of no use to anyone. */
const mostTokens = 1000;
const marker = '/spire/agent/join_token/';

export function joinTokenMade(db: DatabaseSync, row: JoinTokenRow): void {
  transaction(db, () => {
    db.prepare(
      `INSERT OR IGNORE INTO join_token (fingerprint, connection, ending, created_at, expires_at, alias, session)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(row.fingerprint, row.connection, row.ending, row.createdAt, row.expiresAt, row.alias, row.session);
    const kept = Number(db.prepare('SELECT count(*) AS n FROM join_token').get()?.['n'] ?? 0);
    if (kept > mostTokens)
      db.prepare(
        `DELETE FROM join_token WHERE fingerprint IN
         (SELECT fingerprint FROM join_token ORDER BY created_at, fingerprint LIMIT ?)`,
      ).run(kept - mostTokens);
  });
}

/**
 * Finds the agents that attested with tokens made here: a server names such an agent by the token, so that the hash
 * tells. Kept, because the agent may be evicted later. `now` in Unix seconds; true when one was found.
 */
export function settleJoinTokens(db: DatabaseSync, connection: string, now: number): boolean {
  const open = new Set(
    db
      .prepare(`SELECT fingerprint FROM join_token WHERE connection = ? AND agent = ''`)
      .all(connection)
      .map((row) => String(row['fingerprint'])),
  );
  const [conn] = connsOf(db, [connection]);
  if (open.size === 0 || conn === undefined) return false;
  const found: [string, string][] = [];
  for (const row of db
    .prepare(`SELECT id FROM agent WHERE conn = ? AND instr(id, '${marker}') > 0`)
    .iterate(conn)) {
    const id = String(row['id']);
    const fingerprint = tokenFingerprint(id.slice(id.indexOf(marker) + marker.length));
    if (open.has(fingerprint)) found.push([fingerprint, id]);
  }
  if (found.length === 0) return false;
  transaction(db, () => {
    const put = db.prepare('UPDATE join_token SET agent = ?, used_at = ? WHERE fingerprint = ?');
    for (const [fingerprint, agent] of found) put.run(agent, now, fingerprint);
  });
  return true;
}

export function tokenFingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Newest first. */
export function joinTokens(db: DatabaseSync, connections: readonly string[]): StoredJoinToken[] {
  const wanted = new Set(connections);
  return db
    .prepare('SELECT * FROM join_token ORDER BY created_at DESC, fingerprint')
    .all()
    .map((row) => ({
      fingerprint: String(row['fingerprint']),
      connection: String(row['connection']),
      ending: String(row['ending']),
      createdAt: Number(row['created_at']),
      expiresAt: Number(row['expires_at']),
      alias: String(row['alias']),
      session: String(row['session']),
      agent: String(row['agent']),
      usedAt: Number(row['used_at']),
    }))
    .filter(({ connection }) => wanted.has(connection));
}
