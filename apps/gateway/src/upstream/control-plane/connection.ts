import { ConnectionKind } from '@muster/api';
import type { SlimControlPlaneConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import { SlimChannel } from '../slim-channel.ts';
import type { SvidLender } from '../workload/lend.ts';
import { FamilyA } from './family-a.ts';
import { FamilyB, FamilyE } from './families-b-e.ts';
import { FamilyH } from './family-h.ts';
import type { ControlPlane, ControlPlaneAbilities, Generation } from './port.ts';
import { probeGeneration } from './probe.ts';

/** Releases that speak each wire family, as a person knows them. */
export const releases: Readonly<Record<Generation, string>> = {
  a: '0.0–0.1',
  b: '0.6',
  c: '0.7–1.0',
  e: '1.4',
  f: '2.0 prerelease',
  g: '2.0 prerelease',
  h: '2.0–3.4',
};

const modes: Readonly<Record<ControlPlane['topologyMode'], string>> = {
  api: ', topology managed by its API',
  config: ', topology managed by its configuration',
  // Nothing tells before the first change.
  unknown: '',
  none: '',
};

export interface ControlPlaneDeps extends ConnectionDeps {
  /** The Workload API connection that our SVIDs are of. */
  lender?: SvidLender;
}

const probeMs = 10_000;

/** A connection to the northbound API of a SLIM control plane, of whatever generation. */
export class ControlPlaneConnection {
  readonly kind = 'slim-control-plane';
  readonly link: Link;
  readonly config: SlimControlPlaneConfig;
  readonly #channel: SlimChannel;
  #plane: ControlPlane | undefined;
  #holdsChannels = false;

  constructor(config: SlimControlPlaneConfig, deps: ControlPlaneDeps) {
    this.config = config;
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.SLIM_CONTROL_PLANE,
        address: config.address,
        labels: config.labels ?? {},
      },
      (signal) => this.#attempt(signal),
    );
    this.#channel = new SlimChannel(config, deps, this.link);
  }

  /** What to ask it with. @throws Fault that says why there is nothing now */
  get plane(): ControlPlane {
    if (!this.#plane || !this.link.up) throw new Fault('not-ready', 'local');
    return this.#plane;
  }

  /** It is of a generation that has the channels itself (A–E), as far as it was ever reached. */
  get holdsChannels(): boolean {
    return this.#holdsChannels;
  }

  /** Asks again what answers there: a connection that came back by itself may lead to another. */
  async speaks(generation: Generation): Promise<boolean> {
    const found = await probeGeneration(this.#channel.transport, AbortSignal.timeout(probeMs));
    if (found !== this.#plane?.generation) {
      this.#plane = undefined;
      this.link.retry();
    }
    return found === generation;
  }

  close(): void {
    this.link.close();
    this.#channel.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    try {
      const plane = await this.#open(signal);
      const nodes = (await plane.nodes(signal)).length;
      const { presents, stalled } = this.#channel;
      return {
        capabilities: capabilitiesOf(plane.abilities),
        description: `SLIM control plane ${releases[plane.generation]}${modes[plane.topologyMode]}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${presents}`,
        ...(stalled === '' ? {} : { degraded: stalled }),
      };
    } catch (error) {
      // What answers there next time may be of another generation, and its certificate another.
      this.#channel.retire();
      this.#plane = undefined;
      throw this.#channel.explain(error);
    }
  }

  async #open(signal: AbortSignal): Promise<ControlPlane> {
    if (await this.#channel.open()) this.#plane = undefined;
    if (this.#plane) return this.#plane;
    const { transport } = this.#channel;
    const generation = await probeGeneration(transport, signal);
    this.#plane =
      generation === 'a'
        ? new FamilyA(transport)
        : generation === 'b'
          ? new FamilyB(transport)
          : generation === 'c' || generation === 'e'
            ? new FamilyE(transport, generation)
            : new FamilyH(transport, generation);
    this.#holdsChannels = this.#plane.abilities['channels.write'] === '';
    return this.#plane;
  }
}

function capabilitiesOf(abilities: ControlPlaneAbilities): CapabilityFact[] {
  return [
    { name: 'nodes.read', reason: '' },
    ...Object.entries(abilities).map(([name, reason]) => ({ name, reason: String(reason) })),
  ];
}
