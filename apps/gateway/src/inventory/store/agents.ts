import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AgentRow } from '../../upstream/spire/rows.ts';
import { decodeAgent } from './body.ts';
import { connNames, connsOf } from './conns.ts';

/** Numbers are those of the contract's AgentState. */
export const agentStates = { attested: 1, expired: 2, banned: 3, overdue: 4, unknown: 5 } as const;

/** Part of an SVID's life after which a running agent has renewed: it does at half, and a reading may come late. */
export const overduePart = 0.6;

export type AgentOrder =
  'id' | 'attestation_type' | 'expires_at' | 'version' | 'entries' | 'renewed_at' | 'state' | 'trust_domain';

/** A version that the server did not say, as filters and facets name it. */
export const unknownVersion = 'unknown';

export interface AgentQuery {
  connections: string[];
  search: string;
  /** Empty: any. */
  attestationType: string;
  version: string;
  /** 0: any. */
  state: number;
  order: AgentOrder;
  descending: boolean;
  offset: number;
  limit: number;
  /** Unix seconds. */
  now: number;
}

export interface StoredAgent {
  connection: string;
  row: AgentRow;
  /** Entries directly under it. */
  entries: number;
  state: number;
  /** When it was first seen here, ms since 1970. */
  knownSince: number;
  /** When a new SVID of it was first seen, ms since 1970; 0: none since. */
  renewedAt: number;
  /** When its server's agents were read last, ms since 1970; 0: not whole yet. */
  asOf: number;
}

interface Count {
  value: string;
  count: number;
}

export interface AgentPage {
  agents: StoredAgent[];
  total: number;
  all: number;
  attestationTypes: Count[];
  versions: Count[];
  /** By number of the state. */
  states: { state: number; count: number }[];
  /** Since when renewals are watched, of the connection watched longest; ms since 1970, 0: not yet. */
  watchedSince: number;
}

/**
 * The moment a state is told of: what happened after the last reading is not known. An SVID first seen at `seen` has
 * lived for (moment − seen) of (expiry − seen) at least, so that part is a lower bound: nobody is called overdue by a guess.
 */
const asOf = '(CASE WHEN c.agents_as_of = 0 THEN :now ELSE c.agents_as_of / 1000 END)';
const seen = '(CASE WHEN a.renewed_at > 0 THEN a.renewed_at ELSE a.known_since END / 1000)';
const stateSql = `CASE
  WHEN a.banned = 1 THEN ${agentStates.banned}
  WHEN a.expires_at <= ${asOf} THEN ${agentStates.expired}
  WHEN a.expires_at <= :now THEN ${agentStates.unknown}
  WHEN (${asOf} - ${seen}) > ${overduePart} * (a.expires_at - ${seen}) THEN ${agentStates.overdue}
  ELSE ${agentStates.attested} END`;
const from = 'FROM agent a JOIN connection c ON c.conn = a.conn';
/** Its ID names the trust domain, so that the index alone tells, unless two connections are of the same one. */
const entriesSql = `(CASE WHEN (SELECT count(*) FROM connection k WHERE k.trust_domain = c.trust_domain) = 1
  THEN (SELECT count(*) FROM entry e WHERE e.parent_id = a.id)
  ELSE (SELECT count(*) FROM entry e WHERE e.parent_id = a.id AND e.conn = a.conn) END)`;
const versionSql = `CASE WHEN a.version = '' THEN '${unknownVersion}' ELSE a.version END`;

const orders: Record<AgentOrder, string> = {
  id: 'a.id',
  attestation_type: 'a.attestation_type',
  expires_at: 'a.expires_at',
  version: 'a.version',
  entries: 'entries',
  renewed_at: 'a.renewed_at',
  state: 'state',
  trust_domain: 'c.trust_domain',
};

