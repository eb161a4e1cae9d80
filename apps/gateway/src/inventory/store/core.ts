import type { DatabaseSync } from 'node:sqlite';
import type { AuditLine } from '../../audit/chain.ts';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { appendAudit, listRecords, verifyAudit } from './audit-log.ts';
import {
  agentById,
  childCount,
  entriesBySpiffeId,
  entryById,
  facets,
  queryAgents,
  queryEntries,
  stats,
} from './query.ts';
import type { AgentQuery, EntryQuery, Facets } from './query.ts';
import { computeReach, updateReach } from './reach.ts';
import { openDatabase } from './schema.ts';
import { Snapshot } from './snapshot.ts';

/** Everything the store can do, synchronous; runs in the store's thread. Each call is one bounded step. */
export function openStore(file: string) {
  const db: DatabaseSync = openDatabase(file);
  const snapshot = new Snapshot(db);
  const cache = new Map<string, { changes: number; at: number; value: Facets }>();
  return {
    forgetOthers: (names: string[]) => snapshot.forgetOthers(names),
    begin: (connection: string, trustDomain: string) => snapshot.begin(connection, trustDomain),
    page: (connection: string, rows: EntryRow[]) => snapshot.page(connection, rows),
    finish: (connection: string, asOf: number) => snapshot.finish(connection, asOf),
    abandon: (connection: string) => snapshot.abandon(connection),
    buildIndex: () => snapshot.buildIndex(),
    buildOrders: () => snapshot.buildOrders(),
    agents: (connection: string, rows: AgentRow[]) => snapshot.agents(connection, rows),
    reach: (connection: string) => computeReach(db, snapshot.conn(connection)),
    upsert: (connection: string, rows: EntryRow[]) => {
      snapshot.upsert(connection, rows);
      updateReach(db, snapshot.conn(connection), rows);
    },
    remove: (connection: string, ids: string[]) => {
      const rows = ids.flatMap((id) => entryById(db, snapshot, [connection], id, 0)).map(({ row }) => row);
      snapshot.delete(connection, ids);
      updateReach(db, snapshot.conn(connection), rows);
    },
    entries: (query: EntryQuery) => queryEntries(db, snapshot, query),
    entryById: (connections: string[], id: string, now: number) =>
      entryById(db, snapshot, connections, id, now),
    entriesBySpiffeId: (connection: string, spiffeId: string, now: number) =>
      entriesBySpiffeId(db, snapshot, connection, spiffeId, now),
    childCount: (connection: string, parentId: string) => childCount(db, snapshot, connection, parentId),
    agentPage: (query: AgentQuery) => queryAgents(db, snapshot, query),
    agentById: (connection: string, id: string) => agentById(db, snapshot, connection, id),
    facets: (connections: string[]): Facets => {
      const key = JSON.stringify(connections);
      const known = cache.get(key);
      // While a copy is being read every page changes them, and counting anew at each look would slow the reading.
      const fresh =
        known && (known.changes === snapshot.changes || (snapshot.filling && Date.now() - known.at < 3000));
      if (fresh) return known.value;
      const value = facets(db, snapshot, connections);
      if (cache.size > 32) cache.clear();
      cache.set(key, { changes: snapshot.changes, at: Date.now(), value });
      return value;
    },
    stats: (now: number) => stats(db, snapshot, now),
    appendAudit: (line: AuditLine) => appendAudit(db, line),
    listRecords: (offset: number, limit: number) => listRecords(db, offset, limit),
    verifyAudit: () => verifyAudit(db),
    close: () => db.close(),
  };
}

export type StoreCore = ReturnType<typeof openStore>;
