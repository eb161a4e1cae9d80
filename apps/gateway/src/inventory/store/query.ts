import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeEntry } from './body.ts';
import { never, tagKinds } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

export type EntryOrder = 'spiffe_id' | 'parent_id' | 'created_at' | 'expires_at' | 'selectors' | 'state';

/** Numbers are those of the contract's EntryState. */
export const entryStates = {
  served: 1,
  noAgent: 2,
  agentExpired: 3,
  agentBanned: 4,
  expired: 5,
  nodeAlias: 6,
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
  order: EntryOrder;
  descending: boolean;
  offset: number;
  limit: number;
  /** Unix seconds. */
  now: number;
}

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
}

export interface AgentQuery {
  connections: string[];
  search: string;
  offset: number;
  limit: number;
}

const stateSql = `CASE
  WHEN e.expires_at <= :now THEN ${entryStates.expired}
  WHEN e.node_alias = 1 THEN ${entryStates.nodeAlias}
  WHEN r.until > :now THEN ${entryStates.served}
  WHEN r.until > 0 THEN ${entryStates.agentExpired}
  WHEN r.banned = 1 THEN ${entryStates.agentBanned}
  ELSE ${entryStates.noAgent} END`;
const reachJoin = 'LEFT JOIN reach r ON r.conn = e.conn AND r.parent_id = e.parent_id';

