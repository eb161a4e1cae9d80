import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { countSegments, hasForm } from '../../lint/convention.ts';
import type { PathForm, SegmentCounts } from '../../lint/convention.ts';
import type { FindingCode } from '../../lint/catalog.ts';
import { entryProblems, selectorSet } from '../../lint/rules.ts';
import type { LintFacts } from '../../lint/rules.ts';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeEntry } from './body.ts';
import { connsOf } from './conns.ts';
import { readMeta } from './meta.ts';
import { entriesByRid, reachJoin, stateSql } from './query.ts';
import type { StoredEntry } from './query.ts';

/** What rules found in one part of the entries; rows by number. */
export interface LintPart {
  /** Where the next part begins; 0: this was the last. */
  next: number;
  rows: number;
  found: [FindingCode, number[]][];
  /** Of each row: its number, and hashes of (parent, selectors) and of the SPIFFE ID with them. */
  rids: Float64Array;
  sets: Float64Array;
  words: SegmentCounts;
}

/** Goes up whenever entries or agents change. */
export function lintChanges(db: DatabaseSync): number {
  return readMeta(db, 'changes') + readMeta(db, 'reach');
}

/** Looks at some entries of one connection, in the order of their numbers. One bounded step. */
export function lintPart(
  db: DatabaseSync,
  connection: string,
  after: number,
  limit: number,
  facts: LintFacts,
): LintPart {
  const [conn = -1] = connsOf(db, [connection]);
  // `+`: by the index of ids all entries of the connection would be sorted for each part.
  const statement = db.prepare(
    `SELECT e.rid, e.node_alias, e.body, ${stateSql} AS state FROM entry e ${reachJoin}
     WHERE e.rid > :after AND +e.conn = :conn ORDER BY e.rid LIMIT :limit`,
  );
  const found = new Map<FindingCode, number[]>();
  const rids: number[] = [];
  const sets: number[] = [];
  const words: SegmentCounts = new Map();
  for (const line of statement.iterate({ after, conn, limit, now: facts.now })) {
    const rid = Number(line['rid']);
    const row = decodeEntry(line['body']);
    rids.push(rid);
    sets.push(hash(`${row.parentId}\n${selectorSet(row.selectors)}`));
    for (const code of new Set(entryProblems(row, Number(line['state']), facts).map((one) => one.code))) {
      const list = found.get(code);
      if (list) list.push(rid);
      else found.set(code, [rid]);
    }
    if (Number(line['node_alias']) === 0) countSegments(words, row.spiffeId);
  }
  return {
    next: rids.length < limit ? 0 : (rids.at(-1) ?? 0),
    rows: rids.length,
    found: [...found],
    rids: Float64Array.from(rids),
    sets: Float64Array.from(sets),
    words,
  };
}

/** Entries of some rows that have none of the forms; aliases of nodes are left out. One bounded step. */
export function lintForms(
  db: DatabaseSync,
  connection: string,
  after: number,
  limit: number,
  forms: PathForm[],
): { next: number; looked: number; odd: number[] } {
  const [conn = -1] = connsOf(db, [connection]);
  let last = 0;
  let rows = 0;
  let looked = 0;
  const odd: number[] = [];
  const statement = db.prepare(
    'SELECT rid, spiffe_id, node_alias FROM entry WHERE rid > ? AND +conn = ? ORDER BY rid LIMIT ?',
  );
  for (const line of statement.iterate(after, conn, limit)) {
    last = Number(line['rid']);
    rows += 1;
    if (Number(line['node_alias']) === 1) continue;
    looked += 1;
    if (!hasForm(String(line['spiffe_id']), forms)) odd.push(last);
  }
  return { next: rows < limit ? 0 : last, looked, odd };
}

/** Which of some rows, that have the same parent and selectors, are twins in what way. At most some hundreds at a time. */
export function lintTwins(
  db: DatabaseSync,
  rids: number[],
): { rid: number; id: string; spiffeId: string; hint: string; set: number }[] {
  const one = db.prepare('SELECT id, spiffe_id, hint, body FROM entry WHERE rid = ?');
  return rids.flatMap((rid) => {
    const line = one.get(rid);
    if (!line) return [];
    const row = decodeEntry(line['body']);
    return [
      {
        rid,
        id: row.id,
        spiffeId: row.spiffeId,
        hint: row.hint,
        set: hash(`${row.parentId}\n${selectorSet(row.selectors)}`),
      },
    ];
  });
}

/** Rows by number, for the findings shown. */
export function lintRows(
  db: DatabaseSync,
  rids: number[],
  now: number,
): { rid: number; stored: StoredEntry }[] {
  return rids.flatMap((rid) => entriesByRid(db, [rid], now).map((stored) => ({ rid, stored })));
}

/** Entries with the same parent and the same set of selectors as one, itself left out; 20 at most. */
export function entryTwins(db: DatabaseSync, connection: string, row: EntryRow): EntryRow[] {
  const [conn = -1] = connsOf(db, [connection]);
  const wanted = selectorSet(row.selectors);
  const texts = row.selectors.map(({ type, value }) => `${type}:${value}`);
  const out = new Map<string, EntryRow>();
  const add = (lines: Iterable<Record<string, unknown>>): void => {
    for (const line of lines) {
      const other = decodeEntry(line['body']);
      if (other.id !== row.id && other.parentId === row.parentId && selectorSet(other.selectors) === wanted)
        out.set(other.id, other);
      if (out.size >= 20) return;
    }
  };
  // The order in which a server has them is not fixed; sets are mostly small.
  const same = db.prepare(
    'SELECT body FROM entry WHERE selectors = ? AND +conn = ? AND +parent_id = ? LIMIT 40',
  );
  for (const order of orders(texts)) add(same.iterate(order.join('\n'), conn, row.parentId));
  add(
    db
      .prepare('SELECT body FROM entry WHERE conn = ? AND spiffe_id = ? AND +parent_id = ? LIMIT 100')
      .iterate(conn, row.spiffeId, row.parentId),
  );
  return [...out.values()];
}

function orders(texts: readonly string[]): string[][] {
  if (texts.length > 4) return [[...texts], texts.toSorted()];
  if (texts.length < 2) return [[...texts]];
  return texts.flatMap((first, index) =>
    orders(texts.filter((_, i) => i !== index)).map((rest) => [first, ...rest]),
  );
}

export interface LintAgent {
  row: AgentRow;
  entries: number;
}

/** Agents that are banned, or whose SVID expired before a moment (Unix seconds); 10,000 at most. */
export function lintAgents(db: DatabaseSync, connection: string, before: number): LintAgent[] {
  const [conn = -1] = connsOf(db, [connection]);
  const count = db.prepare('SELECT count(*) AS n FROM entry WHERE conn = ? AND parent_id = ?');
  return db
    .prepare(
      'SELECT id, body FROM agent WHERE conn = ? AND (banned = 1 OR expires_at < ?) ORDER BY id LIMIT 10000',
    )
    .all(conn, before)
    .map((line) => ({
      row: decodeAgent(line['body']),
      entries: Number(count.get(conn, String(line['id']))?.['n'] ?? 0),
    }));
}

/** 52 bits: among a million sets two differ with one chance in ten thousand, and twins are compared in full. */
function hash(text: string): number {
  const bytes = createHash('sha1').update(text).digest();
  return bytes.readUInt32BE(0) * 0x10_00_00 + (bytes.readUInt32BE(4) >>> 12);
}
