import type { DatabaseSync } from 'node:sqlite';

/** One action as the audit log has it; times in ms. */
export interface RecordSpan {
  record: string;
  action: string;
  title: string;
  detail: string;
  state: string;
  from: number;
  to: number;
}

const most = 2000;

/** Actions that were under way at some moment between two, newest first. */
export function recordsBetween(db: DatabaseSync, from: number, to: number): RecordSpan[] {
  return db
    .prepare(
      `SELECT record, action, title, min(at) AS started, max(at) AS ended, group_concat(detail, char(10)) AS detail,
         (SELECT state FROM audit l WHERE l.record = a.record ORDER BY seq DESC LIMIT 1) AS state
       FROM audit a WHERE record IN (SELECT record FROM audit WHERE at BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ${most})
       GROUP BY record ORDER BY started DESC`,
    )
    .all(from, to)
    .map((row) => ({
      record: String(row['record']),
      action: String(row['action']),
      title: String(row['title']),
      detail: String(row['detail'] ?? ''),
      state: String(row['state'] ?? ''),
      from: Number(row['started']),
      to: Number(row['ended']),
    }));
}
