import { join } from 'node:path';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  ActionService,
  AgentService,
  ConnectionService,
  EntryService,
  ExpiryService,
  GeneratorService,
  GroupService,
  HistoryService,
  ImportService,
  InspectService,
  KeyService,
  LintService,
  NetworkService,
  ReachService,
  ServerService,
  SvidService,
  Topic,
  TrustDomainService,
  WhyService,
} from '@muster/api';
import { Engine } from './actions/engine.ts';
import { actionService } from './actions/service.ts';
import { ApprovalInbox } from './approvals/inbox.ts';
import { ownerOf } from './approvals/owner.ts';
import { recordTogether } from './audit/together.ts';
import { AuthorityWatch } from './authorities/watch.ts';
import type { Config } from './config/types.ts';
import type { EventBus } from './events.ts';
import type { Log } from './log.ts';
import { GroupBook } from './groups/book.ts';
import { MadeChannels } from './groups/made.ts';
import { Inventory } from './inventory/inventory.ts';
import { MemberViews } from './members/members.ts';
import { Networks } from './network/networks.ts';
import { Keyring } from './owner-keys/keyring.ts';
import { homeStore } from './moderator/home-store.ts';
import { startModerator } from './moderator/index.ts';
import type { ModeratorEvent } from './moderator/types.ts';
import { Rosters } from './roster/rosters.ts';
import { Prober } from './upstream/bundle-endpoint/prober.ts';
import { closedErrors } from './upstream/closed-errors.ts';
import { Connections } from './upstream/connections.ts';
import type { AnyConnection } from './upstream/connections.ts';
import type { RetryLimits } from './upstream/link.ts';
import { startPractice } from './upstream/practice.ts';
import type { Practice } from './upstream/practice.ts';
import type { StartModerator } from './upstream/slim-node/port.ts';
import { agentService } from './views/agents.ts';
import { approvalViews } from './views/approvals.ts';
import { connectionService } from './views/connections.ts';
import { entryService } from './views/entries.ts';
import { expiryService } from './views/expiry.ts';
import { generatorService } from './views/generators.ts';
import { groupService, toMessage } from './views/groups.ts';
import { historyService } from './views/history.ts';
import { importService } from './views/imports.ts';
import { inspectService } from './views/inspect.ts';
import { keyService } from './views/keys.ts';
import { lintService } from './views/lint.ts';
import { networkService } from './views/network.ts';
import { reachService } from './views/reach.ts';
import { serverService } from './views/servers.ts';
import { svidService } from './views/svids.ts';
import { trustDomainService } from './views/trust-domains.ts';
import { warmEntries } from './views/warm.ts';
import { whyService } from './views/why.ts';
import { within } from './within.ts';

export interface ConsoleOptions {
  /** MUSTER_HOME, for the store; undefined keeps nothing. */
  home?: string;
  /** Undefined: the practice network. */
  config?: Config;
  events: EventBus;
  log?: Log;
  now?: () => Date;
  /** How connections are tried again; specs make it quicker. */
  retry?: Partial<RetryLimits>;
  startModerator?: StartModerator;
  /** How long a request to the owner of a channel waits, ms; specs make it shorter. */
  approvalLimit?: number;
  /** Entries of the practice network, for benchmarks. */
  practiceEntries?: number;
}

export interface Console {
  /** Registers the connection, entry, SVID, group and action services. */
  routes: (router: ConnectRouter) => void;
  practice: boolean;
  /** First attempts of all connections are over, or took 5 s. */
  ready: Promise<void>;
  close: () => Promise<void>;
}

const readyMs = 5000;

