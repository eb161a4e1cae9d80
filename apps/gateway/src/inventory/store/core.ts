import type { DatabaseSync } from 'node:sqlite';
import type { PackedEntries } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, BundleRow, EntryRow } from '../../upstream/spire/rows.ts';
import { writeAgents } from './agent-rows.ts';
import { agentImpact, agentServes, powerfulUnder } from './agent-reach.ts';
import { agentById, agentsWatchedSince, queryAgents } from './agents.ts';
import { approvalDecided, keptApprovals } from './approvals.ts';
import { appendAudit, listRecords, recordById, verifyAudit } from './audit-log.ts';
import { bundleVersion, bundleVersions, writeBundles } from './bundle-versions.ts';
import { ChangeLog } from './change-log.ts';
import { queryChanges } from './changes.ts';
import { scanEntries } from './entry-scan.ts';
import { agentUse, longestTtl } from './authority-use.ts';
import { entriesDue, expiryPage } from './expiry.ts';
import { childCount, entriesBySpiffeId, entryById, facets, stats } from './query.ts';
import { identities } from './identities.ts';
import { joinTokenMade, joinTokens, settleJoinTokens } from './join-tokens.ts';
import { entryTwins, lintAgents, lintChanges, lintForms, lintPart, lintRows, lintTwins } from './lint.ts';
import { parentChains } from './parent-chain.ts';
import { powerfulNames } from './power.ts';
import { recordsBetween } from './records-between.ts';
import { computeReach, updateReach } from './reach.ts';
import { keptRoster, rosterEvents, writeRoster } from './roster.ts';
import { entriesWithSelector, searchEntries } from './search/index.ts';
import { Snapshot } from './snapshot.ts';
import { whyCandidates } from './why.ts';
import { childCounts, entryChanges, treeLeaf, treeLevel, treeRoots } from './tree.ts';
import { noteUndo, undoInput, undosOf } from './undo.ts';

/*
 * What the store can do. One SQLite file (WAL), three threads: the writer, and two readers that neither wait for it
 * nor for each other. To add an operation:
 *
 * - A read is a pure function `(db, …plain arguments) → plain data` in a file of its own (agents.ts, lint.ts, …), and
 *   one line here: in `quickReads` when it answers in some milliseconds at a million entries, else in `slowReads`.
 *   It remembers nothing between calls and asks nothing of the writer but what is in tables (`readMeta`, meta.ts;
 *   `changes` goes up with every change, for caches that the caller keeps). It may not write.
 *   Names of connections become numbers by `connsOf`/`connNames` (conns.ts).
 * - Columns of `entry` are described in schema.ts; whole rows are `decodeEntry(row['body'])`, never parsed otherwise.
 *   Indexes: (conn, id), spiffe_id, parent_id, selectors, expires_at; hint, federates, dns_names of those
 *   that have any. There is no text index in the database: `search/` keeps one in the memory of the quick thread.
 *   A quick read finds rows by a substring with `searchRids(db, conns, text, limit)` (search/index.ts), and entries by a
 *   whole selector with the operation `entriesWithSelector(connections, 'type:value', limit)`.
 * - A write is a function `(db, …plain arguments) → plain data` in one line of `plainWrites`; several statements go
 *   into one `transaction` (transaction.ts). It is one bounded step: snapshots and the audit log wait for it.
 * - A table of its own: schema.ts, `snapshotTables` when it is only a copy of what servers say (thrown away when the
 *   version goes up; add it to the list there), `keptTables` when it is not.
 *
 * Whoever holds the `Store` (client.ts) calls every operation by its name, without `db`, and gets a promise.
 * A write's promise is kept once it is committed: a read that is asked for after that sees it.
 * What changed between readings: `changes(query)`, `bundleVersions`, `bundleVersion` (changes.ts, bundle-versions.ts).
 */

/** Reads of some milliseconds: lists, counts, one row. */
export const quickReads = {
  entries: searchEntries,
  entriesWithSelector,
  entryById,
  entriesBySpiffeId,
  childCount,
  agentPage: queryAgents,
  agentById,
  agentUse,
  entriesDue,
  agentsWatchedSince,
  joinTokens,
  powerfulUnder,
  powerfulNames,
  facets,
  stats,
  listRecords,
  recordById,
  undosOf,
  undoInput,
  changes: queryChanges,
  bundleVersions,
  bundleVersion,
  whyCandidates,
  parentChains,
  entryTwins,
  recordsBetween,
  lintChanges,
  lintRows,
  keptApprovals,
  identities,
  keptRoster,
  rosterEvents,
};

/** Reads that may take longer: whole scans, reports, exports. They go one after the other, beside the quick ones. */
export const slowReads = {
  lintPart,
  lintForms,
  lintTwins,
  lintAgents,
  scanEntries,
  agentImpact,
  agentServes,
  verifyAudit,
  expiryPage,
  longestTtl,
  entryChanges,
  treeRoots,
  treeLevel,
  treeLeaf,
  childCounts,
};

/** Writes without a state of their own. */
export const plainWrites = {
  appendAudit,
  noteUndo,
  joinTokenMade,
  settleJoinTokens,
  approvalDecided,
  writeRoster,
};

/** Writes of the snapshots, which keep their place between calls. */
export function snapshotWrites(db: DatabaseSync) {
  const log = new ChangeLog(db);
  const snapshot = new Snapshot(db, log);
  const holder = (name: string) => ({ conn: snapshot.conn(name), name });
  return {
    forgetOthers: (names: string[]) => snapshot.forgetOthers(names),
    begin: (connection: string, trustDomain: string, at: number) =>
      snapshot.begin(connection, trustDomain, at),
    page: (connection: string, page: PackedEntries) => snapshot.page(connection, page),
    finish: (connection: string, asOf: number) => snapshot.finish(connection, asOf),
    abandon: (connection: string) => snapshot.abandon(connection),
    buildOrders: () => snapshot.buildOrders(),
    agents: (connection: string, rows: AgentRow[], at: number) =>
      writeAgents(db, log, holder(connection), rows, at),
    bundles: (connection: string, rows: BundleRow[], at: number) =>
      writeBundles(db, log, holder(connection), rows, at),
    reach: (connection: string) => computeReach(db, snapshot.conn(connection)),
    /** `found`: not made now, but seen now for the first time. */
    upsert: (connection: string, rows: EntryRow[], at: number, found = false) => {
      snapshot.upsert(connection, rows, at, found);
      updateReach(db, snapshot.conn(connection), rows);
    },
    remove: (connection: string, ids: string[], at: number) => {
      updateReach(db, snapshot.conn(connection), snapshot.delete(connection, ids, at));
    },
  };
}

type Operations = Record<string, (db: DatabaseSync, ...args: never[]) => unknown>;

/** The same operations without their first argument. */
export type Bound<T extends Operations> = {
  [Op in keyof T]: T[Op] extends (db: DatabaseSync, ...args: infer Args) => infer Value
    ? (...args: Args) => Value
    : never;
};

export function bind<T extends Operations>(db: DatabaseSync, operations: T): Bound<T> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (...args: never[]) => operation(db, ...args),
    ]),
  ) as Bound<T>;
}

/** Every operation, as a function of plain arguments. */
export type StoreCore = Bound<typeof quickReads> &
  Bound<typeof slowReads> &
  Bound<typeof plainWrites> &
  ReturnType<typeof snapshotWrites>;
