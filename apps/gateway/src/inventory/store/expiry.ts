import type { DatabaseSync } from 'node:sqlite';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeEntry } from './body.ts';
import { connNames, connsOf } from './conns.ts';
import { never } from './entry-rows.ts';

export interface ExpiryQuery {
  connections: string[];
  entries: boolean;
  agents: boolean;
  /** Expiry, Unix seconds, of everything that is not in the store, by the place it has there. */
  others: bigint[];
  /** Listed is what expires later than this; undefined: from the beginning. */
  after: bigint | undefined;
  /** And not later than this; undefined: no end. */
  until: bigint | undefined;
  offset: number;
  limit: number;
  /** Ends of the stretches to count, rising; the last stretch has no end. */
  edges: bigint[];
}

export type ExpiryRow =
  | { kind: 'entry'; connection: string; row: EntryRow }
  /** `renewedAfter` in ms; 0: no renewal was seen. */
  | { kind: 'agent'; connection: string; row: AgentRow; renewedAfter: number }
  | { kind: 'other'; index: number };

export interface ExpiryPage {
  rows: ExpiryRow[];
  total: number;
  /** One more than there are edges. */
  entryBins: number[];
  agentBins: number[];
}

const first = -9_223_372_036_854_775_808n;
// What never expires is kept as the largest number there is.
const last = never - 1n;

/** What expires, soonest first, with how many in each stretch of time. */
export function expiryPage(db: DatabaseSync, query: ExpiryQuery): ExpiryPage {
  const names = connNames(db);
  const conns = connsOf(db, query.connections);
  const scope = scopeOf(conns, names.size);
  const tally = counter(db, scope, query);
  const { until, ...start } = seek(db, query, tally);
  const statement = db.prepare(pageSql(query, scope));
  // Times come along for the order; a far one fits no JavaScript number.
  statement.setReadBigInts(true);
  const page = statement.all({
    ...start,
    until,
    // Decimal text: JSON numbers end at 2^53 (S-38).
    others: JSON.stringify(query.others.map(String)),
    limit: query.limit,
  });
  const edges = [first, ...query.edges, last];
  const bins = edges.slice(1).map((to, index) => tally(edges[index] ?? first, to));
  const all = tally(query.after ?? first, until);
  return {
    rows: page.flatMap((row) => readRow(db, names, row)),
    total: sum(all),
    entryBins: bins.map(({ entries }) => entries),
    agentBins: bins.map(({ agents }) => agents),
  };
}

/** Condition for the rows of these connections. The `+` keeps the index of expiry in use, whose order is the list's. */
function scopeOf(conns: readonly number[], all: number): string {
  return conns.length === all ? '' : `+conn IN (${conns.join(',')}) AND`;
}

function pageSql(query: ExpiryQuery, scope: string): string {
  const range = 'expires_at > :after AND expires_at <= :until';
  const parts = [
    "SELECT 3 AS kind, key AS ref, 0 AS conn, '' AS id, CAST(value AS INTEGER) AS at FROM json_each(:others) WHERE CAST(value AS INTEGER) > :after AND CAST(value AS INTEGER) <= :until",
    ...(query.entries ? [`SELECT 1, rid, 0, '', expires_at FROM entry WHERE ${scope} ${range}`] : []),
    ...(query.agents ? [`SELECT 2, 0, conn, id, expires_at FROM agent WHERE ${scope} ${range}`] : []),
  ];
  // The order directly on the union: the branches are then merged as they come and not sorted anew.
  return `${parts.join(' UNION ALL ')} ORDER BY at, ref, kind LIMIT :limit OFFSET :offset`;
}

type Tally = (after: bigint, until: bigint) => { entries: number; agents: number; others: number };

