import { createHash } from 'node:crypto';
import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import { serveManager } from '../../apps/gateway/src/upstream/testing/raw-network.ts';

// A control plane 2.0–3.4 and a channel manager on the wire, in a process of their own: `node server.ts ROUTES MEMBERS`. Ends
// with its parent.
const [routeCount = '100000', memberCount = '10000'] = process.argv.slice(2);
const routes = Number(routeCount);
const members = Number(memberCount);

const domains = Array.from({ length: 20 }, (_, index) => `domain-${index}`);
const nodes = domains.flatMap((domain) =>
  Array.from({ length: 10 }, (_, index) => ({
    id: `${domain}/node-${index}`,
    domain,
    status: 1,
    connections: [{ endpoint: `127.0.0.1:${46_000 + index}`, externalEndpoint: `${domain}.example:46357` }],
  })),
);
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

const plane = await planeH({
  nodes,
  *routes() {
    for (let index = 0; index < routes; index += 1) {
      const failed = index % 997 === 0;
      yield {
        id: `route-${index}`,
        sourceNodeId: index < members ? '*' : nodeAt(index * 7),
        destNodeId: nodeAt(index),
        name: wireName(nameOf(index % members), instanceOf(index % members)),
        status: failed ? 2 : 1,
        statusMsg: failed ? 'connection refused by the peer' : '',
        lastUpdated: 1_790_000_000n + BigInt(index),
        linkId: index < members ? '' : `link-${index % 400}`,
      };
    }
  },
  *links() {
    for (let index = 0; index < 400; index += 1)
      yield {
        id: `link-${index}`,
        linkId: `link-${index}`,
        sourceNodeId: nodeAt(index),
        destNodeId: nodeAt(index * 3 + 10),
        destEndpoint: '127.0.0.1:46357',
        status: 2,
      };
  },
  nodeRoutes: () => [],
});
const channel = 'org/rooms/everyone';
const manager = await serveManager(
  channel,
  Array.from({ length: members }, (_, index) => `${nameOf(index)}/${uuidOf(index)}`),
);
process.on('disconnect', () => process.exit(0));
process.send?.({ plane: plane.address, manager: manager.address, channel });
