import { randomBytes } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ConnectRouter } from '@connectrpc/connect';
import { servePlane } from '@muster/practice/slim/plane/serve';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';
import { ControlPlaneService as ServiceA } from '@muster/wire/gen/slim/a/controlplane/v1/controlplane_pb.js';
import { ControlPlaneService as ServiceB } from '@muster/wire/gen/slim/b/controlplane/v1/controlplane_pb.js';
import {
  ControlPlaneService as ServiceE,
  RouteEntrySchema,
} from '@muster/wire/gen/slim/e/controlplane/v1/controlplane_pb.js';

/** A network that a control plane up to 1.4 keeps, with applications on its nodes; a spec may look and change. */
export interface GroupWorld {
  /** Names of applications and channels on each node: org/ns/app, or with the number of an instance. */
  nodes: Map<string, string[]>;
  channels: Map<string, { moderators: string[]; participants: string[] }>;
  /** `node|name|target`: the target is an endpoint in 0.0–0.1, then a node. */
  routes: string[];
  /** `node|endpoint` of 0.0–0.1. */
  connections: string[];
  /** Participants that the moderator cannot invite (from 0.6 on). */
  absent: Set<string>;
}

export type GroupGeneration = 'a' | 'b' | 'c' | 'e';

const fails = (words: string): ConnectError => new ConnectError(words, Code.Unknown);
const chance = (): string => randomBytes(9).toString('hex');

interface WireName {
  component0: string;
  component1: string;
  component2: string;
  id?: bigint;
}
const wire = (name: string): WireName => {
  const [component0 = '', component1 = '', component2 = '', id] = name.split('/');
  return { component0, component1, component2, ...(id === undefined ? {} : { id: BigInt(id) }) };
};
const text = (name: Partial<WireName> | undefined): string =>
  [name?.component0, name?.component1, name?.component2, name?.id]
    .filter((one) => one !== undefined)
    .join('/');

/** Serves channels, nodes and routes as that generation does; nothing but these. */
export async function groupPlane(
  generation: GroupGeneration,
  nodes: Record<string, string[]>,
  port = 0,
): Promise<ServedPlane & { world: GroupWorld }> {
  const world: GroupWorld = {
    nodes: new Map(Object.entries(nodes)),
    channels: new Map(),
    routes: [],
    connections: [],
    absent: new Set(),
  };
  const plane = await servePlane(
    'go',
    (router) => {
      if (generation === 'a') routeA(router, world);
      else routeNamed(router, world, generation);
    },
    port,
  );
  return Object.assign(plane, { world });
}

/** What a node has: applications of its own, and routes that were written. */
function subscriptions(world: GroupWorld, node: string) {
  const own = world.nodes.get(node);
  if (!own) throw fails(`failed to get node by ID: node with ID ${node} not found`);
  const entries = own.map((name) => ({
    ...wire(name),
    localConnections: [{ id: 1n, connectionType: 0, configData: '{}' }],
    remoteConnections: [] as { id: bigint; connectionType: number; configData: string }[],
  }));
  for (const route of world.routes) {
    const [from = '', name = '', target = ''] = route.split('|');
    if (from !== node) continue;
    const remote = {
      id: BigInt(world.connections.indexOf(`${node}|${target}`) + 2),
      connectionType: 1,
      configData: JSON.stringify({ endpoint: target }),
    };
    const there = entries.find((entry) => text(entry) === name);
    if (there) there.remoteConnections.push(remote);
    else entries.push({ ...wire(name), localConnections: [], remoteConnections: [remote] });
  }
  return entries.map(({ id, ...entry }) => ({ ...entry, ...(id === undefined ? {} : { id }) }));
}

function remotes(world: GroupWorld, node: string) {
  return world.connections.flatMap((one, index) => {
    const [from, endpoint] = one.split('|');
    return from === node
      ? [{ id: BigInt(index + 2), connectionType: 1, configData: JSON.stringify({ endpoint }) }]
      : [];
  });
}

function routeA(router: ConnectRouter, world: GroupWorld): void {
  const { channels } = world;
  const made = new Map<string, string>();
  const channel = (id: string) => {
    const found = channels.get(id);
    if (!found) throw fails(`channel ${id} not found`);
    return found;
  };
  router.service(ServiceA, {
    listNodes: () => ({
      entries: [...world.nodes.keys()].map((id) => ({ id, host: '10.0.0.1', port: 46358, status: 1 })),
    }),
    listConnections: ({ id }) => ({ entries: remotes(world, id) }),
    listSubscriptions: ({ id }) => ({ entries: subscriptions(world, id) }),
    createConnection({ connection, nodeId }) {
      const { endpoint } = JSON.parse(connection?.configData ?? '') as { endpoint?: string };
      const connectionId = connection?.connectionId ?? '';
      if (endpoint !== connectionId) throw fails('connection endpoint does not match its id');
      const one = `${nodeId}|${connectionId}`;
      if (!world.connections.includes(one)) world.connections.push(one);
      return { success: true, connectionId };
    },
    createSubscription({ subscription, nodeId }) {
      const via = subscription?.connectionId ?? '';
      if (!world.connections.includes(`${nodeId}|${via}`)) throw fails('failed to get connection');
      const route = `${nodeId}|${text(subscription)}|${via}`;
      world.routes.push(route);
      const subscriptionId = chance();
      made.set(subscriptionId, route);
      return { success: true, subscriptionId };
    },
    deleteSubscription({ subscriptionId }) {
      const route = made.get(subscriptionId) ?? '';
      if (!world.routes.includes(route)) throw fails('failed to get subscription');
      world.routes.splice(world.routes.indexOf(route), 1);
      return { success: true };
    },
    createChannel({ moderators }) {
      if (moderators.length === 0) throw fails('at least one moderator is required to create a channel');
      const channelId = `${moderators[0]}-${chance()}`;
      channels.set(channelId, { moderators, participants: [] });
      return { channelId };
    },
    deleteChannel({ channelId }) {
      channel(channelId);
      channels.delete(channelId);
      return { success: true };
    },
    addParticipant({ channelId, participantId }) {
      const { participants } = channel(channelId);
      if (participants.includes(participantId))
        throw fails(`participant ${participantId} already exists in channel ${channelId}`);
      participants.push(participantId);
      return { success: true };
    },
    deleteParticipant({ channelId, participantId }) {
      drop(channel(channelId).participants, participantId, channelId);
      return { success: true };
    },
    listChannels: () => ({ channelId: [...channels.keys()] }),
    listParticipants: ({ channelId }) => ({ participantId: channel(channelId).participants }),
  });
}

