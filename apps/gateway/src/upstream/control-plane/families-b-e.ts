import { fromBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { ControlPlaneService as ServiceB } from '@muster/wire/gen/slim/b/controlplane/v1/controlplane_pb.js';
import type { NodeEntry as NodeB } from '@muster/wire/gen/slim/b/controlplane/v1/controlplane_pb.js';
import type {
  ConnectionEntry as ConnectionB,
  SubscriptionEntry,
} from '@muster/wire/gen/slim/b/controller/v1/controller_pb.js';
import {
  ControlPlaneService,
  LinkStatus,
  NodeStatus,
  RouteEntrySchema,
  RouteStatus,
} from '@muster/wire/gen/slim/e/controlplane/v1/controlplane_pb.js';
import type { NodeEntry } from '@muster/wire/gen/slim/e/controlplane/v1/controlplane_pb.js';
import { ConnectionDirection, ConnectionType } from '@muster/wire/gen/slim/e/controller/v1/controller_pb.js';
import type { ConnectionEntry } from '@muster/wire/gen/slim/e/controller/v1/controller_pb.js';
import { calling } from './calling.ts';
import { acknowledged, options, subscription, successful } from './family-a.ts';
import { endpointOf, instanceOfNumber, momentOf, nameOf } from './names.ts';
import { abilitiesBut, BasePlane } from './plane.ts';
import type {
  EndpointRow,
  LinkRow,
  NodeConnectionRow,
  NodeRouteRow,
  NodeRow,
  PlaneChannelRow,
  RouteChange,
  RouteRow,
} from './port.ts';

/** What 0.6 to 1.4 have in common: routes by AddRoute, channels by name that reach the node of their moderator. */
abstract class NamedChannels extends BasePlane {
  abstract override readonly generation: 'b' | 'c' | 'e';
  protected abstract readonly client: Client<typeof ServiceB> | Client<typeof ControlPlaneService>;

  override async addRoute(route: RouteChange): Promise<void> {
    successful(
      (await calling(() => this.client.addRoute({ ...wireRoute(route), ...connectionOf(route) }))).success,
    );
  }

  override async removeRoute(route: RouteChange): Promise<void> {
    successful((await calling(() => this.client.deleteRoute(wireRoute(route)))).success);
  }

  override async channels(): Promise<PlaneChannelRow[]> {
    return (await calling(() => this.client.listChannels({}))).channelName.map((id) => ({ id }));
  }

  override async createChannel(moderators: string[]): Promise<string> {
    return (await calling(() => this.client.createChannel({ moderators }))).channelName;
  }

  override async deleteChannel(channelName: string, moderators: string[]): Promise<void> {
    acknowledged(await calling(() => this.client.deleteChannel({ channelName, moderators })));
  }

  override async participants(channelName: string): Promise<string[]> {
    return (await calling(() => this.client.listParticipants({ channelName }))).participantName;
  }

  override async addParticipant(
    channelName: string,
    participantName: string,
    moderators: string[],
  ): Promise<void> {
    acknowledged(
      await calling(() => this.client.addParticipant({ channelName, participantName, moderators })),
    );
  }

  override async deleteParticipant(
    channelName: string,
    participantName: string,
    moderators: string[],
  ): Promise<void> {
    acknowledged(
      await calling(() => this.client.deleteParticipant({ channelName, participantName, moderators })),
    );
  }
}

/** 0.6: its ListRoutes tells what a node has, and nothing lists a database. */
export class FamilyB extends NamedChannels {
  readonly generation = 'b';
  readonly abilities = abilitiesBut('routes.write', 'channels.write');
  protected readonly client: Client<typeof ServiceB>;

  constructor(transport: Transport) {
    super();
    this.client = createClient(ServiceB, transport);
  }

  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    return (await calling(() => this.client.listNodes({}, options(signal)))).entries.map(nodeB);
  }

  async nodeConnections(node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]> {
    const { entries } = await calling(() => this.client.listConnections({ id: node }, options(signal)));
    return entries.map(connectionB);
  }

  async nodeRoutes(node: string, signal?: AbortSignal): Promise<NodeRouteRow[]> {
    const { entries } = await calling(() => this.client.listRoutes({ id: node }, options(signal)));
    return entries.map(subscribed);
  }
}

/** 0.7 to 1.4. 0.7 lists routes as text, 1.0 and 1.4 as rows; 1.4 lists links. */
export class FamilyE extends NamedChannels {
  readonly generation: 'c' | 'e';
  readonly abilities;
  protected readonly client: Client<typeof ControlPlaneService>;

  constructor(transport: Transport, generation: 'c' | 'e') {
    super();
    this.generation = generation;
    this.abilities = abilitiesBut(
      'routes.read',
      'routes.write',
      'channels.write',
      ...(generation === 'e' ? (['links.read'] as const) : []),
    );
    this.client = createClient(ControlPlaneService, transport);
  }

  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    const { entries } = await calling(() => this.client.listNodes({}, options(signal)));
    return entries.map((entry) => nodeE(entry));
  }

  async nodeConnections(node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]> {
    const { entries } = await calling(() => this.client.listConnections({ id: node }, options(signal)));
    return entries.map((entry) => connectionE(entry, this.generation));
  }

  async nodeRoutes(node: string, signal?: AbortSignal): Promise<NodeRouteRow[]> {
    const { entries } = await calling(() => this.client.listSubscriptions({ id: node }, options(signal)));
    return entries.map(subscribed);
  }

  override async *routes(signal?: AbortSignal): AsyncGenerator<RouteRow[]> {
    const { routes } = await calling(() => this.client.listRoutes({}, options(signal)));
    yield routes.map(routeOf);
  }

  override async links(signal?: AbortSignal): Promise<LinkRow[]> {
    if (this.generation === 'c') return super.links();
    const { links } = await calling(() => this.client.listLinks({}, options(signal)));
    return links.map((link) => ({
      id: link.id,
      linkId: link.linkId,
      source: link.sourceNodeId,
      destination: link.destNodeId,
      destinationEndpoint: link.destEndpoint,
      status: link.deleted ? 'deleted' : (linkStatuses.get(link.status) ?? 'unspecified'),
      statusMessage: link.statusMsg,
      lastUpdated: momentOf(link.lastUpdated),
      wantedOnly: false,
    }));
  }
}

