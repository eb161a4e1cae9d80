import type { DatabaseSync } from 'node:sqlite';
import { connsOf } from '../conns.ts';
import { entriesByRid } from '../query.ts';
import type { EntryPage, EntryQuery, StoredEntry } from '../query.ts';
import { Search } from './search.ts';

/** One index for each open database: a copy in memory that follows the tables, made when it is first asked. */
const searches = new WeakMap<DatabaseSync, Search>();

export function searchOf(db: DatabaseSync): Search {
  let search = searches.get(db);
  if (!search) searches.set(db, (search = new Search(db)));
  return search;
}

/** A list of entries, or undefined while the index is not there: `scanEntries` tells then. */
export function searchEntries(db: DatabaseSync, query: EntryQuery): EntryPage | undefined {
  return searchOf(db).list(query);
}

/** Numbers of rows of some connections that a text (as searchText makes it) is in, in no order. */
export function searchRids(
  db: DatabaseSync,
  conns: readonly number[],
  text: string,
  limit: number,
): number[] {
  return searchOf(db).rids(conns, text, limit) ?? scanRids(db, conns, text, limit);
}

function scanRids(db: DatabaseSync, conns: readonly number[], text: string, limit: number): number[] {
  return db
    .prepare(
      `SELECT e.rid FROM entry e WHERE e.conn IN (${conns.join(',')}) AND
       instr(fold(e.spiffe_id || char(10) || e.selectors || char(10) || e.dns_names || char(10) || e.hint), ?) > 0 LIMIT ?`,
    )
    .all(text, limit)
    .map((row) => Number(row['rid']));
}

/** Entries of some connections that have exactly this selector, type:value; `now` in Unix seconds. */
export function entriesWithSelector(
  db: DatabaseSync,
  connections: readonly string[],
  selector: string,
  limit: number,
  now: number,
): StoredEntry[] {
  // Of k8s:sa:web also k8s:sa:web-2 is found: those are taken out of some more.
  const rids = searchRids(db, connsOf(db, connections), selector.toLowerCase(), limit * 4 + 100);
  return entriesByRid(db, rids, now)
    .filter(({ row }) => row.selectors.some(({ type, value }) => `${type}:${value}` === selector))
    .slice(0, limit);
}