/** Puts the console together; what is upstream comes up behind it. */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { events, config, home } = options;
  const now = options.now ?? (() => new Date());
  const stale = (topic: Topic, scope: string): void => events.emit({ kind: 'invalidated', topic, scope });
  const practice: Practice | undefined = config
    ? undefined
    : await startPractice(options.practiceEntries === undefined ? {} : { entries: options.practiceEntries });

  let members: MemberViews | undefined;
  const inventory = new Inventory({
    home: options.home,
    now,
    events: {
      onEntries: (connection) => {
        members?.identities.forget();
        stale(Topic.ENTRIES, connection);
      },
      onAgents: (connection) => {
        members?.identities.forget();
        stale(Topic.AGENTS, connection);
      },
      onBundles: (connection) => stale(Topic.BUNDLES, connection),
    },
  });
  let networks: Networks | undefined;
  let rosters: Rosters | undefined;
  let keyring: Keyring | undefined;
  let approvals: ApprovalInbox | undefined;
  const connections = new Connections(config ?? { connections: practice?.connections ?? [] }, {
    practice: practice !== undefined,
    now,
    startModerator: options.startModerator ?? startModerator,
    // The practice network ends with this process, and its channels with it.
    ...(home === undefined || practice
      ? {}
      : { moderatorStore: (connection: string, name: string) => homeStore(home, connection, name) }),
    ...(options.retry === undefined ? {} : { limits: options.retry }),
    ...(practice === undefined ? {} : { practiceNetwork: () => practice.network() }),
    onState: (connection, source) => {
      events.emit({ kind: 'connection', connection });
      networks?.changed(source);
      rosters?.noticed(connection.name);
      stateChanged(source, inventory, practice);
    },
    signer: (did) => (keyring?.holds(did) === true ? keyring.signer(did) : undefined),
    onSvids: (connection) => {
      members?.identities.forget();
      stale(Topic.SVIDS, connection);
    },
    onController: (connection) => networks?.changedNamed(connection),
    onModerator: (connection, event) => {
      forward(events, connection, event);
      approvals?.heard(connection, event);
      if (event.type !== 'message')
        rosters?.noticed(connection, event.type === 'channel-deleted' ? event.channel : undefined);
    },
  });
  approvals = new ApprovalInbox({
    now,
    nodes: () => connections.nodes,
    ownerOf: (channel, askedBy) => ownerOf(connections.managers, channel, askedBy),
    store: {
      keep: (id, decidedAt, body) => inventory.store.approvalDecided(id, decidedAt, body),
      kept: () => inventory.store.keptApprovals(),
    },
    onChange: (connection) => stale(Topic.APPROVALS, connection),
    ...(options.approvalLimit === undefined ? {} : { limit: options.approvalLimit }),
  });
  networks = new Networks([...connections.planes, ...connections.controllers], now, (connection) =>
    stale(Topic.NETWORK, connection),
  );
  rosters = new Rosters({
    connections,
    store: inventory.store,
    now,
    onChange: (connection) => {
      members?.lists.forget(connection);
      stale(Topic.CHANNELS, connection);
    },
  });
  const authorities = new AuthorityWatch({
    connections: () => connections.spire,
    now,
    onChange: (connection) => {
      stale(Topic.BUNDLES, connection);
      // A reading from after it: renewals seen later are then known to be later.
      void inventory.refreshAgents(connection);
    },
  });
  const keysOpen = Keyring.open({
    practice: practice !== undefined,
    // The practice network's channels end with it, and so do the keys that own them.
    ...(options.home === undefined || practice ? {} : { home: options.home }),
    ...(config?.ownerKeys?.passphraseFile === undefined
      ? {}
      : { passphraseFile: config.ownerKeys.passphraseFile }),
    holders: () => connections.managers,
    now,
  });
  const followed = inventory.follow(connections.spire);
  // They are dialled while the store opens.
  connections.start();
  authorities.start();
  warmEntries();
  await followed;
  const ownerKeys = await keysOpen;
  keyring = ownerKeys;

  const made = new MadeChannels(
    options.home === undefined || practice ? undefined : join(options.home, 'made-channels.json'),
  );
  const groups = new GroupBook(
    options.home === undefined ? undefined : join(options.home, 'groups.json'),
    () => options.log?.error('groups.json could not be read and was kept aside as groups.json.unreadable'),
  );
  const engine = new Engine({
    connections,
    inventory,
    authorities,
    networks,
    groups,
    made,
    ownerKeys,
    approvals,
    identities: { of: async (names) => members?.identities.of(names) ?? new Map() },
    now,
    onBundles: (connection) => stale(Topic.BUNDLES, connection),
    onChannels: (connection) => {
      members?.lists.forget(connection);
      rosters?.noticed(connection);
      stale(Topic.CHANNELS, connection);
    },
    witness: (record, planned, caller) => rosters?.follow(record, planned, caller) ?? (() => {}),
    record: recordTogether((...lines) => inventory.store.appendAudit(...lines)),
    noteUndo: (outcome) => inventory.store.noteUndo(outcome),
    onRecord: () => stale(Topic.ACTIONS, ''),
  });
  const candidates = (): readonly string[] => practice?.candidates() ?? [];
  const rules = config?.slimIdentities ?? practice?.slimIdentities ?? [];
  members = new MemberViews({ connections, networks, inventory, rules, now, candidates });
  const context = {
    connections,
    inventory,
    authorities,
    groups,
    made,
    ownerKeys,
    now,
    practice: practice !== undefined,
    configFile: config?.file ?? '',
    candidates,
    members,
    // The practice network's endpoints are on this machine.
    prober: new Prober({ allow: config ? (config.probe?.allow ?? []) : ['127.0.0.0/8'], now }),
  };
  return {
    practice: practice !== undefined,
    ready: within(readyMs, connections.settled()),
    routes(router) {
      router.service(ConnectionService, closedErrors(connectionService(context)));
      router.service(EntryService, closedErrors(entryService(context)));
      router.service(AgentService, closedErrors(agentService(context)));
      router.service(ServerService, closedErrors(serverService(context)));
      router.service(TrustDomainService, closedErrors(trustDomainService(context)));
      router.service(SvidService, closedErrors(svidService(context)));
      router.service(ExpiryService, closedErrors(expiryService(context)));
      router.service(GroupService, closedErrors(groupService(context)));
      router.service(ImportService, closedErrors(importService(context)));
      router.service(GeneratorService, closedErrors(generatorService(context)));
      router.service(LintService, closedErrors(lintService(context)));
      router.service(HistoryService, closedErrors(historyService(context)));
      router.service(InspectService, closedErrors(inspectService(context)));
      router.service(NetworkService, closedErrors(networkService({ networks, now })));
      router.service(
        ReachService,
        closedErrors(
          reachService({
            ...context,
            networks,
            identitiesOf: (names) => context.members.identities.of(names),
          }),
        ),
      );
      router.service(
        KeyService,
        closedErrors({
          ...keyService({ ...context, onRecord: () => stale(Topic.ACTIONS, '') }),
          ...approvalViews({ ...context, approvals, identities: members.identities }),
        }),
      );
      router.service(WhyService, closedErrors(whyService(context)));
      router.service(ActionService, closedErrors(actionService(engine, inventory.store)));
    },
    async close() {
      authorities.close();
      networks.close();
      rosters.close();
      await approvals.close();
      await connections.close();
      await inventory.close();
      await practice?.stop();
      ownerKeys.close();
    },
  };
}

function stateChanged(source: AnyConnection, inventory: Inventory, practice: Practice | undefined): void {
  if (source.kind === 'spire-server') inventory.changed(source);
  if (source.kind === 'slim-node' && practice && source.link.up) void practice.furnish(source.moderator);
}

function forward(events: EventBus, connection: string, event: ModeratorEvent): void {
  switch (event.type) {
    case 'message':
      events.emit({
        kind: 'message',
        connection,
        channel: event.channel,
        message: toMessage(event.message),
        earlier: BigInt(event.earlier),
      });
      break;
    case 'state':
    case 'approvals':
    case 'approval-asked':
    case 'approval-withdrawn':
      break;
    default:
      events.emit({ kind: 'invalidated', topic: Topic.CHANNELS, scope: connection });
  }
}