function drop(participants: string[], name: string, channel: string): void {
  const at = participants.indexOf(name);
  if (at < 0) throw fails(`participant ${name} not found in channel ${channel}`);
  participants.splice(at, 1);
}

function parts(name: string, wanted: number, what: string): void {
  if (name.split('/').length !== wanted) throw fails(`invalid ${what} name: expected ${wanted} parts`);
}

/** From 0.6 on the moderator's node is told, and its answer waited for; the moderators of a request are not looked at. */
function namedChannels(world: GroupWorld) {
  const { channels } = world;
  const channel = (name: string) => {
    const found = channels.get(name);
    if (!found) throw fails('failed to get channel from DB: channel not found');
    return found;
  };
  const find = ([moderator = '']: readonly string[]): void => {
    if (![...world.nodes.values()].some((own) => own.includes(moderator)))
      throw fails(`failed to find moderator node: no node found for moderator ${moderator}`);
  };
  return {
    createChannel({ moderators }: { moderators: string[] }) {
      const [first] = moderators;
      if (first === undefined) throw fails('at least one moderator is required to create a channel');
      parts(first, 4, 'moderator');
      find(moderators);
      const channelName = `${first.split('/').slice(0, 2).join('/')}/${chance()}`;
      channels.set(channelName, { moderators, participants: [] });
      return { channelName };
    },
    deleteChannel({ channelName }: { channelName: string }) {
      find(channel(channelName).moderators);
      channels.delete(channelName);
      return { success: true };
    },
    addParticipant({ channelName, participantName }: { channelName: string; participantName: string }) {
      parts(participantName, 3, 'participant');
      const { moderators, participants } = channel(channelName);
      find(moderators);
      if (world.absent.has(participantName))
        return { success: false, messages: ['message send retries exhausted'] };
      if (participants.includes(participantName))
        throw fails(`participant ${participantName} already exists in channel ${channelName}`);
      participants.push(participantName);
      return { success: true };
    },
    deleteParticipant({ channelName, participantName }: { channelName: string; participantName: string }) {
      const { moderators, participants } = channel(channelName);
      drop(participants, participantName, channelName);
      find(moderators);
      return { success: true };
    },
    listChannels: () => ({ channelName: [...channels.keys()] }),
    listParticipants: ({ channelName }: { channelName: string }) => ({
      participantName: channel(channelName).participants,
    }),
  };
}

function routeNamed(router: ConnectRouter, world: GroupWorld, generation: 'b' | 'c' | 'e'): void {
  interface Request {
    nodeId: string;
    destNodeId: string;
    subscription?: Partial<WireName> | undefined;
  }
  const rowOf = ({ nodeId, destNodeId, subscription }: Request): string =>
    `${nodeId}|${text(subscription)}|${destNodeId}`;
  const shared = {
    ...namedChannels(world),
    listNodes: () => ({ entries: [...world.nodes.keys()].map((id) => ({ id, status: 1 })) }),
    listConnections: ({ id }: { id: string }) => ({ entries: remotes(world, id) }),
    addRoute(request: Request) {
      world.routes.push(rowOf(request));
      return { success: true, routeId: chance() };
    },
    deleteRoute(request: Request) {
      const at = world.routes.indexOf(rowOf(request));
      if (at < 0) return { success: false };
      world.routes.splice(at, 1);
      return { success: true };
    },
  };
  if (generation === 'b') {
    router.service(ServiceB, { ...shared, listRoutes: ({ id }) => ({ entries: subscriptions(world, id) }) });
    return;
  }
  const { listLinks, ...others } = ServiceE.method;
  const methods = {
    ...shared,
    listSubscriptions: ({ id }: { id: string }) => ({ entries: subscriptions(world, id) }),
    listRoutes: () => ({
      routes: world.routes.map((one) => {
        const [sourceNodeId = '', name = '', destNodeId = ''] = one.split('|');
        if (generation === 'c') return new TextEncoder().encode(one);
        const { id, ...components } = wire(name);
        const row = { sourceNodeId, destNodeId, ...components, status: 1 };
        return toBinary(
          RouteEntrySchema,
          create(RouteEntrySchema, { ...row, id: 1n, ...(id === undefined ? {} : { componentId: id }) }),
        );
      }),
    }),
  };
  for (const [name, method] of Object.entries(others))
    router.rpc(method, methods[name as keyof typeof methods] as never);
  if (generation === 'e') router.rpc(listLinks, () => ({ links: [] }));
}
