import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { AgentService, AgentSort, AgentState, ListAgentsResponseSchema } from '@muster/api';
import type { ListAgentsRequest } from '@muster/api';
import { agentStates } from '../inventory/store/agents.ts';
import type { AgentOrder, AgentQuery } from '../inventory/store/agents.ts';
import { listAgentsCommand } from '../upstream/spire/agent-commands.ts';
import { getAgent } from './agent-detail.ts';
import { agentsExportView } from './agents-export.ts';
import { moment, toAgent } from './agent-facts.ts';
import { bounded, freshnessOf, pageOf, serversNote, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { listJoinTokens } from './join-tokens.ts';

const orders = new Map<AgentSort, AgentOrder>([
  [AgentSort.ATTESTATION_TYPE, 'attestation_type'],
  [AgentSort.EXPIRES_AT, 'expires_at'],
  [AgentSort.VERSION, 'version'],
  [AgentSort.ENTRIES, 'entries'],
  [AgentSort.RENEWED_AT, 'renewed_at'],
  [AgentSort.STATE, 'state'],
  [AgentSort.TRUST_DOMAIN, 'trust_domain'],
]);
const words = new Map<number, string>(Object.entries(agentStates).map(([word, state]) => [state, word]));

export function agentService(context: ViewContext): Partial<ServiceImpl<typeof AgentService>> {
  const { inventory } = context;
  return {
    async listAgents(request) {
      const connections = spireOf(context, request.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstAgents(names);
      const page = await inventory.store.agentPage(queryOf(request, names, context.now()));
      const facet = ({ value, count }: { value: string; count: number }) => ({ value, count: BigInt(count) });
      const [first] = connections;
      return create(ListAgentsResponseSchema, {
        agents: page.agents.map(toAgent),
        total: BigInt(page.total),
        all: BigInt(page.all),
        attestationTypes: page.attestationTypes.map(facet),
        versions: page.versions.map(facet),
        states: page.states.map(({ state, count }) => facet({ value: words.get(state) ?? '', count })),
        watchedSince: moment(page.watchedSince),
        freshness: freshnessOf(inventory, connections),
        ...(first
          ? {
              command: listAgentsCommand(
                first.config.address,
                { attestationType: request.attestationType, banned: request.state === AgentState.BANNED },
                listNote(request, connections.length),
              ),
            }
          : {}),
      });
    },
    getAgent: (request) => getAgent(context, request),
    ...agentsExportView(context, queryOf),
    listJoinTokens: (request) => listJoinTokens(context, request),
  };
}

function queryOf(request: ListAgentsRequest, connections: string[], now: Date): AgentQuery {
  return {
    connections,
    search: bounded('search', request.search),
    attestationType: bounded('attestation_type', request.attestationType),
    version: bounded('version', request.version),
    state: request.state,
    order: orders.get(request.sort) ?? 'id',
    descending: request.descending,
    ...pageOf(request.page),
    now: Math.floor(now.getTime() / 1000),
  };
}

/** What the tool cannot do of this list. */
function listNote(request: ListAgentsRequest, servers: number): string {
  const beyond = [
    request.search === '' ? '' : 'search text',
    request.version === '' ? '' : 'filter by version',
    request.state === AgentState.UNSPECIFIED || request.state === AgentState.BANNED ? '' : 'tell states',
    request.sort === AgentSort.UNSPECIFIED ? '' : 'sort',
  ].filter((word) => word !== '');
  const cannot = beyond.length === 0 ? '' : `spire-server cannot ${beyond.join(', ')}.`;
  return [cannot, serversNote(servers)].filter((text) => text !== '').join(' ');
}
