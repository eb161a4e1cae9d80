import type { DatabaseSync } from 'node:sqlite';
import type { EntryRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeEntry } from './body.ts';
import { addMeta } from './meta.ts';
import { transaction } from './transaction.ts';

/** What a parent ID reaches: the latest expiry of an agent that may serve it, and what stands in the way. */
interface Reach {
  /** Latest expiry of a reachable agent that is not banned, Unix seconds; 0: none. */
  until: bigint;
  banned: boolean;
  /** Name of the agent or alias, for the reason. */
  via: string;
}

const nowhere: Reach = { until: 0n, banned: false, via: '' };

/**
 * Works out, for every parent of a connection, which agents reach it. SPIRE gives an agent the entries whose
 * parent is the agent itself, or an alias entry of nodes whose selectors the agent has, or an entry so reached.
 * An entry whose parent is not in `reach` is in no known state: nothing is written before the agents have been read, and
 * of what reaches nothing only once all entries have been, because the alias that it goes through may be still to come.
 */
export function computeReach(db: DatabaseSync, conn: number): void {
  const { agents: agentsRead, entries: entriesRead } = readWhole(db, conn);
  if (!agentsRead) return;
  const agents = db
    .prepare('SELECT body FROM agent WHERE conn = ?')
    .all(conn)
    .map((row) => decodeAgent(row['body']));
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const bySelector = new Map<string, Set<string>>();
  for (const agent of agents) {
    for (const { type, value } of agent.selectors) {
      const key = `${type}:${value}`;
      const ids = bySelector.get(key) ?? new Set<string>();
      bySelector.set(key, ids.add(agent.id));
    }
  }
  const merge = (all: readonly Reach[]): Reach => ({
    until: all.reduce((latest, one) => (one.until > latest ? one.until : latest), 0n),
    banned: all.some((one) => one.banned),
    via: all.find((one) => one.until > 0n)?.via ?? all.find((one) => one.via !== '')?.via ?? '',
  });
  const ofAgent = (id: string): Reach | undefined => {
    const agent = byId.get(id);
    return agent && { until: agent.banned ? 0n : agent.expiresAt, banned: agent.banned, via: id };
  };
  const ofAlias = (body: unknown): Reach => {
    const { selectors } = decodeEntry(body);
    const sets = selectors.map(({ type, value }) => bySelector.get(`${type}:${value}`) ?? new Set<string>());
    const smallest = sets.toSorted((a, b) => a.size - b.size)[0] ?? new Set<string>();
    const hits = [...smallest].filter((id) => sets.every((set) => set.has(id)));
    return merge(hits.flatMap((id) => ofAgent(id) ?? []));
  };
  // Without the order index of a finished load these would each read the whole table.
  const entriesOf = db.prepare(
    'SELECT parent_id, node_alias, body FROM entry WHERE conn = ? AND spiffe_id = ? LIMIT 200',
  );
  const memo = new Map<string, Reach>();
  const resolve = (parent: string, depth: number): Reach => {
    const known = memo.get(parent);
    if (known) return known;
    const agent = ofAgent(parent);
    if (agent) {
      memo.set(parent, agent);
      return agent;
    }
    // Stands while it is worked out, so that entries that parent each other end.
    memo.set(parent, nowhere);
    if (depth > 16 || /\/spire\/(agent\/|server$)/u.test(parent)) return nowhere;
    const reached = merge(
      entriesOf
        .all(conn, parent)
        .map((row) =>
          Number(row['node_alias']) === 1
            ? ofAlias(row['body'])
            : resolve(String(row['parent_id']), depth + 1),
        ),
    );
    memo.set(parent, reached);
    return reached;
  };
  for (const parent of parentsOf(db, conn)) resolve(parent, 0);
  transaction(db, () => {
    db.prepare('DELETE FROM reach WHERE conn = ?').run(conn);
    const put = db.prepare('INSERT INTO reach (conn, parent_id, until, banned, via) VALUES (?, ?, ?, ?, ?)');
    for (const [parent, { until, banned, via }] of memo)
      if (entriesRead || via !== '') put.run(conn, parent, until, banned ? 1 : 0, via);
    addMeta(db, 'reach', 1);
  });
}

function readWhole(db: DatabaseSync, conn: number): { agents: boolean; entries: boolean } {
  const row = db.prepare('SELECT agents_as_of, as_of FROM connection WHERE conn = ?').get(conn);
  return { agents: Number(row?.['agents_as_of'] ?? 0) > 0, entries: Number(row?.['as_of'] ?? 0) > 0 };
}

/** Parents there are; with the order by parent also those of other connections, whose reach nobody asks for. */
function parentsOf(db: DatabaseSync, conn: number): string[] {
  const ordered = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry_by_parent_id'").get();
  const rows = ordered
    ? // From one to the next: a million entries have few parents, and DISTINCT would look at each entry.
      db
        .prepare(
          `WITH RECURSIVE parent (id) AS (
             SELECT min(parent_id) FROM entry UNION ALL
             SELECT (SELECT min(e.parent_id) FROM entry e WHERE e.parent_id > parent.id) FROM parent
             WHERE parent.id IS NOT NULL)
           SELECT id FROM parent WHERE id IS NOT NULL`,
        )
        .all()
    : db.prepare('SELECT DISTINCT parent_id AS id FROM entry WHERE conn = ?').all(conn);
  return rows.map((row) => String(row['id']));
}

/**
 * After a few rows were written: worked out anew only when one of them can reach or be reached in a new way. In a first
 * reading it is at its end anyhow.
 */
export function updateReach(db: DatabaseSync, conn: number, rows: readonly EntryRow[]): void {
  if (!readWhole(db, conn).entries) return;
  const known = db.prepare('SELECT 1 FROM reach WHERE conn = ? AND parent_id = ?');
  const has = (id: string): boolean => known.get(conn, id) !== undefined;
  if (rows.some(({ spiffeId, parentId }) => !has(parentId) || has(spiffeId))) computeReach(db, conn);
}
