import type { DatabaseSync } from 'node:sqlite';
import type { EntryRow } from '../../upstream/spire/rows.ts';
import { decodeEntry } from './body.ts';
import { connNames, connsOf } from './conns.ts';
import type { entryFlags } from './entry-flags.ts';
import { tagKinds } from './entry-rows.ts';

/** What a list can be in the order of: columns of `entry`, and the state. Ties go by SPIFFE ID, then by row number. */
export const entryOrders = [
  'spiffe_id',
  'parent_id',
  'selectors',
  'x509_ttl',
  'jwt_ttl',
  'federates',
  'expires_at',
  'dns_names',
  'revision',
  'hint',
  'created_at',
  'state',
] as const;
export type EntryOrder = (typeof entryOrders)[number];

/** Numbers are those of the contract's EntryState. */
export const entryStates = {
  served: 1,
  noAgent: 2,
  agentExpired: 3,
  agentBanned: 4,
  expired: 5,
  nodeAlias: 6,
  /** What its parent reaches has not been worked out: the server's agents have not been read yet. */
  unknown: 7,
} as const;

export interface EntryQuery {
  /** Connections looked at. */
  connections: string[];
  search: string;
  parentId: string;
  selectorType: string;
  federatesWith: string;
  expiry: 'any' | 'expired' | 'day' | 'week' | 'never';
  /** 0: any. */
  state: number;
  /** Only entries with all of these. */
  flags: (keyof typeof entryFlags)[];
  /** Path of a SPIFFE ID, without the trust domain and with a slash at its end, below which to look; empty: anywhere. */
  path: string;
  order: EntryOrder;
  descending: boolean;
  offset: number;
  limit: number;
  /** Unix seconds. */
  now: number;
}

/** Asks for everything, by SPIFFE ID, from the first on. */
export const everyEntry: Omit<EntryQuery, 'connections' | 'limit' | 'now'> = {
  search: '',
  parentId: '',
  selectorType: '',
  federatesWith: '',
  expiry: 'any',
  state: 0,
  flags: [],
  path: '',
  order: 'spiffe_id',
  descending: false,
  offset: 0,
};

export interface StoredEntry {
  connection: string;
  row: EntryRow;
  state: number;
  /** Agent or alias through which it is reached. */
  via: string;
  /** Latest expiry of the agents that reach it; 0: none. */
  until: bigint;
}

export interface EntryPage {
  entries: StoredEntry[];
  total: number;
  all: number;
  /** `total` was not looked at to its end: it may be somewhat less. */
  estimate: boolean;
}

/** For `entry e` with `reachJoin`; `:now` in Unix seconds. */
export const stateSql = `CASE
  WHEN e.expires_at <= :now THEN ${entryStates.expired}
  WHEN e.node_alias = 1 THEN ${entryStates.nodeAlias}
  WHEN r.until IS NULL THEN ${entryStates.unknown}
  WHEN r.until > :now THEN ${entryStates.served}
  WHEN r.until > 0 THEN ${entryStates.agentExpired}
  WHEN r.banned = 1 THEN ${entryStates.agentBanned}
  ELSE ${entryStates.noAgent} END`;
export const reachJoin = 'LEFT JOIN reach r ON r.conn = e.conn AND r.parent_id = e.parent_id';

/** Rows in the order of the numbers given; those that are gone are left out. */
export function entriesByRid(db: DatabaseSync, rids: readonly number[], now: number): StoredEntry[] {
  const statement = db.prepare(
    `SELECT e.conn, e.body, ${stateSql} AS state, r.via, r.until FROM entry e ${reachJoin} WHERE e.rid = :rid`,
  );
  statement.setReadBigInts(true);
  const names = connNames(db);
  return rids.flatMap((rid) => {
    const row = statement.get({ rid, now });
    return row ? [stored(row, names)] : [];
  });
}

function stored(row: Record<string, unknown>, names: ReadonlyMap<number, string>): StoredEntry {
  return {
    connection: names.get(Number(row['conn'])) ?? '',
    row: decodeEntry(row['body']),
    state: Number(row['state']),
    via: typeof row['via'] === 'string' ? row['via'] : '',
    until: typeof row['until'] === 'bigint' ? row['until'] : 0n,
  };
}

