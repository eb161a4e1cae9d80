import type { Connection } from '@muster/api';
import type { Config, ConnectionConfig, SlimCredentials } from '../config/types.ts';
import { ChannelManagerConnection } from './channel-manager/connection.ts';
import type { OwnerKey } from './channel-manager/signing.ts';
import { ControlPlaneConnection } from './control-plane/connection.ts';
import type { RetryLimits } from './link.ts';
import { DirectNode } from './node-direct/connection.ts';
import { SlimNodeConnection } from './slim-node/connection.ts';
import type { ModeratorEvent, ModeratorStore } from '../moderator/types.ts';
import type { StartModerator } from './slim-node/port.ts';
import { SpireConnection } from './spire/connection.ts';
import { WorkloadConnection } from './workload/connection.ts';
import type { SvidLender } from './workload/lend.ts';

export type AnyConnection =
  | SpireConnection
  | WorkloadConnection
  | ControlPlaneConnection
  | ChannelManagerConnection
  | SlimNodeConnection;

export interface ConnectionsOptions {
  practice: boolean;
  now: () => Date;
  limits?: Partial<RetryLimits>;
  startModerator: StartModerator;
  /** Where the sessions of a connection's moderator are kept; absent: nowhere. */
  moderatorStore?: (connection: string, name: string) => ModeratorStore;
  /** Starts the practice SLIM network, for its slim-node connection. */
  practiceNetwork?: () => Promise<{ endpoint: string; sharedSecret: string }>;
  onState: (connection: Connection, source: AnyConnection) => void;
  /** Keys of ours that channels may be owned by. */
  signer?: (did: string) => OwnerKey | undefined;
  onSvids: (connection: string) => void;
  onModerator: (connection: string, event: ModeratorEvent) => void;
  /** The controller API of a node came, went or changed. */
  onController?: (connection: string) => void;
}

/** Every configured connection; each starts, fails and retries without the others. */
export class Connections {
  readonly all: readonly AnyConnection[];
  /** Controller APIs of nodes, each called as its node's connection. */
  readonly controllers: readonly DirectNode[];
  readonly #byName: ReadonlyMap<string, AnyConnection>;

  constructor(config: Pick<Config, 'connections'>, options: ConnectionsOptions) {
    const made = new Map<string, AnyConnection>();
    // Workload APIs first: others take their SVIDs from them.
    const ordered = config.connections.toSorted(
      (a, b) => Number(b.kind === 'workload-api') - Number(a.kind === 'workload-api'),
    );
    for (const one of ordered) {
      made.set(
        one.name,
        open(one, config.connections, made, options, (state) => {
          const source = made.get(one.name);
          if (source) options.onState(state, source);
        }),
      );
    }
    this.#byName = made;
    this.all = config.connections.flatMap(({ name }) => made.get(name) ?? []);
    const { practice, now, limits, onController } = options;
    this.controllers = config.connections.flatMap((one) =>
      one.kind === 'slim-node' && one.controller
        ? new DirectNode(one, one.controller, {
            practice,
            now,
            onChange: () => onController?.(one.name),
            ...(limits === undefined ? {} : { limits }),
            ...lenderFor(one.controller, made),
          })
        : [],
    );
  }

  start(): void {
    for (const { link } of [...this.all, ...this.controllers]) link.start();
  }

  get(name: string): AnyConnection | undefined {
    return this.#byName.get(name);
  }

  get spire(): SpireConnection[] {
    return this.all.filter((one) => one.kind === 'spire-server');
  }

  get workload(): WorkloadConnection[] {
    return this.all.filter((one) => one.kind === 'workload-api');
  }

  get nodes(): SlimNodeConnection[] {
    return this.all.filter((one) => one.kind === 'slim-node');
  }

  get planes(): ControlPlaneConnection[] {
    return this.all.filter((one) => one.kind === 'slim-control-plane');
  }

  get managers(): ChannelManagerConnection[] {
    return this.all.filter((one) => one.kind === 'channel-manager');
  }

  /** Resolves when every first attempt has ended, either way. */
  async settled(): Promise<void> {
    await Promise.all([...this.all, ...this.controllers].map(({ link }) => link.settled));
  }

  async close(): Promise<void> {
    for (const one of this.controllers) one.close();
    await Promise.all(this.all.map(async (one) => one.close()));
  }
}

function open(
  config: ConnectionConfig,
  all: readonly ConnectionConfig[],
  made: ReadonlyMap<string, AnyConnection>,
  options: ConnectionsOptions,
  onChange: (state: Connection) => void,
): AnyConnection {
  const { practice, now, limits } = options;
  const deps = { practice, now, onChange, ...(limits === undefined ? {} : { limits }) };
  switch (config.kind) {
    case 'spire-server': {
      const workload = config.workloadApi === undefined ? undefined : made.get(config.workloadApi);
      return new SpireConnection(
        config,
        workload?.kind === 'workload-api' ? { ...deps, lender: workload.lend() } : deps,
      );
    }
    case 'workload-api':
      return new WorkloadConnection(config, { ...deps, onSvids: () => options.onSvids(config.name) });
    case 'slim-control-plane':
      return new ControlPlaneConnection(config, { ...deps, ...lenderFor(config, made) });
    case 'channel-manager':
      return new ChannelManagerConnection(config, {
        ...deps,
        ...lenderFor(config, made),
        ...(options.signer === undefined ? {} : { signer: options.signer }),
      });
    case 'slim-node': {
      const { practiceNetwork, moderatorStore } = options;
      const socketOf = (wanted: string | undefined) =>
        all.find(({ name, kind }) => kind === 'workload-api' && name === wanted)?.address;
      const workloadSocket = socketOf(config.moderator?.workloadApi);
      const credentialSocket = socketOf(config.workloadApi);
      return new SlimNodeConnection(config, {
        ...deps,
        start: options.startModerator,
        onEvent: (event) => options.onModerator(config.name, event),
        ...(practiceNetwork === undefined ? {} : { practiceNetwork }),
        ...(moderatorStore === undefined
          ? {}
          : { store: (name: string) => moderatorStore(config.name, name) }),
        ...(workloadSocket === undefined ? {} : { workloadSocket }),
        ...(credentialSocket === undefined ? {} : { credentialSocket }),
      });
    }
  }
}

/** Keys are kept for those only that sign in with a certificate. */
function lenderFor(
  { workloadApi, serverId }: SlimCredentials,
  made: ReadonlyMap<string, AnyConnection>,
): { lender?: SvidLender } {
  const workload = workloadApi === undefined ? undefined : made.get(workloadApi);
  if (workload?.kind !== 'workload-api') return {};
  return { lender: workload.lend({ tokensOnly: serverId === undefined }) };
}
