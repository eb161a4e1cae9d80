import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { searchText } from './body.ts';
import { connNames, connsOf } from './conns.ts';
import { entryFlags } from './entry-flags.ts';
import { never } from './entry-rows.ts';
import { entriesByRid, reachJoin, stateSql } from './query.ts';
import type { EntryPage, EntryQuery } from './query.ts';

/**
 * A list of entries by the database alone. Right at any moment, but it may look at every row: for the seconds in which
 * the search index is not there yet, and as the measure that the index is tested by.
 */
export function scanEntries(db: DatabaseSync, query: EntryQuery): EntryPage {
  const values = new Map<string, SQLInputValue>([['now', query.now]]);
  const conns = connsOf(db, query.connections);
  if (conns.length === 0) return { entries: [], total: 0, all: 0, estimate: false };
  const everyConn = conns.length === connNames(db).size;
  const where = everyConn ? [] : [`e.conn IN (${conns.join(',')})`];
  const scoped = where.length;
  const add = (sql: string, name: string, value: SQLInputValue): void => {
    where.push(sql);
    values.set(name, value);
  };
  const search = searchText(query.search);
  if (search !== '')
    add(
      `(instr(fold(e.spiffe_id || char(10) || e.selectors || char(10) || e.dns_names || char(10) || e.hint), :search) > 0
        OR instr(fold(e.parent_id), :search) > 0)`,
      'search',
      search,
    );
  if (query.parentId !== '') add('e.parent_id = :parent', 'parent', query.parentId);
  const line = (column: string, name: string, value: string): void => {
    if (value === '') return;
    add(`instr(char(10) || ${column} || char(10), char(10) || :${name} || char(10)) > 0`, name, value);
  };
  line('e.selector_types', 'type', query.selectorType);
  line('e.federates', 'federates', query.federatesWith);
  const flags = query.flags.reduce((bits, flag) => bits | entryFlags[flag], 0);
  if (flags !== 0) add('e.flags & :flags = :flags', 'flags', flags);
  if (query.path !== '')
    add(
      `substr(e.spiffe_id, 9 + instr(substr(e.spiffe_id, 10), '/'), length(:path)) = :path AND instr(substr(e.spiffe_id, 10), '/') > 0`,
      'path',
      query.path,
    );
  if (query.expiry === 'never') where.push(`e.expires_at = ${never}`);
  if (query.expiry === 'expired') where.push('e.expires_at <= :now');
  if (query.expiry === 'day' || query.expiry === 'week')
    add('e.expires_at > :now AND e.expires_at <= :soon', 'soon', query.now + soon[query.expiry]);
  if (query.state !== 0) add(`${stateSql} = :state`, 'state', query.state);
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const direction = query.descending ? 'DESC' : 'ASC';
  const key = query.order === 'state' ? stateSql : `e.${query.order}`;
  const bind = (sql: string): Record<string, SQLInputValue> =>
    // Only names of our own become keys here.
    Object.fromEntries([...values].filter(([name]) => new RegExp(`:${name}\\b`, 'u').test(sql)));
  const tie = query.order === 'spiffe_id' ? '' : `e.spiffe_id ${direction},`;
  const needsReach = query.state !== 0 || query.order === 'state';
  const pageSql = `SELECT e.rid FROM entry e ${needsReach ? reachJoin : ''} ${filter}
    ORDER BY ${key} ${direction}, ${tie} e.rid ${direction} LIMIT :limit OFFSET :offset`;
  const rids = db
    .prepare(pageSql)
    .all({ ...bind(pageSql), limit: query.limit, offset: query.offset })
    .map((row) => Number(row['rid']));
  const all = countOf(db, conns);
  const countSql = `SELECT count(*) AS n FROM entry e ${query.state === 0 ? '' : reachJoin} ${filter}`;
  const total = where.length === scoped ? all : Number(db.prepare(countSql).get(bind(countSql))?.['n'] ?? 0);
  return { entries: entriesByRid(db, rids, query.now), total, all, estimate: false };
}

/** Seconds from now that the expiry filters mean. */
export const soon = { day: 86_400, week: 7 * 86_400 } as const;

/** How many entries some connections have; counted as they are written. */
export function countOf(db: DatabaseSync, conns: readonly number[]): number {
  const one = db.prepare('SELECT entries FROM connection WHERE conn = ?');
  return conns.reduce((sum, conn) => sum + Number(one.get(conn)?.['entries'] ?? 0), 0);
}
