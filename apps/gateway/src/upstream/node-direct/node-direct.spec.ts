import { NetworkService, RouteTruth } from '@muster/api';
import { Code } from '@connectrpc/connect';
import { afterEach, describe, expect, it } from 'vitest';
import { planeH } from '@muster/practice/slim/plane/plane';
import { parseConfig } from '../../config/load.ts';
import { startHarness, until } from '../testing/harness.ts';
import { openChannel } from '../transport.ts';
import { askNode } from './ask.ts';
import { partOf } from './lists.ts';
import { DirectPlane } from './plane.ts';
import { startNode } from './testing/node.ts';
import type { Speech } from './lists.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function nodeOf(speech: Speech, routes: number) {
  const node = await startNode(speech, routes);
  const channel = openChannel({ address: node.address });
  closing.push(node.close, () => channel.close());
  const plane = new DirectPlane(channel.transport, { id: 'node-a', endpoints: [] });
  return { node, plane, transport: channel.transport };
}

describe('a node, asked directly', () => {
  it.each([
    ['h', 0],
    ['h', 100],
    ['h', 250],
    ['e', 0],
    ['e', 40],
    ['e', 230],
    ['b', 40],
    ['b', 200],
  ] as const)(
    'of generation %s tells all of its %d routes, whatever parts they come in',
    async (speech, count) => {
      const { node, plane } = await nodeOf(speech, count);
      const rows = await plane.nodeRoutes('node-a');
      expect(rows).toHaveLength(count);
      expect(new Set(rows.map(({ name }) => name)).size).toBe(count);
      if (count > 0) {
        expect(rows.at(-1)).toMatchObject({
          name: `org/ns/app-${count - 1}`,
          connections: [{ id: 2n, local: false }],
        });
        expect(plane.generation).toBe(speech);
      }
      // The controller API takes changes too: none is ever sent there.
      expect(new Set(node.asked)).toEqual(new Set(['routeListRequest']));
    },
  );

  it.each(['b', 'e', 'h'] as const)(
    'of generation %s tells its connections, without what they sign in with',
    async (speech) => {
      const { plane } = await nodeOf(speech, 3);
      const rows = await plane.nodeConnections('node-a');
      expect(rows).toMatchObject([
        { id: 1n, type: 'local' },
        {
          id: 2n,
          type: 'remote',
          endpoint: 'http://10.0.0.2:46357',
          peerNode: speech === 'h' ? 'node-b' : '',
        },
      ]);
      expect(plane.generation).toBe(speech);
      const text = JSON.stringify(rows, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect(text).not.toMatch(/hunter2|user:pass/u);
    },
  );

  it('is never taken to have told all while it is silent in the middle of a list', async () => {
    const { node, transport } = await nodeOf('h', 250);
    node.mute = 1;
    await expect(askNode(transport, 'routes', AbortSignal.timeout(400))).rejects.toMatchObject({
      origin: 'transport',
    });
    // A later question is not told the answer to an earlier one.
    node.mute = Number.POSITIVE_INFINITY;
    expect((await askNode(transport, 'routes')).map(({ rows }) => rows)).toEqual([100, 100, 50]);
  });

  it('S-19: has nothing to say that breaks what reads it', () => {
    for (const bytes of [[], [0x0a, 0x00], [0x12, 0x00], [0x18, 0x01], [0x12, 0x02, 0x08, 0x01]])
      expect(partOf(new Uint8Array(bytes))).toBeDefined();
    expect(() => partOf(new Uint8Array([0x0a, 0xff]))).toThrow();
  });

  it('lacks what only a control plane has, and is asked nothing of it', async () => {
    const { plane } = await nodeOf('h', 1);
    await expect(plane.segments()).rejects.toMatchObject({ code: 'lacking' });
    await expect(plane.addSegment('s')).rejects.toMatchObject({
      detail: expect.stringMatching(/only read directly/u) as string,
    });
  });
});

describe('a slim-node connection with a controller', () => {
  const open = async (...more: Parameters<typeof startHarness>[0]) => {
    const node = await startNode('h', 150);
    const harness = await startHarness(
      [
        {
          name: 'node-a',
          kind: 'slim-node',
          address: 'http://127.0.0.1:1',
          controller: { address: node.address },
        },
        ...more,
      ],
      { retry: { first: 20, most: 200, check: 100 } },
    );
    closing.push(node.close, () => harness.console.close());
    await harness.console.ready;
    return { node, harness, network: harness.client(NetworkService) };
  };

  it('shows its connections and routes without any control plane, and is told apart from one', async () => {
    const { network, node, harness } = await open();
    const { routes, total, command, warnings } = await until(
      () => network.listRoutes({ connection: 'node-a', order: 'name', page: { limit: 5 } }),
      (answer) => answer.total === 150n,
    );
    expect(total).toBe(150n);
    expect(routes[0]).toMatchObject({
      connection: 'node-a',
      source: 'node-a',
      destination: 'node-b',
      truth: RouteTruth.UNKNOWN,
    });
    expect(routes[0]?.truthReason).toMatch(/^The node tells it/u);
    expect(command?.line).toBe(`slimctl node --server ${new URL(node.address).host} route list`);
    expect(command?.note).toMatch(/first 100 rows only/u);
    expect(warnings).toEqual([]);
    const { controlPlanes } = await network.listControlPlanes({});
    expect(controlPlanes).toMatchObject([
      {
        connection: 'node-a',
        direct: true,
        generation: '2.0–3.4',
        description: 'SLIM node 2.0–3.4, directly',
        nodes: 1,
      },
    ]);
    const { nodes } = await network.listNodes({});
    expect(nodes).toMatchObject([
      { id: 'node-a', direct: true, status: 'connected', routes: 150, warnings: [] },
    ]);
    expect(nodes[0]?.links).toBeUndefined();
    for (const ask of [{ connection: 'node-a' }, { node: 'node-a' }]) {
      const { connections, command: line } = await network.listNodeConnections(ask);
      expect(connections).toMatchObject([{ id: '1' }, { id: '2', endpoint: 'http://10.0.0.2:46357' }]);
      expect(line?.line).toMatch(/^slimctl node --server \S+ connection list$/u);
    }
    expect((await network.listSegments({ connection: 'node-a' })).warnings[0]?.text).toMatch(
      /^node-a: Segments/u,
    );
    expect(new Set(node.asked)).toEqual(new Set(['routeListRequest', 'connectionListRequest']));
    // Nothing is changed through a node: there is no control plane to plan for.
    await expect(harness.plan('segment.add', { name: 's' })).rejects.toThrow(/name one of: none/u);
  });

  it('stands beside a control plane, is not chosen in its place, and grows old by itself', async () => {
    const plane = await planeH();
    closing.push(plane.close);
    const { network, harness, node } = await open({
      name: 'plane',
      kind: 'slim-control-plane',
      address: plane.address,
    });
    await until(
      () => network.listNodes({}),
      ({ nodes }) => nodes.length === 3,
    );
    expect((await harness.plan('segment.add', { name: 's' })).targetDescription).toBe('plane');
    expect((await network.listLinks({})).warnings).toEqual([]);
    const found = await network.listNodeConnections({ node: 'domain-a/node-a' });
    expect(found.command?.line).toMatch(/^slimctl controller .* connection list --node-id/u);
    await node.close();
    const { controlPlanes } = await until(
      () => network.listControlPlanes({}),
      (answer) => answer.controlPlanes.some(({ freshness }) => freshness?.staleReason !== ''),
    );
    expect(
      controlPlanes.map(({ connection, freshness }) => [connection, freshness?.staleReason !== '']),
    ).toEqual([
      ['plane', false],
      ['node-a', true],
    ]);
    expect((await network.listRoutes({ connection: 'node-a' })).total).toBe(150n);
    await expect(network.listNodeConnections({ connection: 'node-a' })).rejects.toMatchObject({
      code: Code.Unavailable,
    });
  });
});

describe('controller in muster.yaml', () => {
  const text = (controller: string): string =>
    `connections:\n  - name: node-a\n    kind: slim-node\n    address: http://127.0.0.1:46357\n    controller: ${controller}\n`;

  it('has credentials of its own, checked as those of all SLIM servers', () => {
    const { connections } = parseConfig(
      text('{ address: "https://node.example:46358", caFile: ca.pem, tokenFile: token }'),
      '/etc/muster/muster.yaml',
    );
    expect(connections[0]).toMatchObject({
      controller: { caFile: '/etc/muster/ca.pem', tokenFile: '/etc/muster/token' },
    });
  });

  it.each([
    ['{ address: "http://node.example:46358", tokenFile: token }', /controller\.tokenFile: .*https address/u],
    [
      '{ address: "https://node.example:46358", workloadApi: nobody, serverId: "spiffe://a.test/n" }',
      /controller\.workloadApi: .*“nobody” is not configured/u,
    ],
    ['{ adress: "https://node.example:46358" }', /controller\.adress: .*a known key/u],
    ['{ address: "https://node.example:46358", password: hunter2 }', /by reference/u],
  ])('is refused by its key: %s', (controller, message) => {
    expect(() => parseConfig(text(controller), '/etc/muster/muster.yaml')).toThrow(message);
  });
});
