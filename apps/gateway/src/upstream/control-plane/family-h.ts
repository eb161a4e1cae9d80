import { create } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import {
  ControlPlaneService,
  FramesSchema,
  LinkStatus,
  NodeStatus,
  RouteListRequestSchema,
} from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import type { NodeEntry } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import {
  AuthMethod,
  ConnectionDirection,
  ConnectionType,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import type {
  ConnectionEntry,
  RouteEntry as NodeRouteEntry,
} from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import { either } from '../../signals.ts';
import { bundledHeader } from '../bundled-stream.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { calling } from './calling.ts';
import { options } from './family-a.ts';
import { Measure, usualLimits } from './measure.ts';
import type { Limits } from './measure.ts';
import { endpointOf, momentOf } from './names.ts';
import { abilitiesBut, BasePlane } from './plane.ts';
import { nameRow, RouteEntries } from './route-entries.ts';
import type {
  ControlPlane,
  DomainRow,
  EndpointRow,
  LinkRow,
  NodeConnectionRow,
  NodeRouteRow,
  NodeRow,
  RouteRow,
  SegmentRow,
} from './port.ts';

/** What reading the database of routes may take, ms. */
const routesMs = 60_000;

/** The same call, many entries a message, as they are framed. */
const listRouteFrames = { ...ControlPlaneService.method.listRoutes, output: FramesSchema };

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
  readonly #transport: Transport;
  readonly #entries = new RouteEntries();
  readonly #limits: Limits;
  #mode: ControlPlane['topologyMode'];

  constructor(transport: Transport, generation: 'f' | 'g' | 'h', limits = usualLimits) {
    super();
    this.generation = generation;
    this.#limits = limits;
    this.abilities =
      generation === 'h'
        ? abilitiesBut('routes.read', 'links.read', 'topology.read', 'topology.write', 'domains.write')
        : abilitiesBut('routes.read', 'links.read');
    this.#client = createClient(ControlPlaneService, transport);
    this.#transport = transport;
    this.#mode = generation === 'h' ? 'unknown' : 'none';
  }

  override get topologyMode(): ControlPlane['topologyMode'] {
    return this.#mode;
  }

  async nodes(signal?: AbortSignal): Promise<NodeRow[]> {
    return untilRead(signal, async (until) => {
      const rows: NodeRow[] = [];
      const measure = new Measure(this.#limits, 'nodes');
      for await (const entry of this.#client.listNodes({}, options(until))) {
        measure.take(entry.id, entry.domain, ...entry.connections.map(({ endpoint }) => endpoint));
        if (entry.id !== '') rows.push(nodeOf(entry));
      }
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
    const reading = this.#entries.begin();
    const over = new AbortController();
    try {
      // A hundred thousand of them take longer than other answers may.
      const { message } = await this.#transport.stream(
        listRouteFrames,
        either(signal, over),
        routesMs,
        { [bundledHeader]: '1' },
        onlyOne(create(RouteListRequestSchema)),
      );
      const measure = new Measure(this.#limits, 'routes');
      for await (const { frames } of message) {
        const rows = reading.take(frames);
        measure.many(rows.length, frames.length);
        yield rows;
      }
      reading.done();
    } catch (error) {
      throw classify(error);
    } finally {
      // Who has read enough leaves: the server is not to go on with it.
      over.abort();
    }
  }

  override async links(signal?: AbortSignal): Promise<LinkRow[]> {
    return untilRead(signal, async (until) => {
      const rows: LinkRow[] = [];
      const measure = new Measure(this.#limits, 'links');
      for await (const link of this.#client.listLinks({}, options(until))) {
        measure.take(
          link.id,
          link.linkId,
          link.sourceNodeId,
          link.destNodeId,
          link.destEndpoint,
          link.statusMsg,
        );
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

/** A list that is read to its end or given up: the server is not to go on with it then. */
async function untilRead<T>(
  signal: AbortSignal | undefined,
  read: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  try {
    return await calling(() => read(either(signal, over)));
  } finally {
    over.abort();
  }
}

const nodeStatuses = new Map<NodeStatus, NodeRow['status']>([
  // A node whose stream has ended loses its status altogether (3.4.6): slimctl says Unknown of it.
  [NodeStatus.NODE_STATUS_UNSPECIFIED, 'not-connected'],
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

async function* onlyOne<T>(value: T): AsyncGenerator<T> {
  yield value;
}
