import { ActionService } from './gen/muster/v1/actions_pb.js';
import { AgentService } from './gen/muster/v1/agents_pb.js';
import { ConnectionService } from './gen/muster/v1/connections_pb.js';
import { EntryService } from './gen/muster/v1/entries_pb.js';
import { ExpiryService } from './gen/muster/v1/expiry_pb.js';
import { GeneratorService } from './gen/muster/v1/generators_pb.js';
import { GroupService } from './gen/muster/v1/groups_pb.js';
import { ImportService } from './gen/muster/v1/imports_pb.js';
import { InspectService } from './gen/muster/v1/inspect_pb.js';
import { KeyService } from './gen/muster/v1/keys_pb.js';
import { NetworkService } from './gen/muster/v1/network_pb.js';
import { ReachService } from './gen/muster/v1/reach_pb.js';
import { ServerService } from './gen/muster/v1/servers_pb.js';
import { SessionService } from './gen/muster/v1/session_pb.js';
import { SvidService } from './gen/muster/v1/svids_pb.js';
import { TrustDomainService } from './gen/muster/v1/trust_domains_pb.js';
import { HistoryService } from './gen/muster/v1/history_pb.js';
import { LintService } from './gen/muster/v1/lint_pb.js';
import { WhyService } from './gen/muster/v1/why_pb.js';

/** What a person can read, by the name that `muster view` takes. */
export const views = {
  overview: ConnectionService.method.getOverview,
  connections: ConnectionService.method.listConnections,
  entries: EntryService.method.listEntries,
  entry: EntryService.method.getEntry,
  'entry-tree': EntryService.method.listEntryTree,
  agents: AgentService.method.listAgents,
  agent: AgentService.method.getAgent,
  'join-tokens': AgentService.method.listJoinTokens,
  server: ServerService.method.getServer,
  bundles: TrustDomainService.method.listBundles,
  authorities: TrustDomainService.method.listAuthorities,
  expiry: ExpiryService.method.listExpiry,
  bundle: TrustDomainService.method.getBundle,
  'bundle-diff': TrustDomainService.method.compareBundles,
  federation: TrustDomainService.method.listFederation,
  'federation-doctor': TrustDomainService.method.diagnoseFederation,
  svids: SvidService.method.listSvids,
  workload: SvidService.method.getWorkloadTimeline,
  channels: GroupService.method.listChannels,
  members: GroupService.method.listMembers,
  'group-compare': GroupService.method.compareGroup,
  'roster-history': GroupService.method.listRosterEvents,
  messages: GroupService.method.listMessages,
  'owner-keys': KeyService.method.listOwnerKeys,
  approvals: KeyService.method.listApprovals,
  'control-planes': NetworkService.method.listControlPlanes,
  nodes: NetworkService.method.listNodes,
  'connections-slim': NetworkService.method.listNodeConnections,
  routes: NetworkService.method.listRoutes,
  links: NetworkService.method.listLinks,
  segments: NetworkService.method.listSegments,
  domains: NetworkService.method.listDomains,
  'import-preview': ImportService.method.previewImport,
  generators: GeneratorService.method.generate,
  sessions: SessionService.method.listSessions,
  why: WhyService.method.explain,
  reach: ReachService.method.explain,
  'inspect-endpoint': InspectService.method.probeEndpoint,
  'inspect-context': InspectService.method.getContext,
  lint: LintService.method.listFindings,
  history: HistoryService.method.listChanges,
  activity: ActionService.method.listRecords,
  record: ActionService.method.getRecord,
} as const satisfies Record<string, { methodKind: 'unary' }>;

export type ViewName = keyof typeof views;
