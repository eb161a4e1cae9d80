import type { DatabaseSync } from 'node:sqlite';
import { decodeEntry } from './body.ts';
import { connsOf } from './conns.ts';
import { entryFlags } from './entry-flags.ts';

/** Entries that some agents serve, and what of them nobody would serve without those agents. */
export interface AgentImpact {
  /** Entries they serve: directly under them, under aliases of nodes, and under entries so reached. */
  served: number;
  /** Of those, entries that no other agent with a valid SVID could serve. */
  lost: number;
  /** SPIFFE IDs of some of the lost ones, or, when none is lost, of the served ones. */
  names: string[];
  /** SPIFFE IDs of served entries with power over the server, some of them. */
  powerful: string[];
}

export interface Alias {
  spiffeId: string;
  entryId: string;
  entries: number;
  agents: number;
}

export const noImpact: AgentImpact = { served: 0, lost: 0, names: [], powerful: [] };
const mostNames = 20;

/**
 * What depends on these agents of a connection. SPIRE gives an agent the entries whose parent is the agent itself, or
 * an alias of nodes whose selectors the agent has, or an entry so reached. `now` in Unix seconds.
 */
export function agentImpact(
  db: DatabaseSync,
  connection: string,
  ids: readonly string[],
  now: number,
): AgentImpact {
  const [conn] = connsOf(db, [connection]);
  return conn === undefined || ids.length === 0 ? noImpact : impactIn(openGraph(db, conn), ids, now);
}

/** The same of one agent, and the entries of nodes that it belongs to, by name; at most 200. */
export function agentServes(
  db: DatabaseSync,
  connection: string,
  id: string,
  now: number,
): { impact: AgentImpact; aliases: Alias[] } {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return { impact: noImpact, aliases: [] };
  const graph = openGraph(db, conn);
  const agent = graph.agents.get(id);
  return { impact: impactIn(graph, [id], now), aliases: agent ? graph.aliasesOf(agent) : [] };
}

function impactIn(graph: Graph, ids: readonly string[], now: number): AgentImpact {
  const chosen = new Set(ids);
  const valid = ({ banned, expiresAt }: Node): boolean => !banned && expiresAt > now;
  const these = graph.reached(({ id }) => chosen.has(id));
  const others = graph.reached((agent) => !chosen.has(agent.id) && valid(agent));
  // One that is banned or expired serves nothing now, so nothing is lost with it.
  const live = graph.reached((agent) => chosen.has(agent.id) && valid(agent));
  const served = graph.parents.filter((parent) => these(parent));
  const lost = served.filter((parent) => live(parent) && !others(parent));
  const total = (parents: readonly string[]): number =>
    parents.reduce((sum, parent) => sum + graph.count(parent), 0);
  return {
    served: total(served),
    lost: total(lost),
    names: graph.names(lost.length > 0 ? lost : served, mostNames),
    powerful: graph.powerful(served, 5),
  };
}

/** SPIFFE IDs of entries with power over the server directly under a parent, some of them. */
export function powerfulUnder(db: DatabaseSync, connection: string, parent: string): string[] {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return [];
  return db
    .prepare(powerfulSql)
    .all(conn, parent, 5)
    .map((row) => String(row['spiffe_id']));
}

const powerfulSql = `SELECT spiffe_id FROM entry
  WHERE conn = ? AND parent_id = ? AND flags & ${entryFlags.admin | entryFlags.downstream} LIMIT ?`;

/** An agent, as far as it matters here; `expiresAt` in Unix seconds. */
interface Node {
  id: string;
  banned: boolean;
  expiresAt: number;
  selectors: readonly { type: string; value: string }[];
}

interface Graph {
  agents: ReadonlyMap<string, Node>;
  /** Every ID that is parent of an entry. */
  parents: readonly string[];
  /** Tells of a parent whether an agent of that kind reaches it. */
  reached: (is: (agent: Node) => boolean) => (parent: string) => boolean;
  count: (parent: string) => number;
  names: (parents: readonly string[], most: number) => string[];
  powerful: (parents: readonly string[], most: number) => string[];
  aliasesOf: (agent: Node) => Alias[];
}

const isServer = (id: string): boolean => /^spiffe:\/\/[^/]+\/spire\/server$/u.test(id);
const key = ({ type, value }: { type: string; value: string }): string => `${type}:${value}`;

