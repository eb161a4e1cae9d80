import { createHash } from 'node:crypto';
import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import { serveManager } from '../../apps/gateway/src/upstream/testing/raw-network.ts';

// A control plane 2.0–3.4 and a channel manager on the wire, in a process of their own: `node server.ts ROUTES MEMBERS
// DOMAINS NODES`, so many nodes in each domain. Ends with its parent.
const [routeCount = '100000', memberCount = '10000', domainCount = '20', nodeCount = '10'] =
  process.argv.slice(2);
const routes = Number(routeCount);
const members = Number(memberCount);

const each = Number(nodeCount);
const domains = Array.from({ length: Number(domainCount) }, (_, index) => `domain-${index}`);
const nodes = domains.flatMap((domain) =>
  Array.from({ length: each }, (_, index) => ({
    id: `${domain}/node-${index}`,
    domain,
    status: 1,
    connections: [{ endpoint: `127.0.0.1:${46_000 + index}`, externalEndpoint: `${domain}.example:46357` }],
  })),
);
/** Each node with the nine after it in its domain, and each domain with the five after it. */
const pairs = domains.flatMap((domain, at) => [
  ...Array.from({ length: each }, (_, one) => one).flatMap((one) =>
    Array.from({ length: Math.min(9, each - 1 - one) }, (_, more) => [
      `${domain}/node-${one}`,
      `${domain}/node-${one + more + 1}`,
    ]),
  ),
  ...[1, 2, 3, 4, 5].map((far) => [`${domain}/node-${far}`, `domain-${(at + far) % domains.length}/node-0`]),
]);
const nodeAt = (index: number): string => nodes[index % nodes.length]?.id ?? '';
const teams = ['payments', 'ledger', 'gateway', 'training', 'harbor', 'billing', 'search', 'vision'];

/** Of the member at this place; the same at every start. */
function nameOf(index: number): string {
  return `org-${index % 5}/${teams[index % teams.length]}/worker-${index}`;
}
function instanceOf(index: number): bigint {
  return BigInt(`0x${createHash('md5').update(String(index)).digest('hex')}`);
}
function uuidOf(index: number): string {
  const hex = createHash('md5').update(String(index)).digest('hex');
  return [0, 8, 12, 16, 20].map((at, place) => hex.slice(at, [8, 12, 16, 20, 32][place])).join('-');
}

/** Templates of the members' names first, then what they were expanded to. */
const sourceOf = (index: number): string =>
  index < members ? '*' : nodeAt(index * 7 + Math.floor(index / members));
const failed = (index: number): boolean => index % 997 === 0;
const wireNameOf = (index: number) => wireName(nameOf(index % members), instanceOf(index % members));

/** ConnectionType of a route's connection, as the wire has it. */
const connectionTypes = { local: 0, peer: 2 } as const;

/** What each node has: its applications, and its share of the routes but for one in a thousand, which it lost. */
const onNodes = new Map<string, ReturnType<typeof nodeRoute>[]>();
function nodeRoute(index: number, local: boolean) {
  return {
    name: wireNameOf(index),
    connections: [
      local
        ? { id: BigInt(index + 1), connectionType: connectionTypes.local }
        : { id: 1n, connectionType: connectionTypes.peer, peerNodeId: nodeAt(index), linkId: linkOf(index) },
    ],
  };
}
function linkOf(index: number): string {
  return `link-${index % pairs.length}`;
}
for (let index = 0; index < routes; index += 1) {
  const local = index < members;
  if (failed(index) || (!local && index % 1009 === 0)) continue;
  const node = local ? nodeAt(index) : sourceOf(index);
  const rows = onNodes.get(node) ?? [];
  rows.push(nodeRoute(index, local));
  onNodes.set(node, rows);
}

const plane = await planeH({
  nodes,
  *routes() {
    for (let index = 0; index < routes; index += 1) {
      yield {
        id: `route-${index}`,
        sourceNodeId: sourceOf(index),
        destNodeId: nodeAt(index),
        name: wireNameOf(index),
        status: failed(index) ? 2 : 1,
        statusMsg: failed(index) ? 'connection refused by the peer' : '',
        lastUpdated: 1_790_000_000n + BigInt(index),
        linkId: index < members ? '' : linkOf(index),
      };
    }
  },
  *links() {
    for (const [index, [source = '', destination = '']] of pairs.entries())
      yield {
        id: linkOf(index),
        linkId: linkOf(index),
        sourceNodeId: source,
        destNodeId: destination,
        destEndpoint: '127.0.0.1:46357',
        status: 2,
      };
  },
  nodeRoutes: (node) => onNodes.get(node) ?? [],
});
const channel = 'org/rooms/everyone';
const manager = await serveManager(
  channel,
  Array.from({ length: members }, (_, index) => `${nameOf(index)}/${uuidOf(index)}`),
);
process.on('disconnect', () => process.exit(0));
process.send?.({ plane: plane.address, manager: manager.address, channel });
