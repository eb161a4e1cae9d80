import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './transaction.ts';

/** Bytes of JSON that one record keeps for its undo, and that all of them keep together. */
export const mostUndo = 2 * 1024 * 1024;
const mostOfAll = 64 * 1024 * 1024;

/** What came of a record, as far as undoing goes. */
export interface UndoOutcome {
  record: string;
  /** ms since 1970 */
  at: number;
  /** digestOf the action and input that were applied: records whose inverse this is are undone by it. */
  asked: string;
  /** Action and input that undo what was done; undefined when there is none. */
  inverse?: { action: string; digest: string; input: string };
}

export interface UndoRow {
  record: string;
  /** Name of the inverse action. */
  action: string;
  /** Bytes of its input. */
  size: number;
  /** False: its input was too large, or has made room for newer ones. */
  kept: boolean;
  /** Record that carried the inverse out, the first that did something; empty: none. */
  undoneBy: string;
}

/** Notes how a record is undone, and which records it undid: those whose inverse is what it did. */
export function noteUndo(db: DatabaseSync, { record, at, asked, inverse }: UndoOutcome): void {
  transaction(db, () => {
    db.prepare(`UPDATE undo SET undone_by = ?1 WHERE digest = ?2 AND undone_by = '' AND record <> ?1`).run(
      record,
      asked,
    );
    if (!inverse) {
      // What was noted of it while it was under way.
      db.prepare('DELETE FROM undo WHERE record = ?').run(record);
      return;
    }
    const size = Buffer.byteLength(inverse.input);
    const input = size > mostUndo ? '' : inverse.input;
    db.prepare(
      'INSERT OR REPLACE INTO undo (record, at, action, digest, size, held, input) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(record, at, inverse.action, inverse.digest, size, input === '' ? 0 : size, input);
    makeRoom(db);
  });
}

/** The oldest inputs go first; that there was one stays. */
function makeRoom(db: DatabaseSync): void {
  let held = Number(db.prepare('SELECT total(held) AS n FROM undo').get()?.['n'] ?? 0);
  if (held <= mostOfAll) return;
  const clear = db.prepare(`UPDATE undo SET held = 0, input = '' WHERE seq = ?`);
  for (const row of db.prepare('SELECT seq, held FROM undo WHERE held > 0 ORDER BY seq').all()) {
    if (held <= mostOfAll) return;
    clear.run(Number(row['seq']));
    held -= Number(row['held']);
  }
}

/** Of these records, those that have an inverse. */
export function undosOf(db: DatabaseSync, records: readonly string[]): UndoRow[] {
  return db
    .prepare(
      'SELECT record, action, size, held, undone_by FROM undo WHERE record IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(records))
    .map((row) => ({
      record: String(row['record']),
      action: String(row['action']),
      size: Number(row['size']),
      kept: Number(row['held']) > 0,
      undoneBy: String(row['undone_by']),
    }));
}

/** JSON of the inverse action's input; undefined where none is kept. */
export function undoInput(db: DatabaseSync, record: string): string | undefined {
  const row = db.prepare('SELECT input FROM undo WHERE record = ? AND held > 0').get(record);
  return row ? String(row['input']) : undefined;
}
