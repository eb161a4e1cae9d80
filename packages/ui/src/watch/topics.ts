import {
  ActionService,
  AgentService,
  ConnectionService,
  EntryService,
  ExpiryService,
  GroupService,
  HistoryService,
  LintService,
  SessionService,
  SvidService,
  Topic,
  TrustDomainService,
  WhyService,
} from '@muster/api';
import type { DescMethodUnary } from '@bufbuild/protobuf';
import { createConnectQueryKey } from '@connectrpc/connect-query';
import type { QueryClient } from '@tanstack/react-query';

const { listConnections, getOverview } = ConnectionService.method;
const { listEntries, getEntry, listEntryTree } = EntryService.method;
const { listAgents, getAgent, listJoinTokens } = AgentService.method;
const { listBundles, getBundle, listFederation, diagnoseFederation, listAuthorities } =
  TrustDomainService.method;
const { listChannels, listMembers, listMessages } = GroupService.method;
const { listExpiry } = ExpiryService.method;

const { explain } = WhyService.method;
const { listFindings } = LintService.method;
const { listChanges } = HistoryService.method;

/** The queries that show something of a topic. */
const QUERIES: Record<Topic, readonly DescMethodUnary[]> = {
  [Topic.UNSPECIFIED]: [],
  [Topic.CONNECTIONS]: [listConnections, listFederation, getOverview],
  [Topic.ENTRIES]: [
    explain,
    listFindings,
    listChanges,
    listEntries,
    getEntry,
    listEntryTree,
    getOverview,
    listExpiry,
  ],
  [Topic.AGENTS]: [
    explain,
    listFindings,
    listChanges,
    listAgents,
    getAgent,
    listJoinTokens,
    getEntry,
    getOverview,
    listExpiry,
    listAuthorities,
  ],
  [Topic.BUNDLES]: [
    listFindings,
    listChanges,
    listBundles,
    getBundle,
    listFederation,
    diagnoseFederation,
    getOverview,
    listExpiry,
    listAuthorities,
  ],
  [Topic.SVIDS]: [
    SvidService.method.listSvids,
    SvidService.method.getWorkloadTimeline,
    listExpiry,
    listAuthorities,
    getOverview,
  ],
  [Topic.CHANNELS]: [listChannels, listMembers, getOverview],
  [Topic.MESSAGES]: [listMessages],
  [Topic.SESSIONS]: [SessionService.method.listSessions],
  [Topic.ACTIONS]: [ActionService.method.listRecords],
};

/** Reads again what is on the screen of a topic, and marks the rest of it as out of date. */
export function invalidateTopic(client: QueryClient, topic: Topic): void {
  for (const schema of QUERIES[topic] ?? [])
    void client.invalidateQueries({ queryKey: createConnectQueryKey({ schema, cardinality: undefined }) });
}
