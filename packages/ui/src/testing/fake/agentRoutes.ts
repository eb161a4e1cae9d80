import {
  type Agent,
  AgentService,
  AgentSort,
  AgentState,
  ExportFormat,
  type JoinToken,
  JoinTokenSchema,
  JoinTokenState,
  type ListAgentsRequest,
  LoggerLevel,
  type PlanSchema,
  ServerHealth,
  ServerService,
} from '@muster/api';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { failAsAsked } from './entryRoutes.ts';
import type { World } from './world.ts';

/** The join token that is made here. */
export const FAKE_TOKEN = '3f1c2f8e-8d0a-4c55-9d43-0c1d2e3f4a5b';

const WORDS = new Map([
  [AgentState.ATTESTED, 'attested'],
  [AgentState.EXPIRED, 'expired'],
  [AgentState.BANNED, 'banned'],
  [AgentState.OVERDUE, 'overdue'],
]);

/** Agents, join tokens, and what a server says of itself. */
export function agentRoutes(router: ConnectRouter, world: World): void {
  const freshness = () => ({ asOf: timestampFromMs(world.readAt), refreshing: false });
  const all = () => world.agents.map((agent) => ({ ...agent, ...stateOf(agent) }));
  router.service(AgentService, {
    listAgents: (request) => {
      failAsAsked(request.search);
      const rows = all();
      const found = rows.filter((agent) => matches(agent, request)).toSorted(order(request));
      const from = Number(request.page?.offset ?? 0n);
      return {
        agents: found.slice(from, from + (request.page?.limit || 100)),
        total: BigInt(found.length),
        all: BigInt(rows.length),
        freshness: freshness(),
        attestationTypes: facets(rows.map(({ attestationType }) => attestationType)),
        versions: facets(rows.map(({ version }) => version || 'unknown')),
        states: facets(rows.map(({ state }) => WORDS.get(state) ?? 'unknown')),
        watchedSince: timestampFromMs(Date.now() - 3_600_000),
      };
    },
    async *exportAgents({ query, format }) {
      const found = query ? all().filter((agent) => matches(agent, query)) : [];
      const ids = found.map(({ id }) => id);
      const text =
        format === ExportFormat.CSV ? ['id', ...ids].join('\r\n') : JSON.stringify({ agents: ids });
      yield { part: new TextEncoder().encode(text), rows: BigInt(ids.length), total: BigInt(ids.length) };
    },
    getAgent: ({ id }) => {
      const agent = all().find((one) => one.id === id);
      if (!agent) throw new ConnectError('No agent has this ID. It may have been evicted.', Code.NotFound);
      return {
        agent,
        aliases: [
          { spiffeId: 'spiffe://org-a.test/nodes/pier', entryId: 'e-alias', entries: 3n, agents: 2n },
        ],
        served: agent.entries + 3n,
        onlyHere: agent.entries,
        lifePassed: 0.4,
        watchedSince: timestampFromMs(Date.now() - 3_600_000),
        warnings: agent.canReattest
          ? []
          : [
              {
                code: 'not-reattestable',
                text: 'It attested with a join token, which is used up.',
                severity: 1,
              },
            ],
        command: { tool: 'spire-server', line: `spire-server agent show -spiffeID ${id}` },
        freshness: freshness(),
      };
    },
    listJoinTokens: () => ({
      tokens: world.joinTokens,
      outstanding: BigInt(
        world.joinTokens.filter(({ state }) => state === JoinTokenState.OUTSTANDING).length,
      ),
    }),
  });
  router.service(ServerService, {
    getServer: ({ connection, details }) => ({
      connection,
      health: ServerHealth.SERVING,
      level: LoggerLevel.INFO,
      launchLevel: LoggerLevel.INFO,
      commands: [{ tool: 'spire-server', line: 'spire-server logger get' }],
      ...(details && {
        details: {
          entries: 220n,
          agents: 24n,
          bundles: 2n,
          spiffeId: 'spiffe://org-a.test/spire/server',
          startedAt: timestampFromMs(Date.now() - 7_200_000),
          readAt: timestampFromMs(Date.now()),
        },
      }),
    }),
  });
}

function stateOf(agent: Agent): Pick<Agent, 'state' | 'stateReason'> {
  if (agent.banned)
    return { state: AgentState.BANNED, stateReason: 'Its server refuses it until its row is evicted.' };
  if (agent.expiresAt && timestampDate(agent.expiresAt).getTime() < Date.now())
    return { state: AgentState.EXPIRED, stateReason: 'Its SVID expired 40 min ago.' };
  return { state: AgentState.ATTESTED, stateReason: 'Its SVID is valid.' };
}

