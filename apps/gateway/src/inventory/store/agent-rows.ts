import type { DatabaseSync } from 'node:sqlite';
import type { AgentRow } from '../../upstream/spire/rows.ts';
import { agentText, decodeAgent, encode } from './body.ts';
import type { ChangeLog } from './change-log.ts';
import { addMeta } from './meta.ts';
import { transaction } from './transaction.ts';

/** An agent without what every renewal changes: that is kept as a time, and is no news. */
function lasting(row: AgentRow): string {
  return encode({ ...row, serialNumber: '', expiresAt: 0n });
}

/**
 * Writes all agents of a server as they were read at `at` (ms); true when any of them changed. Agents are few beside
 * entries: compared whole, in one transaction.
 */
export function writeAgents(
  db: DatabaseSync,
  log: ChangeLog,
  { conn, name }: { conn: number; name: string },
  rows: readonly AgentRow[],
  at: number,
): boolean {
  const before = new Map(
    db
      .prepare('SELECT id, body FROM agent WHERE conn = ?')
      .all(conn)
      .map((row) => [String(row['id']), String(row['body'])]),
  );
  const asOf = Number(
    db.prepare('SELECT agents_as_of AS n FROM connection WHERE conn = ?').get(conn)?.['n'] ?? 0,
  );
  const seen = { at, notBefore: asOf };
  const after = new Map(rows.map((row) => [row.id, row]));
  let changed = false;
  transaction(db, () => {
    const add = db.prepare(
      'INSERT INTO agent (conn, id, expires_at, banned, text, body, known_since) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const update = db.prepare(
      `UPDATE agent SET expires_at = ?3, banned = ?4, text = ?5, body = ?6,
         renewed_at = iif(?7, ?8, renewed_at), renewed_after = iif(?7, ?9, renewed_after) WHERE conn = ?1 AND id = ?2`,
    );
    for (const row of after.values()) {
      const body = encode(row);
      const old = before.get(row.id);
      if (old === body) continue;
      changed = true;
      const values = [conn, row.id, row.expiresAt, row.banned ? 1 : 0, agentText(row), body] as const;
      const subject = { connection: name, kind: 'agent', id: row.id, name: row.id } as const;
      if (old === undefined) {
        add.run(...values, at);
        if (asOf !== 0) log.write({ ...subject, verb: 'added' }, seen);
        continue;
      }
      const was = decodeAgent(old);
      const renewed = was.serialNumber !== row.serialNumber && row.serialNumber !== '';
      update.run(...values, renewed ? 1 : 0, at, asOf);
      if (lasting(was) !== lasting(row))
        log.write({ ...subject, verb: 'changed', before: old, after: body }, seen);
    }
    const drop = db.prepare('DELETE FROM agent WHERE conn = ? AND id = ?');
    for (const [id, body] of before) {
      if (after.has(id)) continue;
      changed = true;
      drop.run(conn, id);
      log.write({ connection: name, kind: 'agent', id, name: id, verb: 'removed', before: body }, seen);
    }
    if (changed) addMeta(db, 'changes', 1);
    db.prepare('UPDATE connection SET agents_as_of = ? WHERE conn = ?').run(at, conn);
  });
  return changed;
}
