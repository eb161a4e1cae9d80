import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { AgentService, ListAgentsResponseSchema } from '@muster/api';
import { listAgentsCommand } from '../upstream/spire/commands.ts';
import { bounded, freshnessOf, pageOf, serversNote, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { toAgent } from './convert.ts';

export function agentService(context: ViewContext): Partial<ServiceImpl<typeof AgentService>> {
  const { inventory } = context;
  return {
    async listAgents({ page, search, trustDomains }) {
      const connections = spireOf(context, trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      const { agents, total } = await inventory.store.agentPage({
        connections: names,
        search: bounded('search', search),
        ...pageOf(page),
      });
      const [first] = connections;
      return create(ListAgentsResponseSchema, {
        agents: agents.map(toAgent),
        total: BigInt(total),
        freshness: freshnessOf(inventory, connections),
        ...(first
          ? { command: listAgentsCommand(first.config.address, serversNote(connections.length)) }
          : {}),
      });
    },
  };
}
