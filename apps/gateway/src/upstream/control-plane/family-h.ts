import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import {
  ControlPlaneService,
  LinkStatus,
  NodeStatus,
  RouteStatus,
} from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import type { NodeEntry, RouteEntry } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import {
  AuthMethod,
  ConnectionDirection,
  ConnectionType,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import type {
  ConnectionEntry,
  RouteEntry as NodeRouteEntry,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import type { Name } from '@muster/wire/gen/slim/h/dataplane/v1/data_plane_pb.js';
import { Fault } from '../fault.ts';
import { calling } from './calling.ts';
import { options } from './family-a.ts';
import { endpointOf, instanceOfHalves, momentOf, nameOf } from './names.ts';
import { abilitiesBut, BasePlane } from './plane.ts';
import type {
  ControlPlane,
  DomainRow,
  EndpointRow,
  LinkRow,
  NameRow,
  NodeConnectionRow,
  NodeRouteRow,
  NodeRow,
  RouteRow,
  SegmentRow,
} from './port.ts';

/** Rows of a stream that are handed on at a time. */
const batch = 1000;
/** What reading the database of routes may take, ms. */
const routesMs = 60_000;

const byConfig = 'Its topology comes from its own configuration file; change it there.';
const byNobody =
  'It does not manage domains by secrets (registration_auth: shared_secret), so none can be added or removed.';

/**
 * 2.0 to 3.4, and its prereleases by the same shapes. Routes and links follow from segments of domains; nobody writes
 * them. Whether the API may change segments shows only when it is tried: what is learnt is kept.
 */
export class FamilyH extends BasePlane {
  readonly generation: 'f' | 'g' | 'h';
  readonly abilities;
  readonly #client: Client<typeof ControlPlaneService>;
  #mode: ControlPlane['topologyMode'];

  constructor(transport: Transport, generation: 'f' | 'g' | 'h') {
    super();
    this.generation = generation;
    this.abilities =
      generation === 'h'
        ? abilitiesBut('routes.read', 'links.read', 'topology.read', 'topology.write', 'domains.write')
        : abilitiesBut('routes.read', 'links.read');
    this.#client = createClient(ControlPlaneService, transport);
    this.#mode = generation === 'h' ? 'unknown' : 'none';
  }

  override get topologyMode(): ControlPlane['topologyMode'] {
    return this.#mode;
  }

  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    return calling(async () => {
      const rows: NodeRow[] = [];
      for await (const entry of this.#client.listNodes({}, options(signal)))
        if (entry.id !== '') rows.push(nodeOf(entry));
      return rows;
    });
  }

  async nodeConnections(node: string, signal?: AbortSignal): Promise<NodeConnectionRow[]> {
    const { entries } = await calling(() => this.#client.listConnections({ id: node }, options(signal)));
    return entries.map(connectionOf);
  }

  async nodeRoutes(node: string, signal?: AbortSignal): Promise<NodeRouteRow[]> {
    const { entries } = await calling(() => this.#client.listNodeRoutes({ id: node }, options(signal)));
    return entries.map(nodeRouteOf);
  }

  override async *routes(signal?: AbortSignal): AsyncGenerator<RouteRow[]> {
    let rows: RouteRow[] = [];
    // A hundred thousand of them take longer than other answers may.
    const stream = this.#client
      .listRoutes({}, { ...options(signal), timeoutMs: routesMs })
      [Symbol.asyncIterator]();
    for (
      let next = await calling(() => stream.next());
      next.done !== true;
      next = await calling(() => stream.next())
    ) {
      rows.push(routeOf(next.value));
      if (rows.length < batch) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  override async links(signal?: AbortSignal): Promise<LinkRow[]> {
    return calling(async () => {
      const rows: LinkRow[] = [];
      for await (const link of this.#client.listLinks({}, options(signal))) {
        // A link between domains of which one has no node yet.
        const wantedOnly = link.id.startsWith('pending|');
        rows.push({
          id: link.id,
          linkId: wantedOnly ? '' : link.linkId,
          source: link.sourceNodeId,
          destination: link.destNodeId,
          destinationEndpoint: wantedOnly ? '' : link.destEndpoint,
          status: link.deleted ? 'deleted' : (linkStatuses.get(link.status) ?? 'unspecified'),
          statusMessage: link.statusMsg,
          lastUpdated: momentOf(link.lastUpdated),
          wantedOnly,
        });
      }
      return rows;
    });
  }

  override async segments(signal?: AbortSignal): Promise<SegmentRow[]> {
    if (this.generation !== 'h') return super.segments();
    const { segments } = await calling(() => this.#client.listSegments({}, options(signal)));
    return segments.map(({ name, domains, edges }) => ({
      name,
      domains,
      edges: edges.map(({ domainA, domainB }) => ({ a: domainA, b: domainB })),
    }));
  }

  override async domains(signal?: AbortSignal): Promise<DomainRow[]> {
    if (this.generation !== 'h') return super.domains();
    const { domains } = await calling(() => this.#client.listDomains({}, options(signal)));
    return domains.map(({ domainName, nodes }) => ({ name: domainName, nodes }));
  }

  override async addSegment(name: string): Promise<void> {
    await this.#topology(() => this.#client.addSegment({ name }));
  }

  override async removeSegment(name: string): Promise<void> {
    await this.#topology(() => this.#client.removeSegment({ name }));
  }

  override async addLink(domainA: string, domainB: string, segment: string): Promise<string[]> {
    return (await this.#topology(() => this.#client.addTopologyLink({ domainA, domainB, segment }))).warnings;
  }

  override async removeLink(domainA: string, domainB: string, segment: string): Promise<string[]> {
    await this.#topology(() => this.#client.removeTopologyLink({ domainA, domainB, segment }));
    return [];
  }

  override async addDomain(domainName: string, secret: string): Promise<void> {
    await this.#domain(() => this.#client.addDomain({ domainName, secret }));
  }

  override async removeDomain(domainName: string): Promise<void> {
    await this.#domain(() => this.#client.removeDomain({ domainName }));
  }

  async #topology<T>(change: () => Promise<T>): Promise<T> {
    this.#refuse('topology.write');
    try {
      const answer = await calling(change);
      this.#mode = 'api';
      return answer;
    } catch (error) {
      // Every refusal for a reason of its own has another code.
      if (error instanceof Fault && error.origin === 'server' && error.code === 'precondition') {
        this.#mode = 'config';
        this.abilities['topology.write'] = byConfig;
      }
      throw error;
    }
  }

  async #domain<T>(change: () => Promise<T>): Promise<T> {
    this.#refuse('domains.write');
    try {
      return await calling(change);
    } catch (error) {
      if (error instanceof Fault && error.origin === 'server' && error.code === 'unimplemented')
        this.abilities['domains.write'] = byNobody;
      throw error;
    }
  }

  #refuse(ability: 'topology.write' | 'domains.write'): void {
    const detail = this.abilities[ability];
    if (detail !== '') throw new Fault('lacking', 'local', { detail });
  }
}

const nodeStatuses = new Map<NodeStatus, NodeRow['status']>([
  [NodeStatus.CONNECTED, 'connected'],
  [NodeStatus.NOT_CONNECTED, 'not-connected'],
]);

const authMethods = new Map<AuthMethod, EndpointRow['auth']>([
  [AuthMethod.NONE, 'none'],
  [AuthMethod.SPIRE, 'spire'],
  [AuthMethod.BASIC, 'basic'],
  [AuthMethod.JWT, 'jwt'],
  [AuthMethod.OIDC, 'oidc'],
]);

const connectionTypes = new Map<ConnectionType, NodeConnectionRow['type']>([
  [ConnectionType.LOCAL, 'local'],
  [ConnectionType.REMOTE, 'remote'],
  [ConnectionType.PEER, 'peer'],
  [ConnectionType.EDGE, 'edge'],
]);

const routeStatuses = new Map<RouteStatus, RouteRow['status']>([
  [RouteStatus.APPLIED, 'applied'],
  [RouteStatus.FAILED, 'failed'],
  [RouteStatus.DELETED, 'deleted'],
  [RouteStatus.PENDING, 'pending'],
]);

const linkStatuses = new Map<LinkStatus, LinkRow['status']>([
  [LinkStatus.PENDING, 'pending'],
  [LinkStatus.APPLIED, 'applied'],
  [LinkStatus.FAILED, 'failed'],
]);

function nodeOf({ id, domain, status, connections }: NodeEntry): NodeRow {
  return {
    id,
    domain,
    status: nodeStatuses.get(status) ?? 'unknown',
    endpoints: connections.map((one) => ({
      endpoint: one.endpoint,
      external: one.externalEndpoint ?? '',
      tlsRequired: one.tlsRequired,
      auth: authMethods.get(one.authMethod) ?? '',
      spireTrustDomain: one.spireTrustDomain ?? '',
    })),
  };
}

export function nodeRouteOf({ name, connections }: NodeRouteEntry): NodeRouteRow {
  return {
    ...nameRow(name),
    connections: connections.map((one) => ({
      id: one.id,
      local: one.connectionType === ConnectionType.LOCAL,
      peerNode: one.peerNodeId ?? '',
      linkId: one.linkId ?? '',
    })),
  };
}

export function connectionOf(one: ConnectionEntry): NodeConnectionRow {
  return {
    id: one.id,
    type: connectionTypes.get(one.connectionType) ?? 'unknown',
    direction: one.direction === ConnectionDirection.INCOMING ? 'incoming' : 'outgoing',
    endpoint: endpointOf(one.configData),
    linkId: one.linkId ?? '',
    peerNode: one.peerNodeId ?? '',
  };
}

function routeOf(row: RouteEntry): RouteRow {
  return {
    ...nameRow(row.name),
    id: row.id,
    source: row.sourceNodeId,
    destination: row.destNodeId,
    destinationEndpoint: row.destEndpoint,
    status: routeStatuses.get(row.status) ?? 'unspecified',
    statusMessage: row.statusMsg,
    lastUpdated: momentOf(row.lastUpdated),
    linkId: row.linkId,
  };
}

/** Hashes of the components say nothing to a person; where the text is missing, the name is unknown. */
function nameRow(name: Name | undefined): NameRow {
  const text = name?.strName;
  const id = name?.name?.nameId;
  return nameOf(
    [text?.strComponent0 ?? '', text?.strComponent1 ?? '', text?.strComponent2 ?? ''],
    id === undefined ? '' : instanceOfHalves(id.id0, id.id1),
  );
}
