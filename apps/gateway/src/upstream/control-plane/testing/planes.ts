import { randomBytes } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  ControlPlaneService as ServiceA,
  NodeStatus,
} from '@muster/wire/gen/slim/a/controlplane/v1/controlplane_pb.js';
import { ControlPlaneService as ServiceB } from '@muster/wire/gen/slim/b/controlplane/v1/controlplane_pb.js';
import {
  ControlPlaneService as ServiceE,
  RouteEntrySchema,
  RouteStatus,
} from '@muster/wire/gen/slim/e/controlplane/v1/controlplane_pb.js';
import type {
  AddRouteRequest,
  DeleteRouteRequest,
  LinkEntrySchema,
} from '@muster/wire/gen/slim/e/controlplane/v1/controlplane_pb.js';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';

/** What a Go control plane answers for a node that it does not know, whatever it was asked. */
const noNode = (id: string): ConnectError =>
  new ConnectError(`failed to get node by ID: node with ID ${id} not found`, Code.Unknown);

const nodeIds = ['slim/0', 'slim/1'];

function mustKnow(id: string): void {
  if (!nodeIds.includes(id)) throw noNode(id);
}

const local = { id: 1n, connectionType: 0, configData: '{}' } as const;
const remote = {
  id: 2n,
  connectionType: 1,
  configData: '{"endpoint":"http://user:pass@10.0.0.2:46357","auth":{"basic":{"password":"hunter2"}}}',
} as const;
const heard = [
  {
    component0: 'org',
    component1: 'ns',
    component2: 'app',
    id: 7n,
    localConnections: [local],
    remoteConnections: [remote],
  },
  { component0: 'org', component1: 'ns', component2: 'any', id: 0xffff_ffff_ffff_ffffn },
];

interface Rooms {
  made: Map<string, Set<string>>;
  noChannel: (name: string) => ConnectError;
}
const rooms = (): Rooms => ({
  made: new Map(),
  noChannel: (name) => new ConnectError(`channel ${name} not found`, Code.Unknown),
});

/** 0.1: channels are rows of its own, ids are made by it, and participants need not exist. */
export async function planeA(): Promise<
  ServedPlane & { subscriptions: Set<string>; connections: Map<string, string> }
> {
  const { made, noChannel } = rooms();
  const subscriptions = new Set<string>();
  const names = new Map<
    string,
    { component0: string; component1: string; component2: string; id?: bigint }
  >();
  const connections = new Map<string, string>();
  const plane = await servePlane('go', (router) =>
    router.service(ServiceA, {
      listNodes: () => ({
        entries: [
          { id: 'slim/0', host: '10.0.0.1', port: 46358, status: NodeStatus.CONNECTED },
          { id: 'slim/1', host: '10.0.0.2', port: 46358, status: NodeStatus.NOT_CONNECTED },
        ],
      }),
      listConnections({ id }) {
        mustKnow(id);
        const made = [...connections].filter(([, node]) => node === id);
        return {
          entries: [
            local,
            remote,
            ...made.map(([endpoint], index) => ({
              id: BigInt(index + 3),
              connectionType: 1,
              configData: JSON.stringify({ endpoint }),
            })),
          ],
        };
      },
      listSubscriptions({ id }) {
        mustKnow(id);
        const own = [...names].filter(([key]) => subscriptions.has(key) && key.startsWith(`${id}|`));
        return { entries: [...heard, ...own.map(([, name]) => name)] };
      },
      createConnection({ connection, nodeId }) {
        mustKnow(nodeId);
        const { endpoint } = JSON.parse(connection?.configData ?? '') as { endpoint?: string };
        if (endpoint !== connection?.connectionId)
          throw new ConnectError('connection endpoint does not match its id', Code.Unknown);
        connections.set(connection?.connectionId ?? '', nodeId);
        return { success: true, connectionId: connection?.connectionId ?? '' };
      },
      createSubscription({ subscription, nodeId }) {
        mustKnow(nodeId);
        if (!connections.has(subscription?.connectionId ?? ''))
          throw new ConnectError('failed to get connection', Code.Unknown);
        const subscriptionId = `${nodeId}|${randomBytes(6).toString('hex')}`;
        subscriptions.add(subscriptionId);
        const { component0 = '', component1 = '', component2 = '', id } = subscription ?? {};
        names.set(subscriptionId, {
          component0,
          component1,
          component2,
          ...(id === undefined ? {} : { id }),
        });
        return { success: true, subscriptionId };
      },
      deleteSubscription({ subscriptionId, nodeId }) {
        mustKnow(nodeId);
        if (!subscriptions.delete(subscriptionId))
          throw new ConnectError('failed to get subscription', Code.Unknown);
        return { success: true };
      },
      // What is released does nothing, and says so.
      deregisterNode: () => ({ success: false }),
      createChannel({ moderators }) {
        if (moderators.length === 0)
          throw new ConnectError('at least one moderator is required', Code.Unknown);
        const channelId = `${moderators[0]}-${randomBytes(9).toString('hex')}`;
        made.set(channelId, new Set());
        return { channelId };
      },
      deleteChannel({ channelId }) {
        if (!made.delete(channelId)) throw noChannel(channelId);
        return { success: true };
      },
      addParticipant({ channelId, participantId }) {
        const there = made.get(channelId);
        if (!there) throw noChannel(channelId);
        if (there.has(participantId))
          throw new ConnectError(
            `participant ${participantId} already exists in channel ${channelId}`,
            Code.Unknown,
          );
        there.add(participantId);
        return { success: true };
      },
      deleteParticipant({ channelId, participantId }) {
        if (made.get(channelId)?.delete(participantId) !== true) throw noChannel(channelId);
        return { success: true };
      },
      listChannels: () => ({ channelId: [...made.keys()] }),
      listParticipants({ channelId }) {
        const there = made.get(channelId);
        if (!there) throw noChannel(channelId);
        return { participantId: [...there] };
      },
    }),
  );
  return Object.assign(plane, { subscriptions, connections });
}

