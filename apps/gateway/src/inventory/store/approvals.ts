import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './transaction.ts';

/** Decided approvals that are kept: the newest. */
const mostApprovals = 500;

/** Keeps what was decided of a request to the owner of a channel. `decidedAt` in ms; `body` is JSON of the caller's. */
export function approvalDecided(db: DatabaseSync, id: string, decidedAt: number, body: string): void {
  transaction(db, () => {
    db.prepare('INSERT OR REPLACE INTO approval (id, decided_at, body) VALUES (?, ?, ?)').run(
      id,
      decidedAt,
      body,
    );
    db.prepare(
      `DELETE FROM approval WHERE id IN
       (SELECT id FROM approval ORDER BY decided_at DESC, id LIMIT -1 OFFSET ${mostApprovals})`,
    ).run();
  });
}

/** Their bodies, newest first. */
export function keptApprovals(db: DatabaseSync): string[] {
  return db
    .prepare('SELECT body FROM approval ORDER BY decided_at DESC, id')
    .all()
    .map((row) => String(row['body']));
}
