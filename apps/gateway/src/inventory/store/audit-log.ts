import type { DatabaseSync } from 'node:sqlite';
import { lineHash } from '../../audit/chain.ts';
import type { AuditLine } from '../../audit/chain.ts';
import { transaction } from './transaction.ts';

export interface RecordRow extends AuditLine {
  startedAt: number;
}

/**
 * Appends lines and has them on the disk before it returns (S-29): all of them or none, by one flush. Throws when it
 * cannot.
 */
export function appendAudit(db: DatabaseSync, ...lines: AuditLine[]): void {
  db.exec('PRAGMA synchronous = FULL');
  try {
    transaction(db, () => {
      const last = db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get();
      const insert = db.prepare(
        `INSERT INTO audit (seq, record, at, action, title, session, client, role, state, detail, digest, previous, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      let seq = Number(last?.['seq'] ?? 0);
      let previous = String(last?.['hash'] ?? '');
      for (const line of lines) {
        seq += 1;
        const { record, at, action, title, session, client, role, state, detail, digest } = line;
        const hash = lineHash(seq, previous, line);
        insert.run(
          seq,
          record,
          at,
          action,
          title,
          session,
          client,
          role,
          state,
          detail,
          digest,
          previous,
          hash,
        );
        previous = hash;
      }
    });
  } finally {
    db.exec('PRAGMA synchronous = NORMAL');
  }
}

/** Records, newest first, each by its latest line. */
export function listRecords(
  db: DatabaseSync,
  offset: number,
  limit: number,
): { records: RecordRow[]; total: number } {
  const rows = db
    .prepare(
      `SELECT a.*, f.at AS started FROM audit a JOIN (SELECT record, max(seq) AS last, min(seq) AS first FROM audit GROUP BY record) g
       ON a.seq = g.last JOIN audit f ON f.seq = g.first ORDER BY g.first DESC LIMIT ? OFFSET ?`,
    )
    .all(limit, offset);
  const total = Number(db.prepare('SELECT count(DISTINCT record) AS n FROM audit').get()?.['n'] ?? 0);
  return { records: rows.map((row) => ({ ...lineOf(row), startedAt: Number(row['started']) })), total };
}

/** One record by its latest line; undefined when there is none. */
export function recordById(db: DatabaseSync, record: string): RecordRow | undefined {
  const lines = db.prepare('SELECT * FROM audit WHERE record = ? ORDER BY seq').all(record);
  const [first, last] = [lines[0], lines.at(-1)];
  return first && last ? { ...lineOf(last), startedAt: Number(first['at']) } : undefined;
}

/** Number of the first line that does not follow from those before it; undefined when the log is whole. */
export function verifyAudit(db: DatabaseSync): number | undefined {
  let seq = 0;
  let previous = '';
  for (const row of db.prepare('SELECT * FROM audit ORDER BY seq').iterate()) {
    seq += 1;
    if (
      Number(row['seq']) !== seq ||
      row['previous'] !== previous ||
      row['hash'] !== lineHash(seq, previous, lineOf(row))
    )
      return seq;
    previous = String(row['hash']);
  }
  return undefined;
}

function lineOf(row: Record<string, unknown>): AuditLine {
  const text = (key: string): string => String(row[key] ?? '');
  return {
    record: text('record'),
    at: Number(row['at']),
    action: text('action'),
    title: text('title'),
    session: text('session'),
    client: text('client'),
    role: text('role'),
    state: text('state'),
    detail: text('detail'),
    digest: text('digest'),
  };
}