function openGraph(db: DatabaseSync, conn: number): Graph {
  const agents = new Map<string, Node>();
  const bySelector = new Map<string, Set<string>>();
  const rows = db.prepare(
    `SELECT id, banned, expires_at, body ->> '$.selectors' AS selectors FROM agent WHERE conn = ?`,
  );
  for (const row of rows.iterate(conn)) {
    const agent: Node = {
      id: String(row['id']),
      banned: Number(row['banned']) === 1,
      expiresAt: Number(row['expires_at']),
      selectors: JSON.parse(String(row['selectors'])) as Node['selectors'],
    };
    agents.set(agent.id, agent);
    for (const selector of agent.selectors) {
      const ids = bySelector.get(key(selector)) ?? new Set<string>();
      bySelector.set(key(selector), ids.add(agent.id));
    }
  }
  const parents = db
    .prepare('SELECT parent_id FROM reach WHERE conn = ?')
    .all(conn)
    .map((row) => String(row['parent_id']))
    .filter((parent) => !isServer(parent));

  /** Agents that have all selectors of an alias. */
  const nodes = (selectors: readonly { type: string; value: string }[]): string[] => {
    const sets = selectors.map((selector) => bySelector.get(key(selector)) ?? new Set<string>());
    const smallest = sets.toSorted((a, b) => a.size - b.size)[0] ?? new Set<string>();
    return [...smallest].filter((id) => sets.every((set) => set.has(id)));
  };
  const entriesOf = db.prepare(
    'SELECT parent_id, node_alias, body FROM entry WHERE conn = ? AND spiffe_id = ? LIMIT 200',
  );
  const sourcesOf = new Map<string, { agents: string[]; parents: string[] }>();
  const sources = (parent: string): { agents: string[]; parents: string[] } => {
    const known = sourcesOf.get(parent);
    if (known) return known;
    const found = { agents: agents.has(parent) ? [parent] : [], parents: [] as string[] };
    sourcesOf.set(parent, found);
    if (/\/spire\/(agent\/|server$)/u.test(parent)) return found;
    for (const row of entriesOf.all(conn, parent)) {
      if (Number(row['node_alias']) === 1) found.agents.push(...nodes(decodeEntry(row['body']).selectors));
      else found.parents.push(String(row['parent_id']));
    }
    return found;
  };
  const counted = db.prepare('SELECT count(*) AS n FROM entry WHERE conn = ? AND parent_id = ?');
  const named = db.prepare('SELECT spiffe_id FROM entry WHERE conn = ? AND parent_id = ? LIMIT ?');
  const flagged = db.prepare(powerfulSql);
  const count = (parent: string): number => Number(counted.get(conn, parent)?.['n'] ?? 0);

  return {
    agents,
    parents,
    count,
    reached(is) {
      const found = new Set<string>();
      const under = new Map<string, string[]>();
      const seen = new Set<string>();
      const queue: string[] = [];
      const open = [...parents];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        if (seen.has(node)) continue;
        seen.add(node);
        const from = sources(node);
        if (from.agents.some((id) => is(agents.get(id) as Node))) queue.push(node);
        for (const above of from.parents) {
          under.set(above, [...(under.get(above) ?? []), node]);
          open.push(above);
        }
      }
      // Outwards from the agents, so that entries that parent each other neither loop nor hide one another.
      for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
        if (found.has(node)) continue;
        found.add(node);
        queue.push(...(under.get(node) ?? []));
      }
      return (parent) => found.has(parent);
    },
    names(of, most) {
      const out = new Set<string>();
      for (const parent of of) {
        if (out.size >= most) break;
        for (const row of named.all(conn, parent, most)) out.add(String(row['spiffe_id']));
      }
      return [...out].toSorted().slice(0, most);
    },
    powerful(of, most) {
      const out: string[] = [];
      for (const parent of of) {
        if (out.length >= most) break;
        for (const row of flagged.all(conn, parent, most - out.length)) out.push(String(row['spiffe_id']));
      }
      return out;
    },
    aliasesOf(agent) {
      const has = new Set(agent.selectors.map(key));
      const own = db.prepare(
        'SELECT id, spiffe_id, parent_id, body FROM entry WHERE conn = ? AND parent_id = ? LIMIT 20000',
      );
      const server = agent.id.replace(/\/spire\/agent\/.*$/u, '/spire/server');
      const out: Alias[] = [];
      for (const row of own.iterate(conn, server)) {
        const { selectors } = decodeEntry(row['body']);
        if (selectors.length === 0 || !selectors.every((selector) => has.has(key(selector)))) continue;
        const spiffeId = String(row['spiffe_id']);
        out.push({
          spiffeId,
          entryId: String(row['id']),
          entries: count(spiffeId),
          agents: nodes(selectors).length,
        });
        if (out.length >= 200) break;
      }
      return out.toSorted((a, b) => (a.spiffeId < b.spiffeId ? -1 : 1));
    },
  };
}