const statuses = new Map<number, NodeRow['status']>([
  [NodeStatus.CONNECTED, 'connected'],
  [NodeStatus.NOT_CONNECTED, 'not-connected'],
]);

const linkStatuses = new Map<LinkStatus, LinkRow['status']>([
  [LinkStatus.PENDING, 'pending'],
  [LinkStatus.APPLIED, 'applied'],
  [LinkStatus.FAILED, 'failed'],
]);

const routeStatuses = new Map<RouteStatus, RouteRow['status']>([
  [RouteStatus.APPLIED, 'applied'],
  [RouteStatus.FAILED, 'failed'],
  [RouteStatus.STALE, 'stale'],
  [RouteStatus.PENDING, 'pending'],
]);

function nodeB({ id, status, connections }: NodeB): NodeRow {
  return {
    id,
    domain: '',
    status: statuses.get(status) ?? 'unknown',
    endpoints: connections.map((one) => ({
      endpoint: one.endpoint,
      external: one.externalEndpoint ?? '',
      tlsRequired: one.mtlsRequired,
      auth: '',
      spireTrustDomain: '',
    })),
  };
}

/** Of 0.7 and 1.0 only the endpoint and TLS mean the same: nothing here tells the two apart. */
function nodeE({ id, status, connections }: NodeEntry): NodeRow {
  const endpoints = connections.map((one): EndpointRow => ({
    endpoint: one.endpoint,
    external: '',
    tlsRequired: one.mtlsRequired,
    auth: '',
    spireTrustDomain: '',
  }));
  return { id, domain: '', status: statuses.get(status) ?? 'unknown', endpoints };
}

export function connectionB({ id, connectionType, configData }: ConnectionB): NodeConnectionRow {
  return {
    id,
    type: Number(connectionType) === Number(ConnectionType.LOCAL) ? 'local' : 'remote',
    direction: '',
    endpoint: endpointOf(configData),
    linkId: '',
    peerNode: '',
  };
}

export function connectionE(entry: ConnectionEntry, generation: 'c' | 'e'): NodeConnectionRow {
  return {
    id: entry.id,
    type: entry.connectionType === ConnectionType.LOCAL ? 'local' : 'remote',
    direction:
      generation === 'c' ? '' : entry.direction === ConnectionDirection.INCOMING ? 'incoming' : 'outgoing',
    endpoint: endpointOf(entry.configData),
    linkId: entry.linkId ?? '',
    peerNode: '',
  };
}

type Subscribed = Pick<SubscriptionEntry, 'component0' | 'component1' | 'component2' | 'id'> & {
  localConnections: readonly { id: bigint }[];
  remoteConnections: readonly { id: bigint; linkId?: string | undefined }[];
};

export function subscribed(entry: Subscribed): NodeRouteRow {
  return {
    ...nameOf([entry.component0, entry.component1, entry.component2], instanceOfNumber(entry.id)),
    connections: [
      ...entry.localConnections.map(({ id }) => ({ id, local: true, peerNode: '', linkId: '' })),
      ...entry.remoteConnections.map(({ id, linkId }) => ({
        id,
        local: false,
        peerNode: '',
        linkId: linkId ?? '',
      })),
    ],
  };
}

/** Text never begins with a control character, and a row always does: with the tag of its first field. */
function routeOf(bytes: Uint8Array): RouteRow {
  if ((bytes[0] ?? 0x20) >= 0x20) {
    return {
      name: '',
      instance: '',
      id: '',
      source: '',
      destination: '',
      destinationEndpoint: '',
      status: 'unspecified',
      statusMessage: new TextDecoder().decode(bytes),
      lastUpdated: undefined,
      linkId: '',
    };
  }
  const row = fromBinary(RouteEntrySchema, bytes);
  return {
    ...nameOf([row.component0, row.component1, row.component2], instanceOfNumber(row.componentId)),
    id: String(row.id),
    source: row.sourceNodeId,
    destination: row.destNodeId,
    destinationEndpoint: row.destEndpoint,
    status: row.deleted ? 'deleted' : (routeStatuses.get(row.status) ?? 'unspecified'),
    statusMessage: row.statusMsg,
    lastUpdated: momentOf(row.lastUpdated),
    linkId: row.linkId,
  };
}

function wireRoute({ node, name, instance, via, destinationNode }: RouteChange) {
  return { nodeId: node, destNodeId: destinationNode, subscription: subscription(name, instance, via) };
}

function connectionOf({ via, config, destinationNode }: RouteChange) {
  return destinationNode === '' ? { connection: { connectionId: via, configData: config } } : {};
}
