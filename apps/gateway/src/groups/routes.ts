import type { ControlPlane, RouteChange, RouteRow } from '../upstream/control-plane/port.ts';

/** What one node has of the names of a group. */
export interface NodeFacts {
  node: string;
  /** Applications of its own, and channels they listen to. */
  own: { name: string; instance: string }[];
  /** Names it reaches over a connection, with the endpoints of those connections; empty where one is not told. */
  away: { name: string; instance: string; endpoints: string[] }[];
}

export interface GroupNetwork {
  nodes: NodeFacts[];
  /** Of the control plane's database, where it lists one as rows. */
  rows: RouteRow[];
  /** Nodes that could not be asked. */
  unread: string[];
}

/** A connection that a route of the first generation goes over. */
export interface NeededConnection {
  node: string;
  /** Node that it leads to. */
  to: string;
  endpoint: string;
  config: string;
}

export interface NeededRoutes {
  connections: NeededConnection[];
  routes: (RouteChange & { to: string })[];
  /** Nodes that others must reach and whose data plane's endpoint nobody told (first generation). */
  withoutEndpoint: string[];
  /** Names of the group that no node announces. */
  unseen: string[];
}

/** Asks every connected node for what it has of these names. */
export async function readNetwork(plane: ControlPlane, names: ReadonlySet<string>): Promise<GroupNetwork> {
  const nodes: NodeFacts[] = [];
  const unread: string[] = [];
  for (const { id, status } of await plane.nodes()) {
    if (status === 'not-connected') continue;
    try {
      const endpoints = new Map(
        (await plane.nodeConnections(id)).map((one) => [one.id, one.endpoint] as const),
      );
      const routes = (await plane.nodeRoutes(id)).filter(({ name }) => names.has(name));
      nodes.push({
        node: id,
        own: routes.filter(({ connections }) => connections.some(({ local }) => local)),
        away: routes.flatMap(({ name, instance, connections }) => {
          const remote = connections.filter(({ local }) => !local);
          if (remote.length === 0) return [];
          return [{ name, instance, endpoints: remote.map((one) => endpoints.get(one.id) ?? '') }];
        }),
      });
    } catch {
      unread.push(id);
    }
  }
  const rows: RouteRow[] = [];
  if (plane.abilities['routes.read'] === '')
    for await (const some of plane.routes()) rows.push(...some.filter(({ name }) => names.has(name)));
  return { nodes, rows, unread };
}

/** Routes that members on different nodes need to hear each other, without those that are there. */
export function neededRoutes(
  { nodes, rows }: GroupNetwork,
  names: readonly string[],
  generation: ControlPlane['generation'],
  endpoints: ReadonlyMap<string, string>,
): NeededRoutes {
  const homes = nodes.filter(({ own }) => own.length > 0);
  const routes: NeededRoutes['routes'] = [];
  const connections = new Map<string, NeededConnection>();
  const without = new Set<string>();
  for (const home of homes) {
    for (const { name, instance } of home.own) {
      const several = homes.filter(({ own }) => own.some((one) => same(one, { name, instance }))).length > 1;
      for (const from of homes) {
        const endpoint = endpoints.get(home.node) ?? '';
        if (from === home || isThere(from, home, { name, instance }, rows, several, endpoint)) continue;
        if (generation === 'a' && endpoint === '') {
          without.add(home.node);
          continue;
        }
        const config = generation === 'a' ? configOf(endpoint) : '';
        if (generation === 'a')
          connections.set(`${from.node} ${endpoint}`, {
            node: from.node,
            to: home.node,
            endpoint,
            config,
          });
        routes.push({
          node: from.node,
          to: home.node,
          name,
          instance,
          via: generation === 'a' ? endpoint : '',
          destinationNode: generation === 'a' ? '' : home.node,
          config,
        });
      }
    }
  }
  const seen = new Set(nodes.flatMap(({ own }) => own.map(({ name }) => name)));
  return {
    connections: [...connections.values()],
    routes,
    withoutEndpoint: [...without].toSorted(),
    unseen: names.filter((name) => !seen.has(name)),
  };
}

const same = (a: { name: string; instance: string }, b: { name: string; instance: string }): boolean =>
  a.name === b.name && a.instance === b.instance;

function isThere(
  from: NodeFacts,
  home: NodeFacts,
  name: { name: string; instance: string },
  rows: readonly RouteRow[],
  several: boolean,
  endpoint: string,
): boolean {
  const written = rows.some(
    (row) =>
      same(row, name) &&
      row.status !== 'deleted' &&
      (row.source === from.node || row.source === '*') &&
      row.destination === home.node,
  );
  if (written) return true;
  const away = from.away.find((one) => same(one, name));
  if (!away) return false;
  // Of a name that is at home in several places, that it is reached says not where.
  return several ? endpoint !== '' && away.endpoints.includes(endpoint) : true;
}

/** The first generation wants it as JSON, with the endpoint that is the connection's id too. */
function configOf(endpoint: string): string {
  return JSON.stringify({ endpoint, ...(endpoint.startsWith('http://') ? { tls: { insecure: true } } : {}) });
}
