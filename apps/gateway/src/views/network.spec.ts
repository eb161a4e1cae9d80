import { NetworkService, RouteStatus, RouteTruth } from '@muster/api';
import { Code } from '@connectrpc/connect';
import { afterEach, describe, expect, it } from 'vitest';
import { planeA } from '../upstream/control-plane/testing/planes.ts';
import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import type { PlaneHOptions } from '@muster/practice/slim/plane/plane';
import { startHarness, until } from '../upstream/testing/harness.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function networkOf(...starting: Promise<{ address: string; close: () => Promise<void> }>[]) {
  const planes = await Promise.all(starting);
  const harness = await startHarness(
    planes.map(({ address }, index) => ({
      name: ['one', 'two'][index] ?? '',
      kind: 'slim-control-plane' as const,
      address,
    })),
    { retry: { first: 20, most: 200, check: 100 } },
  );
  closing.push(() => harness.console.close(), ...planes.map(({ close }) => close));
  await harness.console.ready;
  return { harness, network: harness.client(NetworkService), planes };
}

const a = 'domain-a/node-a';
const b = 'domain-b/node-b';
const remote = { id: 4n, connectionType: 3, peerNodeId: b, linkId: 'l1' };

/** One route is true, one is lost on its node, one is left over there; a template, and one that waits for long. */
const options: PlaneHOptions = {
  routes: () => [
    { id: 'r1', sourceNodeId: a, destNodeId: b, name: wireName('org/ns/true', 1n), status: 1, linkId: 'l1' },
    { id: 'r2', sourceNodeId: a, destNodeId: b, name: wireName('org/ns/lost', 2n), status: 1, linkId: 'l1' },
    { id: 'r3', sourceNodeId: '*', destNodeId: b, name: wireName('org/ns/everywhere'), status: 1 },
    {
      id: 'r4',
      sourceNodeId: a,
      destNodeId: b,
      name: wireName('org/ns/waits', 3n),
      status: 4,
      statusMsg: 'no link to domain-b',
      lastUpdated: 1_700_000_000n,
    },
    { id: 'r5', sourceNodeId: b, destNodeId: a, name: wireName('org/ns/unasked', 4n), status: 1 },
  ],
  links: () => [
    { id: '1', linkId: 'l1', sourceNodeId: a, destNodeId: b, status: 2, destEndpoint: 'b.example:46357' },
    { id: '2', linkId: 'l2', sourceNodeId: b, destNodeId: a, status: 3, statusMsg: 'connection refused' },
  ],
  connections: () => [
    { id: 1n, connectionType: 0 },
    { ...remote, connectionType: 2 },
  ],
  nodeRoutes: (id) =>
    id === a
      ? [
          { name: wireName('org/ns/true', 1n), connections: [remote] },
          { name: wireName('org/ns/everywhere'), connections: [remote] },
          {
            name: wireName('org/ns/leftover', 9n),
            connections: [remote, { id: 5n, connectionType: 3, peerNodeId: 'domain-c/c', linkId: '' }],
          },
          { name: wireName('org/ns/own', 5n), connections: [{ id: 1n, connectionType: 0 }] },
        ]
      : undefined,
};