/** Entries by id on some connections; at most one per connection. */
export function entryById(
  db: DatabaseSync,
  connections: readonly string[],
  id: string,
  now: number,
): StoredEntry[] {
  const rids = connsOf(db, connections).flatMap((conn) => {
    const row = db.prepare('SELECT rid FROM entry WHERE conn = ? AND id = ?').get(conn, id);
    return row ? [Number(row['rid'])] : [];
  });
  return entriesByRid(db, rids, now);
}

/** Entries with this SPIFFE ID on one connection. */
export function entriesBySpiffeId(
  db: DatabaseSync,
  connection: string,
  spiffeId: string,
  now: number,
): StoredEntry[] {
  const rids = connsOf(db, [connection]).flatMap((conn) =>
    db
      .prepare('SELECT rid FROM entry WHERE conn = ? AND spiffe_id = ? ORDER BY rid LIMIT 100')
      .all(conn, spiffeId)
      .map((row) => Number(row['rid'])),
  );
  return entriesByRid(db, rids, now);
}

export function childCount(db: DatabaseSync, connection: string, parentId: string): number {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return 0;
  return Number(
    db.prepare('SELECT count(*) AS n FROM entry WHERE conn = ? AND parent_id = ?').get(conn, parentId)?.[
      'n'
    ] ?? 0,
  );
}

export interface FacetRow {
  value: string;
  count: number;
}

export interface Facets {
  selectorTypes: FacetRow[];
  federated: FacetRow[];
  /** By connection name. */
  connections: FacetRow[];
}

/** Values to filter by, over all entries of the connections. */
export function facets(db: DatabaseSync, connections: readonly string[]): Facets {
  const conns = connsOf(db, connections);
  const tags = (kind: number): FacetRow[] =>
    db
      .prepare(
        `SELECT value, sum(n) AS n FROM facet WHERE kind = ? AND conn IN (${conns.join(',')})
         GROUP BY value HAVING sum(n) > 0 ORDER BY sum(n) DESC, value LIMIT 100`,
      )
      .all(kind)
      .map((row) => ({ value: String(row['value']), count: Number(row['n']) }));
  const counts = db
    .prepare(
      `SELECT name, entries FROM connection WHERE conn IN (${conns.join(',')}) AND entries > 0 ORDER BY conn`,
    )
    .all()
    .map((row) => ({ value: String(row['name']), count: Number(row['entries']) }));
  return {
    selectorTypes: tags(tagKinds.selectorType),
    federated: tags(tagKinds.federates),
    connections: counts,
  };
}

export interface ConnectionStats {
  connection: string;
  trustDomain: string;
  /** ms since 1970; 0: never read whole. */
  asOf: number;
  entries: number;
  expiring: number;
  agents: number;
  agentsExpired: number;
  agentsBanned: number;
}

export function stats(db: DatabaseSync, now: number): ConnectionStats[] {
  const one = db.prepare(`SELECT c.trust_domain, c.as_of,
    c.entries,
    (SELECT count(*) FROM entry WHERE +conn = c.conn AND expires_at > :now AND expires_at <= :week) AS expiring,
    (SELECT count(*) FROM agent WHERE conn = c.conn) AS agents,
    (SELECT count(*) FROM agent WHERE conn = c.conn AND banned = 0 AND expires_at <= :now) AS expired,
    (SELECT count(*) FROM agent WHERE conn = c.conn AND banned = 1) AS banned
    FROM connection c WHERE c.conn = :conn`);
  return [...connNames(db)].map(([conn, connection]) => {
    const row = one.get({ now, week: now + 7 * 86_400, conn }) ?? {};
    const number = (key: string): number => Number(row[key] ?? 0);
    return {
      connection,
      trustDomain: String(row['trust_domain'] ?? ''),
      asOf: number('as_of'),
      entries: number('entries'),
      expiring: number('expiring'),
      agents: number('agents'),
      agentsExpired: number('expired'),
      agentsBanned: number('banned'),
    };
  });
}