function counter(db: DatabaseSync, scope: string, query: ExpiryQuery): Tally {
  const statement = (table: string, wanted: boolean) =>
    wanted
      ? db.prepare(
          `SELECT count(*) AS n FROM ${table} WHERE ${scope} expires_at > :after AND expires_at <= :until`,
        )
      : undefined;
  const entries = statement('entry', query.entries);
  const agents = statement('agent', query.agents);
  return (after, until) => {
    const count = (one: typeof entries): number => Number(one?.get({ after, until })?.['n'] ?? 0);
    return {
      entries: count(entries),
      agents: count(agents),
      others: query.others.filter((at) => at > after && at <= until).length,
    };
  };
}

/** Few rows are quicker skipped than found. */
const worthSeeking = 20_000;

/** A later start with fewer rows to skip: counting a stretch of an index is many times quicker than merging it. */
function seek(
  db: DatabaseSync,
  query: ExpiryQuery,
  tally: Tally,
): { after: bigint; until: bigint; offset: number } {
  const until = query.until === undefined || query.until > last ? last : query.until;
  let after = query.after ?? first;
  let { offset } = query;
  if (offset <= worthSeeking) return { after, until, offset };
  // Between the soonest and the latest there is: halving all of time would count for nothing.
  const [soonest, latest] = extremes(db);
  let low = after > soonest - 1n ? after : soonest - 1n;
  let high = until < latest ? until : latest;
  if (low > after) {
    const before = sum(tally(after, low));
    if (before > offset) return { after, until, offset };
    offset -= before;
    after = low;
  }
  for (let round = 0; round < 64 && offset > worthSeeking && high - low > 1n; round += 1) {
    const middle = low + (high - low) / 2n;
    const between = sum(tally(low, middle));
    if (between <= offset) {
      offset -= between;
      low = middle;
      after = middle;
    } else high = middle;
  }
  return { after, until, offset };
}

const sum = ({ entries, agents, others }: ReturnType<Tally>): number => entries + agents + others;

/** Of the entries that expire: the ends of an index, found without walking it. */
function extremes(db: DatabaseSync): [soonest: bigint, latest: bigint] {
  const statement = (end: string, way: string) => {
    const one = db.prepare(
      `SELECT expires_at AS at FROM entry WHERE expires_at ${end} ORDER BY expires_at ${way} LIMIT 1`,
    );
    one.setReadBigInts(true);
    return one.get()?.['at'];
  };
  const soonest = statement(`<= ${last}`, 'ASC');
  const latest = statement(`<= ${last}`, 'DESC');
  return [typeof soonest === 'bigint' ? soonest : first + 1n, typeof latest === 'bigint' ? latest : last];
}

function readRow(
  db: DatabaseSync,
  names: ReadonlyMap<number, string>,
  { kind, ref, conn, id }: Record<string, unknown>,
): ExpiryRow[] {
  if (kind === 3n) return [{ kind: 'other', index: Number(ref) }];
  if (kind === 1n) {
    const row = db.prepare('SELECT conn, body FROM entry WHERE rid = ?').get(Number(ref));
    if (!row) return [];
    const connection = names.get(Number(row['conn'])) ?? '';
    return [{ kind: 'entry', connection, row: decodeEntry(row['body']) }];
  }
  const row = db.prepare('SELECT * FROM agent WHERE conn = ? AND id = ?').get(Number(conn), String(id));
  if (!row) return [];
  return [
    {
      kind: 'agent',
      connection: names.get(Number(conn)) ?? '',
      row: decodeAgent(String(row['body'])),
      renewedAfter: Number(row['renewed_after']),
    },
  ];
}

/** How many entries of these connections expire after `now` and not later than `until`, Unix seconds. */
export function entriesDue(
  db: DatabaseSync,
  connections: readonly string[],
  now: number,
  until: number,
): number {
  const conns = connsOf(db, connections);
  const scope = scopeOf(conns, connNames(db).size);
  const row = db
    .prepare(`SELECT count(*) AS n FROM entry WHERE ${scope} expires_at > ? AND expires_at <= ?`)
    .get(now, until);
  return Number(row?.['n'] ?? 0);
}
