import { create, toJson } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { AgentSchema, type AgentService, ExportAgentsResponseSchema, ExportFormat } from '@muster/api';
import type { ListAgentsRequest } from '@muster/api';
import { badInput } from '../actions/action.ts';
import { agentStates } from '../inventory/store/agents.ts';
import type { AgentQuery, StoredAgent } from '../inventory/store/agents.ts';
import { toAgent } from './agent-facts.ts';
import { spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { cell, csvText } from './entry-formats.ts';
import { refuseHalf, someServers, staleNotes } from './export-state.ts';
import { iso } from './times.ts';

/** Rows in memory at once. */
const step = 500;

const columns = [
  'id',
  'connection',
  'attestation_type',
  'state',
  'state_reason',
  'banned',
  'can_reattest',
  'version',
  'serial_number',
  'expires_at',
  'entries',
  'renewed_at',
  'known_since',
  'selectors',
] as const;

const words = new Map<number, string>(Object.entries(agentStates).map(([word, state]) => [state, word]));
const isoMs = (ms: number): string => (ms === 0 ? '' : new Date(ms).toISOString());

function csvRow(stored: StoredAgent): string[] {
  const { row } = stored;
  return [
    row.id,
    stored.connection,
    row.attestationType,
    words.get(stored.state) ?? '',
    toAgent(stored).stateReason,
    String(row.banned),
    String(row.canReattest),
    row.version,
    row.serialNumber,
    row.expiresAt === 0n ? '' : iso(row.expiresAt),
    String(stored.entries),
    isoMs(stored.renewedAt),
    isoMs(stored.knownSince),
    cell(row.selectors.map(({ type, value }) => `${type}:${value}`)),
  ];
}

/** A file in parts: what it begins with, rows, what it ends with. */
const writers = new Map([
  [
    ExportFormat.CSV,
    {
      begin: csvText([columns]),
      rows: (agents: readonly StoredAgent[]) => csvText(agents.map(csvRow)),
      end: () => '',
    },
  ],
  [
    ExportFormat.JSON,
    {
      begin: '{"agents":[',
      rows: (agents: readonly StoredAgent[], first: boolean) =>
        agents
          .map((one, i) => {
            const json = toJson(AgentSchema, toAgent(one), { alwaysEmitImplicit: true });
            return `${first && i === 0 ? '' : ','}\n${JSON.stringify(json)}`;
          })
          .join(''),
      end: (empty: boolean) => (empty ? ']}\n' : '\n]}\n'),
    },
  ],
]);

/**
 * The whole result of a search as a file, in parts of some rows each.
 * @param queryOf how `listAgents` reads a request, so that both mean the same rows in the same order
 */
export function agentsExportView(
  context: ViewContext,
  queryOf: (request: ListAgentsRequest, connections: string[], now: Date) => AgentQuery,
): Pick<ServiceImpl<typeof AgentService>, 'exportAgents'> {
  const { inventory } = context;
  return {
    async *exportAgents({ query: asked, format }, { signal }) {
      const writer = writers.get(format);
      if (!writer) throw badInput('format', 'csv or json is needed.');
      if (!asked) throw badInput('query', 'say what to export; an empty one is every agent.');
      const connections = spireOf(context, asked.trustDomains);
      someServers(connections, asked.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstAgents(names);
      refuseHalf(context, connections, 'agents');
      const query = { ...queryOf(asked, names, context.now()), limit: step };
      let rows = 0;
      for (;;) {
        signal.throwIfAborted();
        const { agents, total } = await inventory.store.agentPage({ ...query, offset: rows });
        const first = rows === 0;
        rows += agents.length;
        const last = agents.length < step;
        const parts = [
          first ? writer.begin : '',
          agents.length > 0 ? writer.rows(agents, first) : '',
          last ? writer.end(rows === 0) : '',
        ];
        yield create(ExportAgentsResponseSchema, {
          part: new TextEncoder().encode(parts.join('')),
          rows: BigInt(rows),
          total: BigInt(last ? rows : Math.max(total, rows)),
          changed: last
            ? [rows === total ? '' : moved, ...staleNotes(context, connections)].filter(Boolean).join(' ')
            : '',
        });
        if (last) return;
      }
    },
  };
}

const moved = 'Agents came or went while this was written. Export again for an exact copy.';