export function queryEntries(db: DatabaseSync, snapshot: Snapshot, query: EntryQuery): EntryPage {
  const values = new Map<string, SQLInputValue>();
  const conns = connsOf(snapshot, query.connections);
  if (conns.length === 0) return { entries: [], total: 0, all: 0 };
  const everyConn = conns.length === snapshot.names().size;
  const scope = everyConn ? [] : [`e.conn IN (${conns.join(',')})`];
  const where = [...scope];
  // The text's fields are apart by line ends: none may be searched across.
  const search = query.search.toLowerCase().replaceAll('\n', ' ');
  if (search !== '') {
    values.set('search', search);
    if (snapshot.indexed) {
      let own = 'SELECT rid FROM entry WHERE instr(text, :search) > 0';
      if ([...search].length >= 3) {
        // CROSS fixes the order: few parents first.
        // A quoted phrase: the trigram index has no operators left in it.
        own = 'SELECT rowid FROM entry_fts WHERE entry_fts MATCH :phrase';
        values.set('phrase', `"${search.replaceAll('"', '""')}"`);
      }
      where.push(`e.rid IN (${own} UNION SELECT c.rid FROM reach p CROSS JOIN entry c ON c.parent_id = p.parent_id AND +c.conn = p.conn
        WHERE instr(lower(p.parent_id), :search) > 0)`);
    } else where.push('(instr(e.text, :search) > 0 OR instr(lower(e.parent_id), :search) > 0)');
  }
  if (query.parentId !== '') {
    where.push('e.parent_id = :parent');
    values.set('parent', query.parentId);
  }
  const tag = (kind: number, name: string, value: string): void => {
    if (value === '') return;
    where.push(`e.rid IN (SELECT rid FROM entry_tag WHERE kind = ${kind} AND value = :${name})`);
    values.set(name, value);
  };
  tag(tagKinds.selectorType, 'selectorType', query.selectorType);
  tag(tagKinds.federates, 'federates', query.federatesWith);
  const day = 86_400;
  if (query.expiry === 'never') where.push(`e.expires_at = ${never}`);
  if (query.expiry === 'expired') where.push('e.expires_at <= :now');
  if (query.expiry === 'day' || query.expiry === 'week') {
    where.push('e.expires_at > :now AND e.expires_at <= :soon');
    values.set('soon', query.now + (query.expiry === 'day' ? day : 7 * day));
  }
  if (query.state !== 0) {
    where.push(`${stateSql} = :state`);
    values.set('state', query.state);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const direction = query.descending ? 'DESC' : 'ASC';
  const needsReach = query.state !== 0 || query.order === 'state';
  const key = query.order === 'state' ? stateSql : `e.${query.order}`;
  const bind = (sql: string, more: readonly [string, SQLInputValue][] = []): Record<string, SQLInputValue> =>
    // Only names of our own become keys here.
    Object.fromEntries(
      [...values, ['now', query.now] as const, ...more].filter(([name]) =>
        new RegExp(`:${name}\\b`, 'u').test(sql),
      ),
    );
  const pageSql = `SELECT e.rid FROM entry e ${needsReach ? reachJoin : ''} ${filter}
    ORDER BY ${key} ${direction}, e.rid ${direction} LIMIT :limit OFFSET :offset`;
  const rids = db
    .prepare(pageSql)
    .all(
      bind(pageSql, [
        ['limit', query.limit],
        ['offset', query.offset],
      ]),
    )
    .map((row) => Number(row['rid']));
  const count = (sql: string): number => Number(db.prepare(sql).get(bind(sql))?.['n'] ?? 0);
  const all = count(
    `SELECT count(*) AS n FROM entry e ${scope.length === 0 ? '' : `WHERE ${scope.join(' AND ')}`}`,
  );
  const total =
    where.length === scope.length
      ? all
      : count(`SELECT count(*) AS n FROM entry e ${query.state === 0 ? '' : reachJoin} ${filter}`);
  return { entries: entriesByRid(db, snapshot, rids, query.now), total, all };
}

function entriesByRid(
  db: DatabaseSync,
  snapshot: Snapshot,
  rids: readonly number[],
  now: number,
): StoredEntry[] {
  const statement = db.prepare(
    `SELECT e.conn, e.body, ${stateSql} AS state, r.via, r.until FROM entry e ${reachJoin} WHERE e.rid = :rid`,
  );
  statement.setReadBigInts(true);
  const names = nameByConn(snapshot);
  return rids.flatMap((rid) => {
    const row = statement.get({ rid, now });
    return row ? [stored(row, names)] : [];
  });
}

function stored(row: Record<string, unknown>, names: ReadonlyMap<number, string>): StoredEntry {
  return {
    connection: names.get(Number(row['conn'])) ?? '',
    row: decodeEntry(String(row['body'])),
    state: Number(row['state']),
    via: typeof row['via'] === 'string' ? row['via'] : '',
    until: typeof row['until'] === 'bigint' ? row['until'] : 0n,
  };
}

/** Entries by id on some connections; at most one per connection. */
export function entryById(
  db: DatabaseSync,
  snapshot: Snapshot,
  connections: readonly string[],
  id: string,
  now: number,
): StoredEntry[] {
  const rids = connsOf(snapshot, connections).flatMap((conn) => {
    const row = db.prepare('SELECT rid FROM entry WHERE conn = ? AND id = ?').get(conn, id);
    return row ? [Number(row['rid'])] : [];
  });
  return entriesByRid(db, snapshot, rids, now);
}

/** Entries with this SPIFFE ID on one connection. */
export function entriesBySpiffeId(
  db: DatabaseSync,
  snapshot: Snapshot,
  connection: string,
  spiffeId: string,
  now: number,
): StoredEntry[] {
  const rids = connsOf(snapshot, [connection]).flatMap((conn) =>
    db
      .prepare('SELECT rid FROM entry WHERE conn = ? AND spiffe_id = ? ORDER BY rid LIMIT 100')
      .all(conn, spiffeId)
      .map((row) => Number(row['rid'])),
  );
  return entriesByRid(db, snapshot, rids, now);
}

export function childCount(
  db: DatabaseSync,
  snapshot: Snapshot,
  connection: string,
  parentId: string,
): number {
  const conn = snapshot.connIfKnown(connection);
  if (conn === undefined) return 0;
  return Number(
    db.prepare('SELECT count(*) AS n FROM entry WHERE conn = ? AND parent_id = ?').get(conn, parentId)?.[
      'n'
    ] ?? 0,
  );
}

export interface StoredAgent {
  connection: string;
  row: AgentRow;
  entries: number;
}

export function queryAgents(
  db: DatabaseSync,
  snapshot: Snapshot,
  query: AgentQuery,
): { agents: StoredAgent[]; total: number } {
  const conns = connsOf(snapshot, query.connections);
  if (conns.length === 0) return { agents: [], total: 0 };
  const filter = `WHERE a.conn IN (${conns.join(',')}) AND (:search = '' OR instr(a.text, :search) > 0)`;
  const search = query.search.toLowerCase();
  const rows = db
    .prepare(
      `SELECT a.conn, a.body, (SELECT count(*) FROM entry e WHERE e.parent_id = a.id AND e.conn = a.conn) AS entries
       FROM agent a ${filter} ORDER BY a.id, a.conn LIMIT :limit OFFSET :offset`,
    )
    .all({ search, limit: query.limit, offset: query.offset });
  const total = Number(db.prepare(`SELECT count(*) AS n FROM agent a ${filter}`).get({ search })?.['n'] ?? 0);
  const names = nameByConn(snapshot);
  const agents = rows.map((row) => ({
    connection: names.get(Number(row['conn'])) ?? '',
    row: decodeAgent(String(row['body'])),
    entries: Number(row['entries']),
  }));
  return { agents, total };
}

export function agentById(
  db: DatabaseSync,
  snapshot: Snapshot,
  connection: string,
  id: string,
): StoredAgent | undefined {
  const conn = snapshot.connIfKnown(connection);
  if (conn === undefined) return undefined;
  const row = db.prepare('SELECT body FROM agent WHERE conn = ? AND id = ?').get(conn, id);
  return (
    row && {
      connection,
      row: decodeAgent(String(row['body'])),
      entries: childCount(db, snapshot, connection, id),
    }
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
export function facets(db: DatabaseSync, snapshot: Snapshot, connections: readonly string[]): Facets {
  const conns = connsOf(snapshot, connections);
  const empty = { selectorTypes: [], federated: [], connections: [] };
  if (conns.length === 0) return empty;
  const everyConn = conns.length === snapshot.names().size;
  const join = everyConn ? '' : `JOIN entry e ON e.rid = t.rid AND e.conn IN (${conns.join(',')})`;
  const tags = (kind: number): FacetRow[] =>
    db
      .prepare(
        `SELECT t.value, count(*) AS n FROM entry_tag t ${join} WHERE t.kind = ? GROUP BY t.value ORDER BY n DESC, t.value LIMIT 100`,
      )
      .all(kind)
      .map((row) => ({ value: String(row['value']), count: Number(row['n']) }));
  const names = nameByConn(snapshot);
  const counts = db
    .prepare(`SELECT e.conn, count(*) AS n FROM entry e WHERE e.conn IN (${conns.join(',')}) GROUP BY e.conn`)
    .all()
    .map((row) => ({ value: names.get(Number(row['conn'])) ?? '', count: Number(row['n']) }));
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

export function stats(db: DatabaseSync, snapshot: Snapshot, now: number): ConnectionStats[] {
  const one = db.prepare(`SELECT c.trust_domain, c.as_of,
    (SELECT count(*) FROM entry WHERE conn = c.conn) AS entries,
    (SELECT count(*) FROM entry WHERE +conn = c.conn AND expires_at > :now AND expires_at <= :week) AS expiring,
    (SELECT count(*) FROM agent WHERE conn = c.conn) AS agents,
    (SELECT count(*) FROM agent WHERE conn = c.conn AND banned = 0 AND expires_at <= :now) AS expired,
    (SELECT count(*) FROM agent WHERE conn = c.conn AND banned = 1) AS banned
    FROM connection c WHERE c.conn = :conn`);
  return [...snapshot.names()].map(([connection, conn]) => {
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

function connsOf(snapshot: Snapshot, names: readonly string[]): number[] {
  return names.flatMap((name) => snapshot.connIfKnown(name) ?? []);
}

function nameByConn(snapshot: Snapshot): Map<number, string> {
  return new Map([...snapshot.names()].map(([name, conn]) => [conn, name]));
}
