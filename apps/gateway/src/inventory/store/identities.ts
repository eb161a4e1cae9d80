import type { DatabaseSync } from 'node:sqlite';
import { connNames, connsOf } from './conns.ts';
import { entryStates, reachJoin, stateSql } from './query.ts';

/** The registration entry behind a SPIFFE ID. */
export interface IdentityFact {
  spiffeId: string;
  connection: string;
  entryId: string;
  parentId: string;
  /** Of `entryStates`. */
  state: number;
  /** Entries with this SPIFFE ID in all. */
  entries: number;
}

/** Where several entries have the ID, the one that serves it counts; then what a person can mend soonest. */
const best: readonly number[] = [
  entryStates.served,
  entryStates.unknown,
  entryStates.agentExpired,
  entryStates.agentBanned,
  entryStates.noAgent,
  entryStates.expired,
  entryStates.nodeAlias,
];
const mostEntries = 50;

/**
 * Of each SPIFFE ID that any of the connections has an entry for; `now` in Unix seconds. Undefined while the first
 * reading of a large server goes on: without the index, each look would be one at every entry.
 */
export function identities(
  db: DatabaseSync,
  connections: readonly string[],
  spiffeIds: readonly string[],
  now: number,
): IdentityFact[] | undefined {
  if (!db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'entry_by_spiffe_id'").get()) return undefined;
  const names = connNames(db);
  const conns = connsOf(db, connections);
  const rows = db.prepare(
    `SELECT e.conn, e.id, e.parent_id, ${stateSql} AS state FROM entry e ${reachJoin}
     WHERE e.spiffe_id = :id AND +e.conn IN (${conns.join(',')}) ORDER BY e.rid LIMIT ${mostEntries}`,
  );
  return spiffeIds.flatMap((spiffeId) => {
    const found = rows.all({ id: spiffeId, now });
    const [first] = found.toSorted(
      (a, b) => best.indexOf(Number(a['state'])) - best.indexOf(Number(b['state'])),
    );
    if (!first) return [];
    return {
      spiffeId,
      connection: names.get(Number(first['conn'])) ?? '',
      entryId: String(first['id']),
      parentId: String(first['parent_id']),
      state: Number(first['state']),
      entries: found.length,
    };
  });
}
