import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { ConnectionKind } from '@muster/api';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { readReference } from '../../config/credential.ts';
import type { SlimControlPlaneConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { Found } from '../link.ts';
import { openChannel } from '../transport.ts';
import type { Channel } from '../transport.ts';

/** A connection to the northbound API of a SLIM control plane of the 2.0–3.4 family. */
export class ControlPlaneConnection {
  readonly kind = 'slim-control-plane';
  readonly link: Link;
  readonly config: SlimControlPlaneConfig;
  #channel: Channel | undefined;
  #client: Client<typeof ControlPlaneService> | undefined;

  constructor(config: SlimControlPlaneConfig, deps: ConnectionDeps) {
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
  }

  close(): void {
    this.link.close();
    this.#channel?.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    const client = await this.#open();
    try {
      // Every generation uses the same service name with other shapes; only this method tells 2.0–3.4 apart.
      await client.listDomains({}, { signal });
    } catch (error) {
      const fault = classify(error);
      if (!implemented(fault)) throw new Fault('generation', 'server', { cause: fault });
      if (fault.origin !== 'server') throw fault;
    }
    let nodes = 0;
    for await (const _node of client.listNodes({}, { signal })) nodes += 1;
    return {
      capabilities: [
        { name: 'nodes.read', reason: '' },
        { name: 'channels', reason: 'In this generation channels belong to the channel manager.' },
      ],
      description: `SLIM control plane 2.0–3.4, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    };
  }

  async #open(): Promise<Client<typeof ControlPlaneService>> {
    if (this.#client) return this.#client;
    const ca = this.config.caFile === undefined ? undefined : await readReference(this.config.caFile);
    this.#channel = openChannel({ address: this.config.address, ...(ca === undefined ? {} : { ca }) });
    this.#client = createClient(ControlPlaneService, this.#channel.transport);
    return this.#client;
  }
}

/**
 * A method is there when it answers anything but Unimplemented, and also when its Unimplemented says something
 * of its own: the control plane answers so when domains are not managed by secrets.
 */
function implemented(fault: Fault): boolean {
  if (fault.code === 'not-grpc') return false;
  return (
    fault.code !== 'unimplemented' || (fault.words !== '' && !/^unknown (method|service)/u.test(fault.words))
  );
}
