import { probe } from '../../moderator/probe.ts';
import { ConnectionKind } from '@muster/api';
import type { SlimNodeConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import { serverWords } from '../sentences.ts';
import type { ApprovalDesk } from '../../moderator/approval-types.ts';
import type {
  Moderator,
  ModeratorEvent,
  ModeratorState,
  ModeratorStore,
  NodeCredentials,
} from '../../moderator/types.ts';
import { nodeCredentials, presented } from './credentials.ts';
import { moderatorIdentity } from './identity.ts';
import type { StartModerator } from './port.ts';

export interface SlimNodeDeps extends ConnectionDeps {
  start: StartModerator;
  onEvent: (event: ModeratorEvent) => void;
  /** The practice network starts when it is first asked for, and hands its secret over in memory. */
  practiceNetwork?: () => Promise<{ endpoint: string; sharedSecret: string }>;
  /** Where the sessions of a moderator of this name are kept; absent: nowhere. */
  store?: (name: string) => ModeratorStore;
  /** Socket of the workload-api connection the moderator takes its identity from. */
  workloadSocket?: string;
  /** Socket of the workload-api connection that the JWT-SVID for the node comes from. */
  credentialSocket?: string;
}

const noModerator = 'No moderator is configured for this node (moderator).';

/** A SLIM node we connect to as a moderator of our own channels. */
export class SlimNodeConnection {
  readonly kind = 'slim-node';
  readonly link: Link;
  readonly config: SlimNodeConfig;
  readonly #deps: SlimNodeDeps;
  #moderator: Moderator | undefined;
  #unsubscribe: (() => void)[] = [];

  constructor(config: SlimNodeConfig, deps: SlimNodeDeps) {
    this.config = config;
    this.#deps = deps;
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.SLIM_NODE,
        address: config.address,
        labels: config.labels ?? {},
        // Its first start loads native bindings in a new process.
        limits: { attempt: 20_000, ...deps.limits },
      },
      (signal) => this.#attempt(signal),
    );
  }

  /** The moderator, or the fault that says why there is none now. */
  get moderator(): Moderator {
    if (!this.#moderator || !this.link.up) throw new Fault('not-ready', 'local');
    return this.#moderator;
  }

  /** org/ns/app we moderate as; empty without a moderator. */
  get ownName(): string {
    return this.config.moderator?.name ?? '';
  }

  /** org/ns/app that channel managers ask us at as the owner of channels; empty without a moderator. */
  get approvalName(): string {
    const { moderator } = this.config;
    return moderator ? (moderator.approvals ?? `${moderator.name}-approval`) : '';
  }

  /** Where those requests come in, whether they can just now or not. */
  get desk(): ApprovalDesk | undefined {
    return this.#moderator?.approvals;
  }

  async close(): Promise<void> {
    this.link.close();
    for (const stop of this.#unsubscribe) stop();
    await this.#moderator?.close();
  }

  #credentials(): Promise<NodeCredentials> {
    return nodeCredentials(this.config, this.#deps.credentialSocket, this.#deps.now());
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    const { moderator: wanted } = this.config;
    if (!wanted) {
      await probe(this.config.address).catch(() => {
        throw new Fault('refused', 'transport');
      });
      return {
        capabilities: capabilities(noModerator),
        description: 'SLIM node, not moderated from here',
        // A node that is only read directly lacks nothing that anybody asked for.
        ...(this.config.controller ? {} : { degraded: noModerator }),
      };
    }
    if (!this.#moderator) {
      const network = await this.#deps.practiceNetwork?.();
      if (network) this.link.address = network.endpoint;
      const identity = network
        ? { kind: 'shared-secret' as const, secret: network.sharedSecret }
        : await moderatorIdentity(wanted, this.#deps.workloadSocket);
      const store = network ? undefined : this.#deps.store?.(wanted.name);
      // Closed while the practice network was starting.
      if (signal.aborted) throw new Fault('closed', 'local');
      this.#moderator = this.#deps.start({
        endpoint: this.link.address,
        name: wanted.name,
        identity,
        ...(network ? {} : { credentials: () => this.#credentials() }),
        approvals: this.approvalName,
        ...(store === undefined ? {} : { store }),
      });
      this.#unsubscribe = [
        this.#moderator.onEvent((event) => this.#deps.onEvent(event)),
        this.#moderator.onState((state) => {
          // It supervises itself: when it is back, so are we.
          if (state.state === 'ready') this.link.retry();
          else this.link.lost(moderatorFault(state));
        }),
      ];
    }
    await ready(this.#moderator, signal);
    return {
      capabilities: capabilities(''),
      description: `SLIM node, moderated as ${wanted.name}${presented(this.config)}`,
    };
  }
}

function moderatorFault(state: ModeratorState): Fault {
  return new Fault('moderator', 'local', { detail: 'reason' in state ? serverWords(state.reason) : '' });
}

function capabilities(reason: string): CapabilityFact[] {
  return ['moderate', 'channels.read', 'channels.write', 'members.write', 'messages', 'presence'].map(
    (name) => ({ name, reason }),
  );
}

/** Resolves when the moderator is ready; throws when it failed or the signal fires. */
async function ready(moderator: Moderator, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (): void => {
    const state = moderator.state();
    if (state.state === 'ready') resolve();
    else if (state.state === 'failed' || state.state === 'degraded') reject(moderatorFault(state));
  };
  const late = (): void => reject(new Fault('deadline', 'transport'));
  const stop = moderator.onState(look);
  signal.addEventListener('abort', late, { once: true });
  look();
  try {
    await promise;
  } finally {
    stop();
    signal.removeEventListener('abort', late);
  }
}