function matches(agent: Agent, request: ListAgentsRequest): boolean {
  return (
    agent.id.includes(request.search.toLowerCase()) &&
    (request.trustDomains.length === 0 ||
      request.trustDomains.some((td) => agent.id.startsWith(`spiffe://${td}/`))) &&
    (!request.attestationType || agent.attestationType === request.attestationType) &&
    (!request.version || (agent.version || 'unknown') === request.version) &&
    (!request.state || agent.state === request.state)
  );
}

function order({ sort, descending }: ListAgentsRequest): (a: Agent, b: Agent) => number {
  const key = (agent: Agent): string =>
    sort === AgentSort.ENTRIES ? String(agent.entries).padStart(9, '0') : agent.id;
  return (a, b) => key(a).localeCompare(key(b)) * (descending ? -1 : 1);
}

const facets = (values: readonly string[]) =>
  [...Map.groupBy(values, (value) => value)].map(([value, some]) => ({ value, count: BigInt(some.length) }));

const idsOf = (input: JsonObject): string[] =>
  Array.isArray(input['ids']) ? input['ids'].filter((one) => typeof one === 'string') : [];

/** The plans of `agent.*` and `logger.level`. */
export function planAgents(
  world: World,
  action: string,
  input: JsonObject,
): MessageInitShape<typeof PlanSchema> {
  const connection = typeof input['connection'] === 'string' ? input['connection'] : '';
  const about = { targetDescription: `${connection} (${connection.replace('spire-', '')}.test)` };
  if (action === 'logger.level')
    return {
      ...about,
      title: `Set the log level to ${String(input['level']).toUpperCase()}`,
      changes: [{ verb: 'update', kind: 'log level', target: `log of ${connection}`, connection }],
      warnings: [{ code: 'silences-audit', text: 'SPIRE writes its own audit log at INFO.', severity: 3 }],
    };
  if (action === 'agent.joinToken')
    return {
      ...about,
      title: 'Make 1 join token',
      changes: [{ verb: 'create', kind: 'join token', target: 'join token for org-a.test', connection }],
      effects: ['It is shown once, after this, and kept nowhere here.'],
      commands: [{ tool: 'spire-server', line: `spire-server token generate -ttl ${Number(input['ttl'])}` }],
    };
  const hit =
    action === 'agent.purge'
      ? world.agents.filter((agent) => stateOf(agent).state === AgentState.EXPIRED)
      : world.agents.filter(({ id }) => idsOf(input).includes(id));
  const verb = action.split('.')[1] ?? '';
  return {
    ...about,
    title: `${verb[0]?.toUpperCase()}${verb.slice(1)} ${hit.length} ${hit.length === 1 ? 'agent' : 'agents'}`,
    destructive: true,
    changes: hit.map(({ id }) => ({
      verb: verb === 'ban' ? 'ban' : 'evict',
      kind: 'agent',
      target: id,
      connection,
    })),
    effects:
      action === 'agent.ban'
        ? ['Nothing undoes a ban: SPIRE has no unban.']
        : ['Evicting is no ban: its kind attests again by itself.'],
    commands: hit.map(({ id }) => ({
      tool: 'spire-server',
      line: `spire-server agent ${verb} -spiffeID ${id}`,
    })),
  };
}

export function applyAgents(world: World, action: string, input: JsonObject): void {
  const ids = idsOf(input);
  if (action === 'agent.ban')
    for (const agent of world.agents)
      if (ids.includes(agent.id)) Object.assign(agent, { banned: true, serialNumber: '' });
  if (action === 'agent.evict')
    world.agents.splice(0, world.agents.length, ...world.agents.filter(({ id }) => !ids.includes(id)));
  if (action === 'agent.joinToken')
    world.joinTokens = [madeToken(String(input['connection'])), ...world.joinTokens];
}

const madeToken = (connection: string): JoinToken =>
  create(JoinTokenSchema, {
    connection,
    ending: FAKE_TOKEN.slice(-4),
    fingerprint: 'ab'.repeat(32),
    session: '3f9a1c0d5e7b2a48',
    state: JoinTokenState.OUTSTANDING,
    stateReason: 'It can be used for 10 min more.',
    createdAt: timestampFromMs(Date.now()),
    expiresAt: timestampFromMs(Date.now() + 600_000),
  });