/** 0.6: routes by AddRoute; a channel needs a moderator that is somewhere. */
export async function planeB(): Promise<ServedPlane & { routes: string[] }> {
  const { made } = rooms();
  const routes: string[] = [];
  const plane = await servePlane('go', (router) =>
    router.service(ServiceB, {
      listNodes: () => ({
        entries: [
          {
            id: 'slim/0',
            status: 1,
            connections: [
              { endpoint: '10.0.0.1:46357', mtlsRequired: true, externalEndpoint: 'slim.example:46357' },
            ],
          },
        ],
      }),
      listConnections({ id }) {
        mustKnow(id);
        return { entries: [local, remote] };
      },
      listRoutes({ id }) {
        mustKnow(id);
        const own = routes.flatMap((one) => {
          const [node = '', , , component2 = ''] = one.split('|');
          return node === id ? { component0: 'org', component1: 'ns', component2 } : [];
        });
        return { entries: [...heard, ...own] };
      },
      addRoute({ nodeId, destNodeId, connection, subscription }) {
        mustKnow(nodeId);
        routes.push(
          [nodeId, destNodeId, connection?.connectionId ?? '', subscription?.component2 ?? ''].join('|'),
        );
        return { success: true, routeId: 'r' };
      },
      deleteRoute({ nodeId, destNodeId }) {
        const at = routes.findIndex((one) => one.startsWith(`${nodeId}|${destNodeId}|`));
        if (at < 0) return { success: false };
        routes.splice(at, 1);
        return { success: true };
      },
      ...namedChannels(made),
    }),
  );
  return Object.assign(plane, { routes });
}

function namedChannels(made: Map<string, Set<string>>) {
  return {
    createChannel({ moderators }: { moderators: string[] }) {
      // org/ns/app/id, of a node that announces it.
      if (!moderators[0]?.endsWith('/1'))
        throw new ConnectError('failed to find moderator node', Code.Unknown);
      const channelName = 'org/ns/room';
      made.set(channelName, new Set());
      return { channelName };
    },
    deleteChannel: ({ channelName }: { channelName: string }) =>
      made.delete(channelName) ? { success: true } : { success: false, messages: ['no such channel'] },
    addParticipant({ channelName, participantName }: { channelName: string; participantName: string }) {
      made.get(channelName)?.add(participantName);
      return { success: made.has(channelName), messages: made.has(channelName) ? [] : ['no such channel'] };
    },
    deleteParticipant: ({
      channelName,
      participantName,
    }: {
      channelName: string;
      participantName: string;
    }) => ({
      success: made.get(channelName)?.delete(participantName) ?? false,
      messages: [],
    }),
    listChannels: () => ({ channelName: [...made.keys()] }),
    listParticipants: ({ channelName }: { channelName: string }) => ({
      participantName: [...(made.get(channelName) ?? [])],
    }),
  };
}

