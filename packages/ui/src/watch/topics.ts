import {
  ActionService,
  AgentService,
  ConnectionService,
  EntryService,
  ExpiryService,
  GroupService,
  HistoryService,
  InspectService,
  KeyService,
  LintService,
  NetworkService,
  ReachService,
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
const { listChannels, listMembers, listMessages, listRosterEvents, compareGroup } = GroupService.method;
const { listExpiry } = ExpiryService.method;

const { explain } = WhyService.method;
const { explain: explainReach } = ReachService.method;
const { listFindings } = LintService.method;
const { listChanges } = HistoryService.method;
const { getContext } = InspectService.method;
const {
  listControlPlanes,
  listNodes,
  listNodeConnections,
  listRoutes,
  listLinks,
  listSegments,
  listDomains,
} = NetworkService.method;

/** The queries that show something of a topic. */
const QUERIES: Record<Topic, readonly DescMethodUnary[]> = {
  [Topic.UNSPECIFIED]: [],
  [Topic.CONNECTIONS]: [listConnections, listFederation, getOverview],
  [Topic.ENTRIES]: [
    listMembers,
    explain,
    getContext,
    listFindings,
    listChanges,
    listEntries,
    getEntry,
    listEntryTree,
    getOverview,
    listExpiry,
  ],
  [Topic.AGENTS]: [
    listMembers,
    explain,
    getContext,
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
    getContext,
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
    listMembers,
    getContext,
    SvidService.method.listSvids,
    SvidService.method.getWorkloadTimeline,
    listExpiry,
    listAuthorities,
    getOverview,
  ],
  [Topic.CHANNELS]: [
    explainReach,
    KeyService.method.listOwnerKeys,
    listChannels,
    listMembers,
    listRosterEvents,
    compareGroup,
    getOverview,
  ],
  [Topic.MESSAGES]: [listMessages],
  [Topic.SESSIONS]: [SessionService.method.listSessions],
  [Topic.NETWORK]: [
    listMembers,
    explainReach,
    listControlPlanes,
    listNodes,
    listNodeConnections,
    listRoutes,
    listLinks,
    listSegments,
    listDomains,
  ],
  [Topic.APPROVALS]: [KeyService.method.listApprovals],
  [Topic.ACTIONS]: [ActionService.method.listRecords, ActionService.method.getRecord],
};

/** Reads again what is on the screen of a topic, and marks the rest of it as out of date. */
export function invalidateTopic(client: QueryClient, topic: Topic): void {
  for (const schema of QUERIES[topic] ?? [])
    void client.invalidateQueries({ queryKey: createConnectQueryKey({ schema, cardinality: undefined }) });
}
