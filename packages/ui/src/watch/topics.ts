import {
  ActionService,
  AgentService,
  ConnectionService,
  EntryService,
  GroupService,
  SessionService,
  SvidService,
  Topic,
  TrustDomainService,
} from '@muster/api';
import type { DescMethodUnary } from '@bufbuild/protobuf';
import { createConnectQueryKey } from '@connectrpc/connect-query';
import type { QueryClient } from '@tanstack/react-query';

const { listConnections, getOverview } = ConnectionService.method;
const { listEntries, getEntry } = EntryService.method;
const { listAgents } = AgentService.method;
const { listBundles } = TrustDomainService.method;
const { listChannels, listMembers, listMessages } = GroupService.method;

/** The queries that show something of a topic. */
const QUERIES: Record<Topic, readonly DescMethodUnary[]> = {
  [Topic.UNSPECIFIED]: [],
  [Topic.CONNECTIONS]: [listConnections, getOverview],
  [Topic.ENTRIES]: [listEntries, getEntry, getOverview],
  [Topic.AGENTS]: [listAgents, getEntry, getOverview],
  [Topic.BUNDLES]: [listBundles, getOverview],
  [Topic.SVIDS]: [SvidService.method.listSvids],
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