type RouteInit = MessageInitShape<typeof RouteEntrySchema>;

/** 0.7 lists its routes as text, 1.0 as rows; 1.4 has links too. */
export function planeE(
  version: '0.7' | '1.0' | '1.4',
  rows: {
    routes?: readonly RouteInit[];
    texts?: readonly string[];
    links?: MessageInitShape<typeof LinkEntrySchema>[];
    nodes?: readonly string[];
    /** What becomes of a route that is added; APPLIED unless said. */
    takes?: Pick<RouteInit, 'status' | 'statusMsg'>;
  } = {},
  port = 0,
): Promise<ServedPlane & { added: RouteInit[] }> {
  const { made } = rooms();
  const added: RouteInit[] = [];
  const own = (id: string) => added.filter((route) => route.sourceNodeId === id);
  const { listLinks, ...others } = ServiceE.method;
  const methods = {
    listNodes: () => ({
      entries: (rows.nodes ?? ['slim/0']).map((id) => ({
        id,
        status: 1,
        connections: [{ endpoint: '10.0.0.1:46357' }],
      })),
    }),
    listConnections({ id }: { id: string }) {
      mustKnow(id);
      const more = version === '1.4' ? { linkId: 'l1', direction: 1 } : {};
      return { originalMessageId: 'm', entries: [local, { ...remote, ...more }] };
    },
    listSubscriptions({ id }: { id: string }) {
      mustKnow(id);
      const names = own(id).map(({ component0 = '', component1 = '', component2 = '', componentId }) => ({
        ...{ component0, component1, component2 },
        ...(componentId === undefined ? {} : { id: componentId }),
      }));
      return { originalMessageId: 'm', entries: [...heard, ...names] };
    },
    listRoutes: () => ({
      routes:
        version === '0.7'
          ? [
              ...(rows.texts ?? []),
              ...added.map((one) => `${one.sourceNodeId}->${one.destNodeId}/${one.component2}`),
            ].map((text) => new TextEncoder().encode(text))
          : [...(rows.routes ?? []), ...added].map((row) =>
              toBinary(RouteEntrySchema, create(RouteEntrySchema, row)),
            ),
    }),
    addRoute({ nodeId, destNodeId, connection, subscription }: AddRouteRequest) {
      mustKnow(nodeId);
      if (connection && endpointIn(connection.configData) !== connection.connectionId)
        throw new ConnectError('connection endpoint does not match its id', Code.Unknown);
      const { component0 = '', component1 = '', component2 = '', id } = subscription ?? {};
      added.push({
        ...{ component0, component1, component2 },
        ...(id === undefined ? {} : { componentId: id }),
        id: BigInt(added.length + 1000),
        sourceNodeId: nodeId,
        destNodeId,
        destEndpoint: connection?.connectionId ?? '',
        status: RouteStatus.APPLIED,
        ...rows.takes,
      });
      return { success: true, routeId: 'r' };
    },
    deleteRoute({ nodeId, destNodeId, subscription }: DeleteRouteRequest) {
      const at = added.findIndex(
        (one) =>
          one.sourceNodeId === nodeId &&
          one.component2 === subscription?.component2 &&
          (one.destNodeId || one.destEndpoint) === (destNodeId || subscription?.connectionId),
      );
      if (at < 0) return { success: false };
      added.splice(at, 1);
      return { success: true };
    },
    ...namedChannels(made),
  };
  const serve = (router: ConnectRouter): void => {
    for (const [name, method] of Object.entries(others))
      router.rpc(method, methods[name as keyof typeof methods] as never);
    if (version === '1.4') router.rpc(listLinks, () => ({ links: rows.links ?? [] }));
  };
  return servePlane('go', serve, port).then((plane) => Object.assign(plane, { added }));
}

function endpointIn(config: string): string {
  return (JSON.parse(config) as { endpoint?: string }).endpoint ?? '';
}