/** Agents of some connections, filtered, in order, a page of them. */
export function queryAgents(db: DatabaseSync, query: AgentQuery): AgentPage {
  const conns = connsOf(db, query.connections);
  const none = {
    agents: [],
    total: 0,
    all: 0,
    attestationTypes: [],
    versions: [],
    states: [],
    watchedSince: 0,
  };
  if (conns.length === 0) return none;
  const scope = `a.conn IN (${conns.join(',')})`;
  const values = new Map<string, SQLInputValue>([['now', query.now]]);
  const where = [scope];
  // The text's fields are apart by line ends: none may be searched across.
  const search = query.search.toLowerCase().replaceAll('\n', ' ');
  if (search !== '') {
    where.push('instr(a.text, :search) > 0');
    values.set('search', search);
  }
  if (query.attestationType !== '') {
    where.push('a.attestation_type = :type');
    values.set('type', query.attestationType);
  }
  if (query.version !== '') {
    where.push(`${versionSql} = :version`);
    values.set('version', query.version);
  }
  if (query.state !== 0) {
    where.push(`${stateSql} = :state`);
    values.set('state', query.state);
  }
  const filter = `WHERE ${where.join(' AND ')}`;
  const bind = (sql: string): Record<string, SQLInputValue> =>
    // Only names of our own become keys here.
    Object.fromEntries([...values].filter(([name]) => new RegExp(`:${name}\\b`, 'u').test(sql)));
  const direction = query.descending ? 'DESC' : 'ASC';
  // Only an order by entries needs the count of every agent; else of those on the page.
  const counts = query.order === 'entries' ? `, ${entriesSql} AS entries` : '';
  const keysSql = `SELECT a.conn, a.id, ${stateSql} AS state${counts} ${from} ${filter}
    ORDER BY ${orders[query.order]} ${direction}, a.id ${direction}, a.conn LIMIT :limit OFFSET :offset`;
  const keys = db.prepare(keysSql).all({ ...bind(keysSql), limit: query.limit, offset: query.offset });
  const number = (sql: string): number => Number(db.prepare(sql).get(bind(sql))?.['n'] ?? 0);
  const all = number(`SELECT count(*) AS n FROM agent a WHERE ${scope}`);
  const total = where.length === 1 ? all : number(`SELECT count(*) AS n ${from} ${filter}`);
  // One walk over a narrow index for all that can be chosen from.
  const groupSql = `SELECT a.attestation_type AS type, ${versionSql} AS version, ${stateSql} AS state, count(*) AS n
    ${from} WHERE ${scope} GROUP BY 1, 2, 3`;
  const groups = db.prepare(groupSql).all(bind(groupSql));
  const grouped = (column: 'type' | 'version' | 'state'): Count[] => {
    const counts = new Map<string, number>();
    for (const row of groups) {
      const value = String(row[column]);
      counts.set(value, (counts.get(value) ?? 0) + Number(row['n']));
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .toSorted((x, y) => y.count - x.count || (x.value < y.value ? -1 : 1))
      .slice(0, 100);
  };
  const one = oneAgent(db, query.now);
  return {
    agents: keys.flatMap((row) => one(Number(row['conn']), String(row['id'])) ?? []),
    total,
    all,
    attestationTypes: grouped('type'),
    versions: grouped('version'),
    states: grouped('state').map(({ value, count }) => ({ state: Number(value), count })),
    watchedSince: agentsWatchedSince(db, query.connections),
  };
}

/** Since when renewals of agents have been watched, ms since 1970; 0: none has been seen yet. */
export function agentsWatchedSince(db: DatabaseSync, connections: readonly string[]): number {
  const conns = connsOf(db, connections).join(',');
  const sql = `SELECT coalesce(min(known_since), 0) AS n FROM agent WHERE conn IN (${conns}) AND known_since > 0`;
  return Number(db.prepare(sql).get()?.['n'] ?? 0);
}

/** `now` in Unix seconds. */
export function agentById(
  db: DatabaseSync,
  connection: string,
  id: string,
  now: number,
): StoredAgent | undefined {
  const [conn] = connsOf(db, [connection]);
  return conn === undefined ? undefined : oneAgent(db, now)(conn, id);
}

function oneAgent(db: DatabaseSync, now: number): (conn: number, id: string) => StoredAgent | undefined {
  const names = connNames(db);
  const statement = db.prepare(
    `SELECT a.body, a.known_since, a.renewed_at, c.agents_as_of, ${stateSql} AS state, ${entriesSql} AS entries ${from}
     WHERE a.conn = :conn AND a.id = :id`,
  );
  return (conn, id) => {
    const row = statement.get({ conn, id, now });
    return (
      row && {
        connection: names.get(conn) ?? '',
        row: decodeAgent(row['body']),
        entries: Number(row['entries']),
        state: Number(row['state']),
        knownSince: Number(row['known_since']),
        renewedAt: Number(row['renewed_at']),
        asOf: Number(row['agents_as_of']),
      }
    );
  };
}
