import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { ControlPlaneService, NodeStatus } from '@muster/wire/gen/slim/a/controlplane/v1/controlplane_pb.js';
import { ConnectionType } from '@muster/wire/gen/slim/a/controller/v1/controller_pb.js';
import { Fault } from '../fault.ts';
import { calling } from './calling.ts';
import { componentsOf, endpointOf, instanceOfNumber, nameOf, numberOfInstance } from './names.ts';
import { abilitiesBut, BasePlane } from './plane.ts';
import type { NodeConnectionRow, NodeRouteRow, NodeRow, PlaneChannelRow, RouteChange } from './port.ts';

/**
 * 0.0.1 to 0.1.1. A route is a subscription of a node to a name through a connection made before. Channels are rows in
 * the control plane's memory: nothing of them reaches a node.
 */
export class FamilyA extends BasePlane {
  readonly generation = 'a';
  readonly abilities = abilitiesBut(
    'routes.write',
    'connections.write',
    'nodes.deregister',
    'channels.write',
  );
  readonly #client: Client<typeof ControlPlaneService>;
  /** Subscription ids of the routes made here. */
  readonly #made = new Map<string, string>();

  constructor(transport: Transport) {
    super();
    this.#client = createClient(ControlPlaneService, transport);
  }

  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    const { entries } = await calling(() => this.#client.listNodes({}, options(signal)));
    return entries.map(({ id, host, port, status }) => ({
      id,
      domain: '',
      status: statuses.get(status) ?? 'unknown',
      endpoints:
        host === ''
          ? []
          : [
              {
                endpoint: `${host}:${port}`,
                external: '',
                tlsRequired: false,
                auth: '',
                spireTrustDomain: '',
              },
            ],
    }));
  }

  async nodeConnections(node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]> {
    const { entries } = await calling(() => this.#client.listConnections({ id: node }, options(signal)));
    return entries.map(({ id, connectionType, configData }) => ({
      id,
      type: connectionType === ConnectionType.LOCAL ? 'local' : 'remote',
      direction: '',
      endpoint: endpointOf(configData),
      linkId: '',
      peerNode: '',
    }));
  }

  async nodeRoutes(node: string, signal?: AbortSignal): Promise<NodeRouteRow[]> {
    const { entries } = await calling(() => this.#client.listSubscriptions({ id: node }, options(signal)));
    return entries.map((entry) => ({
      ...nameOf([entry.component0, entry.component1, entry.component2], instanceOfNumber(entry.id)),
      connections: [
        ...entry.localConnections.map(({ id }) => ({ id, local: true, peerNode: '', linkId: '' })),
        ...entry.remoteConnections.map(({ id }) => ({ id, local: false, peerNode: '', linkId: '' })),
      ],
    }));
  }

  override async addRoute(route: RouteChange): Promise<void> {
    const { node, name, instance, via } = route;
    const answer = await calling(() =>
      this.#client.createSubscription({ nodeId: node, subscription: subscription(name, instance, via) }),
    );
    successful(answer.success);
    this.#made.set(keyOf(route), answer.subscriptionId);
  }

  /** By the id that its making was answered with: no list has it. */
  override async removeRoute(route: RouteChange): Promise<void> {
    const key = keyOf(route);
    const subscriptionId = this.#made.get(key);
    if (subscriptionId === undefined)
      throw new Fault('lacking', 'local', { detail: this.whyNotRemove(route) });
    const answer = await calling(() =>
      this.#client.deleteSubscription({ nodeId: route.node, subscriptionId }),
    );
    successful(answer.success);
    this.#made.delete(key);
  }

  override whyNotRemove(route: RouteChange): string {
    return this.#made.has(keyOf(route))
      ? ''
      : 'It deletes a route by an id that it tells only when the route is made, and this one was not made here since the gateway started.';
  }

  override async createConnection(node: string, endpoint: string, config: string): Promise<string> {
    const answer = await calling(() =>
      this.#client.createConnection({
        nodeId: node,
        connection: { connectionId: endpoint, configData: config },
      }),
    );
    successful(answer.success);
    return answer.connectionId;
  }

  /** Released servers answer that they did not, whatever they were asked. */
  override async deregisterNode(node: string): Promise<void> {
    successful((await calling(() => this.#client.deregisterNode({ id: node }))).success);
  }

  override async channels(): Promise<PlaneChannelRow[]> {
    return (await calling(() => this.#client.listChannels({}))).channelId.map((id) => ({ id }));
  }

  override async createChannel(moderators: string[]): Promise<string> {
    return (await calling(() => this.#client.createChannel({ moderators }))).channelId;
  }

  override async deleteChannel(channelId: string): Promise<void> {
    acknowledged(await calling(() => this.#client.deleteChannel({ channelId })));
  }

  override async participants(channelId: string): Promise<string[]> {
    return (await calling(() => this.#client.listParticipants({ channelId }))).participantId;
  }

  override async addParticipant(channelId: string, participantId: string): Promise<void> {
    acknowledged(await calling(() => this.#client.addParticipant({ channelId, participantId })));
  }

  override async deleteParticipant(channelId: string, participantId: string): Promise<void> {
    acknowledged(await calling(() => this.#client.deleteParticipant({ channelId, participantId })));
  }
}

const statuses = new Map<NodeStatus, NodeRow['status']>([
  [NodeStatus.CONNECTED, 'connected'],
  [NodeStatus.NOT_CONNECTED, 'not-connected'],
]);

const keyOf = ({ node, name, instance, via }: RouteChange): string =>
  JSON.stringify([node, name, instance, via]);

export function subscription(name: string, instance: string, connectionId: string) {
  const [component0, component1, component2] = componentsOf(name);
  const id = numberOfInstance(instance);
  return { component0, component1, component2, connectionId, ...(id === undefined ? {} : { id }) };
}

export function options(signal: AbortSignal | undefined): CallOptions {
  return signal ? { signal } : {};
}

/** A call that went well may still say that it did nothing, and not why. */
export function successful(success: boolean): void {
  if (!success) throw new Fault('precondition', 'server', { words: 'it answered that it did not do it' });
}

export function acknowledged({ success, messages }: { success: boolean; messages: string[] }): void {
  if (!success) throw new Fault('precondition', 'server', { words: messages.join('; ') });
}
