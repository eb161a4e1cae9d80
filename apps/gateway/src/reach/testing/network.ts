import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import type { PlaneHOptions } from '@muster/practice/slim/plane/plane';
import type { Member, Moderator } from '../../moderator/types.ts';

/** Names of the staged network: two nodes of domain-a, one of b and of c; ada and amy on a, ben on b, cleo on c. */
export const nodeA = 'domain-a/one';
export const nodeA2 = 'domain-a/two';
export const nodeB = 'domain-b/one';
export const nodeC = 'domain-c/one';
export const [ada, amy, ben, cleo] = ['org/ns/ada', 'org/ns/amy', 'org/ns/ben', 'org/ns/cleo'] as const;
export const room = 'org/ns/room';

interface App {
  name: string;
  instance: bigint;
  node: string;
}

/** What a test may change of it before it is read. */
export interface Staged {
  apps: App[];
  /** By node. */
  away: Set<string>;
  /** Nodes without an address for other domains. */
  closed: Set<string>;
  /** Between two nodes: what the control plane says of the link; the rest follows from segments. */
  links: Map<string, { status: number; statusMsg?: string }>;
  /** `name on node`: what the control plane says of the route. */
  routes: Map<string, { status: number; statusMsg?: string; lastUpdated?: bigint } | 'none'>;
  /** `name on node`: the node does not have it. */
  lost: Set<string>;
  silent: Set<string>;
}

export const pairOf = (a: string, b: string): string => [a, b].toSorted().join('~');

/** A control plane of 2.0–3.4 whose links follow from its segments and whose routes follow from its links. */
export async function stage(change: (staged: Staged) => void = () => {}) {
  const staged: Staged = {
    apps: [
      { name: ada, instance: 1n, node: nodeA },
      { name: amy, instance: 2n, node: nodeA2 },
      { name: ben, instance: 3n, node: nodeB },
      { name: cleo, instance: 4n, node: nodeC },
    ],
    away: new Set(),
    closed: new Set(),
    links: new Map(),
    routes: new Map(),
    lost: new Set(),
    silent: new Set(),
  };
  change(staged);
  const ids = [nodeA, nodeA2, nodeB, nodeC];
  const domainOf = (id: string): string => id.split('/')[0] ?? '';
  const joined = (a: string, b: string): boolean => {
    const [x, y] = [domainOf(a), domainOf(b)];
    return (
      x === y ||
      [...plane.segments.values()].some((pairs) => pairs.has(`${x}|${y}`) || pairs.has(`${y}|${x}`))
    );
  };
  const linkOf = (a: string, b: string) =>
    a === b || staged.away.has(a) || staged.away.has(b)
      ? undefined
      : (staged.links.get(pairOf(a, b)) ?? (joined(a, b) ? { status: 2, statusMsg: '' } : undefined));
  const linked = (a: string, b: string): boolean => linkOf(a, b)?.status === 2;
  const options: PlaneHOptions = {
    nodes: ids.map((id) => ({
      id,
      domain: domainOf(id),
      status: staged.away.has(id) ? 2 : 1,
      connections: [
        {
          endpoint: '0.0.0.0:46357',
          ...(staged.closed.has(id) ? {} : { externalEndpoint: `${id.replace('/', '.')}.example:46357` }),
        },
      ],
    })),
    *routes() {
      for (const { name, instance, node: to } of staged.apps) {
        yield {
          id: `${name}*${to}`,
          sourceNodeId: '*',
          destNodeId: to,
          name: wireName(name, instance),
          status: 1,
        };
        for (const from of ids) {
          const said = staged.routes.get(`${name} on ${from}`);
          if (from === to || said === 'none' || !(said || linked(from, to))) continue;
          yield {
            id: `${name}@${from}>${to}`,
            sourceNodeId: from,
            destNodeId: to,
            name: wireName(name, instance),
            status: 1,
            linkId: pairOf(from, to),
            ...said,
          };
        }
      }
    },
    *links() {
      for (const [index, a] of ids.entries())
        for (const b of ids.slice(index + 1)) {
          const link = linkOf(a, b);
          if (link)
            yield {
              id: pairOf(a, b),
              linkId: pairOf(a, b),
              sourceNodeId: a,
              destNodeId: b,
              destEndpoint: `https://${b}`,
              ...link,
            };
        }
    },
    nodeRoutes(id) {
      if (staged.silent.has(id)) return undefined;
      return staged.apps.flatMap(({ name, instance, node }) => {
        if (staged.lost.has(`${name} on ${id}`)) return [];
        // An application as 3.4 tells it: an edge to a peer that is no node.
        const edge = { id: 7n, connectionType: 3, peerNodeId: `node-${instance}`, linkId: `app-${instance}` };
        if (node === id) return { name: wireName(name, instance), connections: [edge] };
        return linked(id, node)
          ? {
              name: wireName(name, instance),
              connections: [{ id: 2n, connectionType: 1, peerNodeId: node, linkId: pairOf(id, node) }],
            }
          : [];
      });
    },
  };
  const plane = await planeH(options);
  plane.segments.set('all', new Set(['domain-a|domain-b']));
  return { plane, staged };
}

export const uuidOf = (instance: bigint): string =>
  `00000000-0000-0000-0000-${instance.toString(16).padStart(12, '0')}`;

/** Our moderator with one channel, of ada as its moderator and these members. */
export function moderatorOf(
  members: readonly (Pick<Member, 'name'> & Partial<Member>)[],
  mls = true,
): Moderator {
  const all = members.map((member): Member => ({
    instance: '',
    status: 'online',
    since: new Date(0),
    isModerator: false,
    ...member,
  }));
  const moderator: Partial<Moderator> = {
    state: () => ({ state: 'ready' }),
    onState: () => () => {},
    onEvent: () => () => {},
    channels: () => [
      {
        name: room,
        mls,
        createdAt: '2027-01-01T00:00:00Z',
        memberCount: all.length,
        online: all.length,
      } as never,
    ],
    members: (channel) => (channel === room ? all : []),
    messages: () => [],
    invite: async (_channel, name) => {
      all.push({ name, instance: '', status: 'online', since: new Date(0), isModerator: false });
    },
    pid: () => undefined,
    close: async () => {},
  };
  return moderator as Moderator;
}
