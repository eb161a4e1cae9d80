import { ActionService } from './gen/muster/v1/actions_pb.js';
import { AgentService } from './gen/muster/v1/agents_pb.js';
import { ConnectionService } from './gen/muster/v1/connections_pb.js';
import { EntryService } from './gen/muster/v1/entries_pb.js';
import { GroupService } from './gen/muster/v1/groups_pb.js';
import { SessionService } from './gen/muster/v1/session_pb.js';
import { SvidService } from './gen/muster/v1/svids_pb.js';
import { TrustDomainService } from './gen/muster/v1/trust_domains_pb.js';

/** What a person can read, by the name that `muster view` takes. */
export const views = {
  overview: ConnectionService.method.getOverview,
  connections: ConnectionService.method.listConnections,
  entries: EntryService.method.listEntries,
  entry: EntryService.method.getEntry,
  agents: AgentService.method.listAgents,
  bundles: TrustDomainService.method.listBundles,
  svids: SvidService.method.listSvids,
  channels: GroupService.method.listChannels,
  members: GroupService.method.listMembers,
  messages: GroupService.method.listMessages,
  sessions: SessionService.method.listSessions,
  activity: ActionService.method.listRecords,
} as const satisfies Record<string, { methodKind: 'unary' }>;

export type ViewName = keyof typeof views;