describe('the routes of a network', () => {
  const start = async () => {
    const { network, harness, planes } = await networkOf(planeH(options));
    const routes = await until(
      () => network.listRoutes({ order: 'name' }),
      (answer) => answer.routes.some(({ truth }) => truth === RouteTruth.NOT_ON_NODE),
    );
    return { network, harness, planes, routes };
  };

  it('are held against what their nodes really have', async () => {
    const { routes } = await start();
    const truth = new Map(routes.routes.map((route) => [route.name, route]));
    const of = (name: string) => [RouteTruth[truth.get(name)?.truth ?? 0], truth.get(name)?.truthReason];
    expect(of('org/ns/true')).toEqual(['SAME', '']);
    expect(of('org/ns/lost')).toEqual(['NOT_ON_NODE', `Missing on ${a}.`]);
    expect(of('org/ns/everywhere')).toEqual(['UNKNOWN', expect.stringMatching(/^A template/u)]);
    expect(of('org/ns/waits')[0]).toBe('UNKNOWN');
    expect(of('org/ns/unasked')).toEqual([
      'UNKNOWN',
      expect.stringMatching(/^Its node did not answer\. It failed to handle/u),
    ]);
    expect(truth.get('org/ns/leftover')).toMatchObject({
      truth: RouteTruth.NOT_IN_DATABASE,
      source: a,
      destination: b,
      truthReason: `The node has 2 ways to it: ${b} over link l1, domain-c/c.`,
    });
    // What runs on a node is no leftover.
    expect(truth.has('org/ns/own')).toBe(false);
    expect(truth.get('org/ns/waits')).toMatchObject({ stuck: true, statusMessage: 'no link to domain-b' });
  });

  it('are found by any part, filtered, counted and ordered: what needs a person first', async () => {
    const { network } = await start();
    const names = async (query: Parameters<typeof network.listRoutes>[0]) =>
      (await network.listRoutes(query)).routes.map(({ name }) => name.split('/')[2]);
    expect((await names({})).slice(0, 2)).toEqual(['lost', 'waits']);
    expect(await names({ search: 'NO LINK' })).toEqual(['waits']);
    expect(await names({ wildcard: true })).toEqual(['everywhere']);
    expect(await names({ source: b })).toEqual(['unasked']);
    expect(await names({ statuses: [RouteStatus.PENDING] })).toEqual(['waits']);
    expect(
      await names({ truths: [RouteTruth.NOT_ON_NODE, RouteTruth.NOT_IN_DATABASE], order: 'name' }),
    ).toEqual(['leftover', 'lost']);
    expect(await names({ order: '-name', page: { offset: 1n, limit: 2 } })).toEqual(['unasked', 'true']);
    const { statuses, total, command } = await network.listRoutes({ source: a });
    expect(total).toBe(4n);
    expect(statuses.map(({ value, count }) => [value, count])).toEqual([
      ['unspecified', 1n],
      ['applied', 2n],
      ['pending', 1n],
    ]);
    expect(command?.line).toMatch(
      /^slimctl controller --server 127\.0\.0\.1:\d+ route list --all --origin-node-id/u,
    );
    await expect(network.listRoutes({ order: 'colour' })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  it('stay, marked with their age, when their control plane is gone', async () => {
    const { network, planes } = await start();
    await planes[0]?.close();
    const { routes, freshness } = await until(
      () => network.listRoutes({}),
      (answer) => answer.freshness?.staleReason !== '',
    );
    expect(routes).toHaveLength(6);
    expect(freshness?.staleReason).toMatch(/^one: /u);
    expect(freshness?.asOf).toBeDefined();
  });
});

describe('a network', () => {
  it('has nodes, links, segments and domains, each with what a person should know', async () => {
    const { network, planes } = await networkOf(planeH(options));
    const { nodes } = await until(
      () => network.listNodes({}),
      (answer) => answer.nodes.some(({ routes }) => routes !== undefined),
    );
    expect(nodes).toMatchObject([
      { id: a, domain: 'domain-a', status: 'connected', routes: 4, links: 2, warnings: [] },
      { id: b, warnings: [{ code: 'no-external-endpoint' }, { code: 'silent' }] },
    ]);
    expect((await network.listNodes({ search: 'A.EXAMPLE' })).nodes.map(({ id }) => id)).toEqual([a]);
    expect((await network.listNodes({ domain: 'domain-b' })).total).toBe(1n);
    const { links } = await network.listLinks({ search: 'refused' });
    expect(links).toMatchObject([{ linkId: 'l2', statusMessage: 'connection refused' }]);
    const [plane] = planes as [Awaited<ReturnType<typeof planeH>>];
    plane.segments.set('all', new Set(['domain-a|domain-b', 'domain-a|domain-c']));
    const { segments } = await until(
      () => network.listSegments({}),
      (answer) => answer.segments.length === 1,
    );
    expect(segments).toMatchObject([
      { name: 'all', links: [{ domainA: 'domain-a', domainB: 'domain-b' }, { domainB: 'domain-c' }] },
    ]);
    expect((await network.listDomains({})).domains).toMatchObject([
      { name: 'domain-a', nodes: [a], segments: ['all'] },
      { name: 'domain-b', nodes: [b], segments: ['all'] },
    ]);
    const { links: now } = await until(
      () => network.listLinks({}),
      (answer) => answer.links.length === 3,
    );
    expect(now.find(({ wantedOnly }) => wantedOnly)).toMatchObject({
      destination: 'domain-c',
      segments: ['all'],
    });
    expect(now.find(({ linkId }) => linkId === 'l1')?.segments).toEqual(['all']);
    const asked = await network.listNodeConnections({ connection: 'one', node: a });
    expect(asked.connections).toMatchObject([{ type: 'local' }, { type: 'peer', peerNode: b }]);
    await expect(network.listNodeConnections({ connection: 'one', node: 'nobody' })).rejects.toMatchObject({
      code: Code.NotFound,
    });
  }, 30_000);

  it('keeps nodes that were cut off or forgotten, as not connected, with why and what helps', async () => {
    const nodes = [
      { id: a, domain: 'domain-a', status: 1 },
      { id: b, domain: 'domain-b', status: 1 },
    ];
    const { network } = await networkOf(planeH({ nodes }));
    await until(
      () => network.listNodes({}),
      (answer) => answer.nodes.every(({ status }) => status === 'connected'),
    );
    // As 3.4.6 lists one that was killed: without a status.
    nodes[1] = { id: b, domain: 'domain-b', status: 0 };
    const cut = await until(
      () => network.listNodes({}),
      (answer) => answer.nodes[1]?.status === 'not-connected',
    );
    expect(cut.nodes[1]?.statusReason).toMatch(/^Its stream to one has ended.*Restart the node/u);
    expect(cut.nodes[0]).toMatchObject({ status: 'connected', statusReason: '' });
    // As it lists them after a restart: not at all.
    nodes.splice(0);
    const forgotten = await until(
      () => network.listNodes({}),
      (answer) => answer.nodes.every(({ status }) => status === 'not-connected'),
    );
    expect(forgotten.nodes.map(({ id }) => id)).toEqual([a, b]);
    expect(forgotten.nodes[0]?.statusReason).toMatch(/^one does not list it any more/u);
    expect(forgotten.nodes[0]?.lastSeen).toBeDefined();
  }, 30_000);

  it('of the first generation shows what its nodes have, and says why it has no more', async () => {
    const { network } = await networkOf(planeA(), planeH());
    const { routes } = await until(
      () => network.listRoutes({ connection: 'one' }),
      (answer) => answer.routes.length > 0,
    );
    expect(routes.map(({ name, truth }) => [name, truth])).toEqual([
      ['org/ns/any', RouteTruth.UNKNOWN],
      ['org/ns/app', RouteTruth.UNKNOWN],
    ]);
    expect((await network.listLinks({})).warnings.map(({ text }) => text)).toEqual([
      'one: Links are listed from 1.4 on.',
    ]);
    const { controlPlanes } = await network.listControlPlanes({});
    expect(controlPlanes).toMatchObject([
      { connection: 'one', generation: '0.0–0.1', topologyMode: 'none' },
      { connection: 'two', generation: '2.0–3.4', topologyMode: 'unknown' },
    ]);
    await expect(network.listNodes({ connection: 'three' })).rejects.toMatchObject({ code: Code.NotFound });
  });
});
