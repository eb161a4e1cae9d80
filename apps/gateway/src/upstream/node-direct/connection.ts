import { ConnectionKind } from '@muster/api';
import type { NodeControllerConfig, SlimNodeConfig } from '../../config/types.ts';
import type { ControlPlane } from '../control-plane/port.ts';
import type { ConnectionDeps } from '../deps.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { Found } from '../link.ts';
import { SlimChannel } from '../slim-channel.ts';
import type { SvidLender } from '../workload/lend.ts';
import type { Speech } from './lists.ts';
import { DirectPlane } from './plane.ts';

/** Releases of nodes by how they speak, as a person knows them. */
const nodeReleases: Readonly<Record<Speech, string>> = { b: '0.0–0.6', e: '0.7–1.4', h: '2.0–3.4' };

export interface DirectNodeDeps extends ConnectionDeps {
  /** The Workload API connection that our SVIDs are of. */
  lender?: SvidLender;
}

/**
 * The controller API of one SLIM node, which `controller` of its connection names. It has a link of its own: whether the
 * node is moderated from here has nothing to do with it.
 */
export class DirectNode {
  readonly kind = 'slim-node-direct';
  /** Channels are not a node's: a control plane, a channel manager or a moderator has them. */
  readonly holdsChannels = false;
  readonly link: Link;
  readonly config: NodeControllerConfig;
  readonly #channel: SlimChannel;
  readonly #plane: DirectPlane;

  constructor(node: SlimNodeConfig, config: NodeControllerConfig, deps: DirectNodeDeps) {
    this.config = config;
    this.link = new Link(
      { ...deps, name: node.name, kind: ConnectionKind.SLIM_NODE, address: config.address },
      (signal) => this.#attempt(signal),
    );
    this.#channel = new SlimChannel(config, deps, this.link);
    const { host, protocol } = new URL(node.address);
    this.#plane = new DirectPlane(this.#channel.transport, {
      id: node.name,
      endpoints: [
        {
          endpoint: host,
          external: '',
          tlsRequired: protocol === 'https:',
          auth: '',
          spireTrustDomain: '',
        },
      ],
    });
  }

  /** What to ask it with. @throws Fault that says why there is nothing now */
  get plane(): ControlPlane {
    if (!this.link.up) throw new Fault('not-ready', 'local');
    return this.#plane;
  }

  /** Releases that speak as it does. */
  get releases(): string {
    return nodeReleases[this.#plane.generation];
  }

  close(): void {
    this.link.close();
    this.#channel.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    try {
      await this.#channel.open();
      await this.#plane.nodes(signal);
      const { presents, stalled } = this.#channel;
      return {
        capabilities: [
          { name: 'nodes.read', reason: '' },
          ...Object.entries(this.#plane.abilities).map(([name, reason]) => ({
            name,
            reason: String(reason),
          })),
        ],
        description: `SLIM node ${this.releases}, directly${presents}`,
        ...(stalled === '' ? {} : { degraded: stalled }),
      };
    } catch (error) {
      this.#channel.retire();
      throw this.#channel.explain(error);
    }
  }
}
