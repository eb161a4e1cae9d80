import type { DatabaseSync } from 'node:sqlite';
import type { SelectorRow } from '../../upstream/spire/rows.ts';
import { connsOf } from './conns.ts';
import { entriesByRid } from './query.ts';
import type { StoredEntry } from './query.ts';
import { searchOf, searchRids } from './search/index.ts';

export interface WhyQuery {
  connections: string[];
  /** What the workload has; without repeats. */
  selectors: SelectorRow[];
  /** Parts of selectors to look for as well, such as `docker:env:ROLE=`. */
  stems: string[];
  /** Empty: none. */
  expectedId: string;
  entryId: string;
  agentId: string;
  /** Unix seconds. */
  now: number;
}

export interface WhyFound {
  /** Entries whose selectors are all among the workload's, some of them. */
  matching: StoredEntry[];
  matchingTotal: number;
  /** There are more than were counted. */
  matchingMore: boolean;
  /** Entries that may be near. */
  near: StoredEntry[];
  /** What of the search was cut short; empty: nothing. */
  bounded: ('selectors' | 'time' | 'order' | 'steps' | 'index')[];
}

const mostMatching = 200;
const mostCounted = 10_000;
const mostSteps = 20_000;
const mostPerSelector = 120;
const mostNear = 600;
/** Of so many entries all can be read while somebody waits. */
const fewRows = 20_000;
/** The search for near misses ends after this, ms. */
const nearMs = 250;

const textOf = ({ type, value }: SelectorRow): string => `${type}:${value}`;

/**
 * Entries that a workload with these selectors gets, and entries that it nearly gets. The matching ones are found
 * whole, however many entries there are: the order by selectors is walked as a tree whose branches are the workload's
 * selectors. The near ones are found by single selectors and within a time.
 */
export function whyCandidates(db: DatabaseSync, query: WhyQuery): WhyFound {
  const conns = connsOf(db, query.connections);
  const bounded = new Set<WhyFound['bounded'][number]>();
  const empty = { matching: [], matchingTotal: 0, matchingMore: false, near: [], bounded: [] };
  if (conns.length === 0) return empty;
  const scope = `+conn IN (${conns.join(',')})`;
  const rids = new Set<number>();
  const ordered = db
    .prepare("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'entry_by_selectors'")
    .get();
  const walked = ordered
    ? walk(db, scope, query.selectors.map(textOf), bounded)
    : scanned(db, scope, query.selectors.map(textOf), bounded);

  const near = nearRids(db, conns, query, ordered !== undefined, bounded);
  for (const rid of walked.rids.slice(0, mostMatching)) rids.add(rid);
  return {
    matching: entriesByRid(db, [...rids], query.now),
    matchingTotal: walked.total,
    matchingMore: walked.more,
    near: entriesByRid(db, near.filter((rid) => !rids.has(rid)).slice(0, mostNear), query.now),
    bounded: [...bounded],
  };
}

interface Walked {
  rids: number[];
  total: number;
  more: boolean;
}

/** Every list of lines that is in the order by selectors and made of these lines only. */
function walk(
  db: DatabaseSync,
  scope: string,
  texts: readonly string[],
  bounded: Set<WhyFound['bounded'][number]>,
): Walked {
  const exact = db.prepare(`SELECT rid FROM entry WHERE selectors = ? AND ${scope} LIMIT ?`);
  const first = db.prepare('SELECT selectors FROM entry WHERE selectors >= ? ORDER BY selectors LIMIT 1');
  const out: Walked = { rids: [], total: 0, more: false };
  // A line end in a value would look like the end of the selector.
  const lines = texts.filter((text) => !text.includes('\n'));
  let steps = 0;
  const descend = (prefix: string, used: ReadonlySet<string>): void => {
    for (const line of lines) {
      if (used.has(line)) continue;
      if ((steps += 1) > mostSteps) {
        bounded.add('steps');
        return;
      }
      const here = prefix + line;
      const start = first.get(here)?.['selectors'];
      // Nothing begins so: no need to look further down.
      if (typeof start !== 'string' || !start.startsWith(here)) continue;
      if (out.total < mostCounted) {
        const found = exact.all(here, mostCounted - out.total);
        out.total += found.length;
        for (const row of found) if (out.rids.length < mostMatching * 4) out.rids.push(Number(row['rid']));
        if (out.total >= mostCounted) out.more = true;
      }
      const below = first.get(`${here}\n`)?.['selectors'];
      if (typeof below === 'string' && below.startsWith(`${here}\n`))
        descend(`${here}\n`, new Set([...used, line]));
    }
  };
  descend('', new Set());
  return out;
}

