import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import type {
  Agent as AgentService,
  CountAgentsRequest_Filter,
} from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import type { Agent, AgentMask } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { AgentMaskSchema, AgentSchema } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { SPIFFEID } from '@muster/wire/gen/spire/api/types/spiffeid_pb.js';
import { agentId, spiffeId, text, workloadId } from './ids.ts';
import { project } from './mask.ts';
import { pageOf, rowAfter } from './paging.ts';
import { checkSelectors, matches, selectorSet } from './selectors.ts';
import { internal, invalid, notFound, within } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

type Fields = Omit<CountAgentsRequest_Filter, '$typeName'>;

const masked = (agent: Agent, mask: AgentMask | undefined): Agent =>
  project(AgentSchema, agent, AgentMaskSchema, mask, ['id']);

const joinTokenPath = '/spire/agent/join_token/';

export function agentService(state: TrustDomainState): ServiceImpl<typeof AgentService> {
  const { agents, entries, name } = state;

  const find = (id: SPIFFEID | undefined): Agent => {
    const wanted = within('invalid agent ID', () => agentId(id, name));
    const agent = agents.get(text(wanted));
    if (!agent) throw notFound('agent not found');
    return agent;
  };

  return {
    countAgents({ filter }) {
      return { count: agents.values().filter(agentFilter(filter)).length };
    },

    listAgents({ filter, outputMask, pageSize, pageToken }) {
      const keeps = agentFilter(filter);
      const rows = [...agents.numbered()].filter(([, agent]) => keeps(agent));
      const page = pageOf(rows, pageSize, pageSize > 0 ? rowAfter(pageToken, 'agents') : 0);
      return {
        agents: page.items.map((agent) => masked(agent, outputMask)),
        nextPageToken: page.nextPageToken,
      };
    },

    getAgent({ id, outputMask }) {
      return masked(find(id), outputMask);
    },

    deleteAgent({ id }) {
      const agent = find(id);
      agents.delete(text(agent.id));
      if (agent.id?.path.startsWith(joinTokenPath)) deleteAlias(state, text(agent.id));
      state.onEvicted(agent);
      entries.changes.emit();
      return {};
    },

    banAgent({ id }) {
      const agent = find(id);
      agents.set(text(agent.id), { ...agent, banned: true, x509svidSerialNumber: '' });
      entries.changes.emit();
      return {};
    },

    createJoinToken({ ttl, token, agentId: alias }) {
      if (ttl < 1) throw invalid('ttl is required, you must provide one');
      const aliasId = alias && within('invalid agent ID', () => workloadId(alias, name));
      const value = token || randomUUID();
      if (state.joinTokens.has(value))
        throw internal('failed to create token: datastore-sql: UNIQUE constraint failed: join_tokens.token');
      state.joinTokens.add(value);
      const now = state.clock.seconds();
      if (aliasId)
        entries.add(
          create(EntrySchema, {
            id: randomUUID(),
            spiffeId: aliasId,
            parentId: spiffeId(name, joinTokenPath + value),
            selectors: [{ type: 'spiffe_id', value: text(spiffeId(name, joinTokenPath + value)) }],
            createdAt: BigInt(now),
          }),
        );
      return { value, expiresAt: BigInt(now + ttl) };
    },
  };
}

/** The entry that came with the join token goes with its agent. */
function deleteAlias({ entries }: TrustDomainState, agent: string): void {
  for (const entry of entries.keptEntries())
    if (text(entry.parentId) === agent && entry.selectors[0]?.type === 'spiffe_id') entries.delete(entry.id);
}

function agentFilter(fields: Fields | undefined): (agent: Agent) => boolean {
  const rules: ((agent: Agent) => boolean)[] = [];
  if (fields?.byAttestationType) rules.push((agent) => agent.attestationType === fields.byAttestationType);
  if (fields?.byBanned !== undefined) rules.push((agent) => agent.banned === fields.byBanned);
  if (fields?.byCanReattest !== undefined) rules.push((agent) => agent.canReattest === fields.byCanReattest);
  const selectors = fields?.bySelectorMatch;
  if (selectors) {
    if (selectors.selectors.length === 0) throw internal('cannot list by empty selectors set');
    within('failed to parse selectors', () => checkSelectors(selectors.selectors));
    const wanted = selectorSet(selectors.selectors);
    rules.push((agent) => matches(selectorSet(agent.selectors), wanted, selectors.match, 'selectors'));
  }
  const before = parseExpiresBefore(fields?.byExpiresBefore ?? '');
  if (before !== undefined) rules.push((agent) => Number(agent.x509svidExpiresAt) < before);
  return (agent) => rules.every((rule) => rule(agent));
}

/** `2026-11-22 22:19:05 +0000 +00` as Unix seconds. Anything else filters nothing: that is what the server does. */
function parseExpiresBefore(value: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d) [+-]\d\d$/.exec(value);
  if (!parts) return undefined;
  const parsed = Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`);
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
}
