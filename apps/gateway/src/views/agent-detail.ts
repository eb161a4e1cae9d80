import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { GetAgentResponseSchema } from '@muster/api';
import type { GetAgentRequest, GetAgentResponse } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import type { StoredAgent } from '../inventory/store/agents.ts';
import { refuse } from '../upstream/refuse.ts';
import { showAgentCommand } from '../upstream/spire/agent-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { agentWarnings, lifePassed, moment, toAgent } from './agent-facts.ts';
import { bounded, freshnessOf, noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

/** One agent: its state, what it serves, and what a person should know of it. */
export async function getAgent(
  context: ViewContext,
  { connection, id: text }: GetAgentRequest,
): Promise<GetAgentResponse> {
  const { inventory } = context;
  const parsed = parseSpiffeId(bounded('id', text, 2048));
  if (!parsed.ok)
    throw new ConnectError(
      `id: ${parsed.problem.message} (SPIFFE ${parsed.problem.code})`,
      Code.InvalidArgument,
    );
  const id = parsed.value.uri;
  if (!parsed.value.path.startsWith('/spire/agent/'))
    throw new ConnectError(
      'id: not the ID of an agent: those begin with /spire/agent/.',
      Code.InvalidArgument,
    );
  const all = context.connections.spire;
  const connections =
    connection === ''
      ? all.filter(
          ({ link, config }) => (link.trustDomain || config.trustDomain) === parsed.value.trustDomain,
        )
      : all.filter(({ link }) => link.name === connection);
  if (connection !== '' && connections.length === 0) throw noSuchConnection(connection, all);
  const names = connections.map(({ link }) => link.name);
  await inventory.firstAgents(names);
  const now = Math.floor(context.now().getTime() / 1000);
  const look = async (): Promise<{ source: SpireConnection; stored: StoredAgent } | undefined> => {
    for (const source of connections) {
      const stored = await inventory.store.agentById(source.link.name, id, now);
      if (stored) return { source, stored };
    }
    return undefined;
  };
  const found = (await look()) ?? ((await readThrough(context, connections, id)) ? await look() : undefined);
  if (!found)
    throw new ConnectError(
      `No agent has this ID on ${names.join(', ') || 'any connected server of its trust domain'}. It may have been evicted.`,
      Code.NotFound,
    );
  const { source, stored } = found;
  const { name } = source.link;
  const [{ aliases, impact }, watched] = await Promise.all([
    inventory.store.agentServes(name, id, now),
    inventory.store.agentsWatchedSince([name]),
  ]);
  const passed = lifePassed(stored);
  return create(GetAgentResponseSchema, {
    agent: toAgent(stored),
    aliases: aliases.map((alias) => ({
      ...alias,
      entries: BigInt(alias.entries),
      agents: BigInt(alias.agents),
    })),
    served: BigInt(impact.served),
    onlyHere: BigInt(impact.lost),
    warnings: agentWarnings(stored, impact, now),
    command: showAgentCommand(source.config.address, id),
    freshness: freshnessOf(inventory, [source]),
    watchedSince: moment(watched),
    ...(passed === undefined ? {} : { lifePassed: passed }),
  });
}

/** The copy may be older than the agent: the server itself is asked before "none". */
async function readThrough(
  { inventory }: ViewContext,
  connections: readonly SpireConnection[],
  id: string,
): Promise<boolean> {
  for (const source of connections.filter(({ link }) => link.up)) {
    const there = await source.client.agents.get(id).catch((error: unknown) => {
      throw refuse('Reading the agent', source.link.name, error);
    });
    if (!there) continue;
    await inventory.refreshAgents(source.link.name);
    return true;
  }
  return false;
}