/** While the first reading runs there is no order yet: the entries read so far are looked through, as far as is quick. */
function scanned(
  db: DatabaseSync,
  scope: string,
  texts: readonly string[],
  bounded: Set<WhyFound['bounded'][number]>,
): Walked {
  const has = new Set(texts);
  const out: Walked = { rids: [], total: 0, more: false };
  let looked = 0;
  for (const row of db.prepare(`SELECT rid, selectors FROM entry WHERE ${scope} LIMIT 50001`).iterate()) {
    if ((looked += 1) > 50_000) {
      bounded.add('order');
      break;
    }
    const lines = String(row['selectors']).split('\n');
    if (lines[0] === '' || !lines.every((line) => has.has(line))) continue;
    out.total += 1;
    out.rids.push(Number(row['rid']));
  }
  return out;
}

function nearRids(
  db: DatabaseSync,
  conns: readonly number[],
  query: WhyQuery,
  ordered: boolean,
  bounded: Set<WhyFound['bounded'][number]>,
): number[] {
  const scope = `+conn IN (${conns.join(',')})`;
  const until = performance.now() + nearMs;
  const found = new Map<number, number>();
  const add = (rows: readonly (number | Record<string, unknown>)[], weight: number): void => {
    for (const row of rows) {
      const rid = typeof row === 'number' ? row : Number(row['rid']);
      found.set(rid, (found.get(rid) ?? 0) + weight);
    }
  };
  const one = (sql: string, ...values: (string | number)[]): Record<string, unknown>[] =>
    db.prepare(sql).all(...values);
  if (query.entryId !== '')
    add(one(`SELECT rid FROM entry WHERE id = ? AND conn IN (${conns.join(',')})`, query.entryId), 1e6);
  if (query.expectedId !== '')
    add(one(`SELECT rid FROM entry WHERE spiffe_id = ? AND ${scope} LIMIT 100`, query.expectedId), 1e5);
  if (query.agentId !== '')
    add(one(`SELECT rid FROM entry WHERE parent_id = ? AND ${scope} LIMIT 300`, query.agentId), 1);
  const texts = query.selectors.map(textOf);
  if (ordered) {
    const after = `SELECT rid FROM entry WHERE selectors >= ? AND selectors < ? AND ${scope} ORDER BY selectors LIMIT ?`;
    const before = `SELECT rid FROM entry WHERE selectors < ? AND selectors >= ? AND ${scope} ORDER BY selectors DESC LIMIT ?`;
    for (const text of texts) {
      // Those that begin with it, then its neighbours with the same key: near values stand near each other.
      add(one(after, text, `${text}\u{b}`, mostPerSelector), 2);
      const stem = text.slice(0, text.indexOf(':', text.indexOf(':') + 1) + 1);
      if (stem === '') continue;
      add(one(after, `${text}\u{b}`, `${stem}\u{10ffff}`, 12), 0.5);
      add(one(before, text, stem, 12), 0.5);
    }
  }
  let rowsThere: number | undefined;
  const few = (): boolean =>
    (rowsThere ??= Number(db.prepare('SELECT sum(entries) AS n FROM connection').get()?.['n'] ?? 0)) <=
    fewRows;
  for (const text of [...texts, ...query.stems]) {
    if (performance.now() > until) {
      bounded.add('time');
      break;
    }
    // The index wants three characters at least, and finds upper and lower case alike.
    if (text.length < 3) continue;
    const folded = text.toLowerCase().replaceAll('\n', ' ');
    const rows =
      searchOf(db).rids(conns, folded, mostPerSelector) ??
      // Without the index every row would be read for every selector: only where they are few.
      (few() ? searchRids(db, conns, folded, mostPerSelector) : undefined);
    if (!rows) {
      bounded.add('index');
      break;
    }
    if (rows.length >= mostPerSelector) bounded.add('selectors');
    add(rows, 1);
  }
  return [...found].toSorted((a, b) => b[1] - a[1]).map(([rid]) => rid);
}
