import type { DatabaseSync } from 'node:sqlite';
import type { AgentRow, SelectorRow } from '../../upstream/spire/rows.ts';
import { decodeAgent, decodeEntry } from './body.ts';
import { connsOf } from './conns.ts';

/** One step on the way from an entry's parent to an agent. */
export type ChainFact =
  | { kind: 'agent'; id: string; agent: AgentRow; asked: boolean }
  | {
      kind: 'alias';
      id: string;
      entryId: string;
      selectors: SelectorRow[];
      /** Agents that have all its selectors: some of them, the one asked about and live ones first. */
      agents: AgentRow[];
      total: number;
      /** The agent asked about has them all; true when none is asked about. */
      asked: boolean;
    }
  | { kind: 'entry'; id: string; entryId: string }
  | { kind: 'server'; id: string }
  | { kind: 'loop'; id: string }
  | { kind: 'nothing'; id: string };

export interface ParentChain {
  parentId: string;
  /** The best way there is: to a live agent (the one asked about) before others. */
  steps: ChainFact[];
  /** A live agent, the one asked about where one is, serves what is under the parent. */
  served: boolean;
  /** Other ways to an agent. */
  others: number;
}

const mostEntries = 50;
const mostAgents = 200;
const deepest = 16;

/**
 * How each parent reaches an agent. SPIRE gives an agent the entries under itself, under aliases of nodes whose
 * selectors it has, and under entries so given.
 */
export function parentChains(
  db: DatabaseSync,
  connection: string,
  parents: readonly string[],
  agentId: string,
  now: number,
): ParentChain[] {
  const [conn] = connsOf(db, [connection]);
  if (conn === undefined) return [];
  const agentRow = db.prepare('SELECT body FROM agent WHERE conn = ? AND id = ?');
  const entriesOf = db.prepare(
    `SELECT id, parent_id, node_alias, body FROM entry WHERE conn = ? AND spiffe_id = ? ORDER BY rid LIMIT ${mostEntries}`,
  );
  const named = db.prepare(
    `SELECT body FROM agent WHERE conn = ? AND instr(text, ?) > 0 ORDER BY banned, expires_at DESC LIMIT ${mostAgents}`,
  );
  const live = (agent: AgentRow): boolean => !agent.banned && agent.expiresAt > BigInt(now);
  const nodes = (selectors: readonly SelectorRow[]): AgentRow[] => {
    const [longest] = selectors.toSorted((a, b) => b.value.length - a.value.length);
    if (!longest) return [];
    const has = (agent: AgentRow): boolean =>
      selectors.every((wanted) =>
        agent.selectors.some(({ type, value }) => type === wanted.type && value === wanted.value),
      );
    const all = named
      .all(conn, `${longest.type}:${longest.value}`.toLowerCase())
      .map((row) => decodeAgent(row['body']))
      .filter(has);
    const own = agentId === '' ? undefined : agentRow.get(conn, agentId);
    if (own && !all.some(({ id }) => id === agentId)) {
      const agent = decodeAgent(own['body']);
      if (has(agent)) all.unshift(agent);
    }
    return all.toSorted((a, b) => Number(b.id === agentId) - Number(a.id === agentId));
  };

  interface Way {
    steps: ChainFact[];
    rank: number;
  }
  const wanted = (id: string): boolean => agentId === '' || id === agentId;
  const ranked = (agent: AgentRow, asked: boolean): number => (live(agent) ? 2 : 1) + (asked ? 2 : 0);
  const aliasWay = (id: string, entryId: string, selectors: SelectorRow[]): Way => {
    const agents = nodes(selectors);
    const asked = agents.some((agent) => wanted(agent.id));
    const rank = Math.max(0, ...agents.map((agent) => ranked(agent, wanted(agent.id))));
    const step = {
      kind: 'alias',
      id,
      entryId,
      selectors,
      agents: agents.slice(0, 3),
      total: agents.length,
      asked,
    } as const;
    return { steps: [step], rank };
  };
  const resolve = (parent: string, above: readonly string[]): Way & { ways: number } => {
    const found = agentRow.get(conn, parent);
    if (found) {
      const agent = decodeAgent(found['body']);
      const asked = wanted(parent);
      return { steps: [{ kind: 'agent', id: parent, agent, asked }], rank: ranked(agent, asked), ways: 1 };
    }
    if (/^spiffe:\/\/[^/]+\/spire\/server$/u.test(parent))
      return { steps: [{ kind: 'server', id: parent }], rank: 0, ways: 0 };
    if (above.includes(parent) || above.length >= deepest)
      return { steps: [{ kind: 'loop', id: parent }], rank: 0, ways: 0 };
    const ways = entriesOf.all(conn, parent).map((row): Way => {
      const entryId = String(row['id']);
      if (Number(row['node_alias']) === 1)
        return aliasWay(parent, entryId, decodeEntry(row['body']).selectors);
      const further = resolve(String(row['parent_id']), [...above, parent]);
      return { steps: [{ kind: 'entry', id: parent, entryId }, ...further.steps], rank: further.rank };
    });
    const [best] = ways.toSorted((a, b) => b.rank - a.rank);
    return best
      ? { ...best, ways: ways.filter(({ rank }) => rank > 0).length }
      : { steps: [{ kind: 'nothing', id: parent }], rank: 0, ways: 0 };
  };
  return [...new Set(parents)].map((parentId) => {
    const { steps, rank, ways } = resolve(parentId, []);
    return { parentId, steps, served: rank === 4, others: Math.max(0, ways - 1) };
  });
}
