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
  LintService,
  NetworkService,
  ServerService,
  SvidService,
  Topic,
  TrustDomainService,
  WhyService,
} from '@muster/api';
import { Engine } from './actions/engine.ts';
import { actionService } from './actions/service.ts';
import { AuthorityWatch } from './authorities/watch.ts';
import type { Config } from './config/types.ts';
import type { EventBus } from './events.ts';
import { Inventory } from './inventory/inventory.ts';
import { Networks } from './network/networks.ts';
import { startModerator } from './moderator/index.ts';
import type { ModeratorEvent } from './moderator/types.ts';
import { Prober } from './upstream/bundle-endpoint/prober.ts';
import { closedErrors } from './upstream/closed-errors.ts';
import { Connections } from './upstream/connections.ts';
import type { AnyConnection } from './upstream/connections.ts';
import type { RetryLimits } from './upstream/link.ts';
import { startPractice } from './upstream/practice.ts';
import type { Practice } from './upstream/practice.ts';
import type { StartModerator } from './upstream/slim-node/port.ts';
import { agentService } from './views/agents.ts';
import { connectionService } from './views/connections.ts';
import { entryService } from './views/entries.ts';
import { expiryService } from './views/expiry.ts';
import { generatorService } from './views/generators.ts';
import { groupService, toMessage } from './views/groups.ts';
import { historyService } from './views/history.ts';
import { importService } from './views/imports.ts';
import { inspectService } from './views/inspect.ts';
import { lintService } from './views/lint.ts';
import { networkService } from './views/network.ts';
import { serverService } from './views/servers.ts';
import { svidService } from './views/svids.ts';
import { trustDomainService } from './views/trust-domains.ts';
import { whyService } from './views/why.ts';
import { within } from './within.ts';

export interface ConsoleOptions {
  /** MUSTER_HOME, for the store; undefined keeps nothing. */
  home?: string;
  /** Undefined: the practice network. */
  config?: Config;
  events: EventBus;
  now?: () => Date;
  /** How connections are tried again; specs make it quicker. */
  retry?: Partial<RetryLimits>;
  startModerator?: StartModerator;
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
  const { events, config } = options;
  const now = options.now ?? (() => new Date());
  const stale = (topic: Topic, scope: string): void => events.emit({ kind: 'invalidated', topic, scope });
  const practice: Practice | undefined = config
    ? undefined
    : await startPractice(options.practiceEntries === undefined ? {} : { entries: options.practiceEntries });

  const inventory = new Inventory({
    home: options.home,
    now,
    events: {
      onEntries: (connection) => stale(Topic.ENTRIES, connection),
      onAgents: (connection) => stale(Topic.AGENTS, connection),
      onBundles: (connection) => stale(Topic.BUNDLES, connection),
    },
  });
  let networks: Networks | undefined;
  const connections = new Connections(config ?? { connections: practice?.connections ?? [] }, {
    practice: practice !== undefined,
    now,
    startModerator: options.startModerator ?? startModerator,
    ...(options.retry === undefined ? {} : { limits: options.retry }),
    ...(practice === undefined ? {} : { practiceNetwork: () => practice.network() }),
    onState: (connection, source) => {
      events.emit({ kind: 'connection', connection });
      networks?.changed(source);
      stateChanged(source, inventory, practice);
    },
    onSvids: (connection) => stale(Topic.SVIDS, connection),
    onModerator: (connection, event) => forward(events, connection, event),
  });
  networks = new Networks(connections.planes, now, (connection) => stale(Topic.NETWORK, connection));
  const authorities = new AuthorityWatch({
    connections: () => connections.spire,
    now,
    onChange: (connection) => {
      stale(Topic.BUNDLES, connection);
      // A reading from after it: renewals seen later are then known to be later.
      void inventory.refreshAgents(connection);
    },
  });
  const followed = inventory.follow(connections.spire);
  // They are dialled while the store opens.
  connections.start();
  authorities.start();
  await followed;

  const engine = new Engine({
    connections,
    inventory,
    authorities,
    networks,
    now,
    onBundles: (connection) => stale(Topic.BUNDLES, connection),
    onChannels: (connection) => stale(Topic.CHANNELS, connection),
    record: (line) => inventory.store.appendAudit(line),
    noteUndo: (outcome) => inventory.store.noteUndo(outcome),
    onRecord: () => stale(Topic.ACTIONS, ''),
  });
  const context = {
    connections,
    inventory,
    authorities,
    now,
    practice: practice !== undefined,
    configFile: config?.file ?? '',
    candidates: () => practice?.candidates() ?? [],
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
      router.service(WhyService, closedErrors(whyService(context)));
      router.service(ActionService, closedErrors(actionService(engine, inventory.store)));
    },
    async close() {
      authorities.close();
      networks.close();
      await connections.close();
      await inventory.close();
      await practice?.stop();
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
      events.emit({ kind: 'message', connection, channel: event.channel, message: toMessage(event.message) });
      break;
    case 'state':
      break;
    default:
      events.emit({ kind: 'invalidated', topic: Topic.CHANNELS, scope: connection });
  }
}
