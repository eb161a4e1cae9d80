import { afterEach, describe, expect, it } from 'vitest';
import { openChannel } from '../transport.ts';
import { FamilyA } from './family-a.ts';
import { FamilyB, FamilyE } from './families-b-e.ts';
import { FamilyH } from './family-h.ts';
import type { ControlPlane, RouteChange, RouteRow } from './port.ts';
import { planeA, planeB, planeE } from './testing/planes.ts';
import { planeH, wireName } from '@muster/practice/slim/plane/plane';
import type { ServedPlane } from '@muster/practice/slim/plane/serve';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function transportTo(server: ServedPlane) {
  const channel = openChannel({ address: server.address, timeoutMs: 30_000 });
  closing.push(
    () => channel.close(),
    () => server.close(),
  );
  return channel.transport;
}

async function allRoutes(plane: ControlPlane): Promise<RouteRow[]> {
  const rows: RouteRow[] = [];
  for await (const page of plane.routes()) rows.push(...page);
  return rows;
}

const route = (more: Partial<RouteChange> = {}): RouteChange => ({
  node: 'slim/0',
  name: 'org/ns/app',
  instance: '',
  via: 'http://10.0.0.2:46357',
  destinationNode: '',
  config: '{"endpoint":"http://10.0.0.2:46357"}',
  ...more,
});

describe('0.0–0.1 (A)', () => {
  const start = async () => {
    const server = await planeA();
    return { server, plane: new FamilyA(transportTo(server)) };
  };

  it('tells nodes by host and port, and what each has', async () => {
    const { plane } = await start();
    expect(await plane.nodes()).toMatchObject([
      { id: 'slim/0', status: 'connected', endpoints: [{ endpoint: '10.0.0.1:46358' }] },
      { id: 'slim/1', status: 'not-connected' },
    ]);
    expect(await plane.nodeRoutes('slim/0')).toEqual([
      {
        name: 'org/ns/app',
        instance: '7',
        connections: [
          { id: 1n, local: true, peerNode: '', linkId: '' },
          { id: 2n, local: false, peerNode: '', linkId: '' },
        ],
      },
      { name: 'org/ns/any', instance: '', connections: [] },
    ]);
  });

  it('S-14: keeps of a connection’s configuration where it goes, and no credential', async () => {
    const { plane } = await start();
    const rows = await plane.nodeConnections('slim/0');
    expect(rows.map(({ endpoint, type }) => [type, endpoint])).toEqual([
      ['local', ''],
      ['remote', 'http://10.0.0.2:46357'],
    ]);
    expect(JSON.stringify(rows, (_key, value: unknown) => String(value))).not.toMatch(/hunter2|pass/u);
  });

  it('makes a route through a connection whose id is its endpoint, and deletes it by the id it was told', async () => {
    const { server, plane } = await start();
    await expect(
      plane.createConnection('slim/0', 'http://10.0.0.2:46357', '{"endpoint":"http://elsewhere:1"}'),
    ).rejects.toMatchObject({
      code: 'server-error',
      words: expect.stringMatching(/does not match/u) as string,
    });
    expect(await plane.createConnection('slim/0', route().via, route().config)).toBe(route().via);
    await plane.addRoute(route({ instance: '7' }));
    expect(server.subscriptions.size).toBe(1);
    await expect(plane.removeRoute(route())).rejects.toMatchObject({ code: 'lacking' });
    await plane.removeRoute(route({ instance: '7' }));
    expect(server.subscriptions.size).toBe(0);
  });

  it('says that a node was not deregistered: released servers never do it', async () => {
    const { plane } = await start();
    await expect(plane.deregisterNode('slim/0')).rejects.toMatchObject({
      code: 'precondition',
      origin: 'server',
    });
  });

  it('takes the id of a channel from the server, and its word for a participant that is there', async () => {
    const { plane } = await start();
    const id = await plane.createChannel(['org/ns/moderator']);
    expect(id).toMatch(/^org\/ns\/moderator-.{18}$/u);
    await plane.addParticipant(id, 'nobody/checks/this');
    await expect(plane.addParticipant(id, 'nobody/checks/this')).rejects.toMatchObject({
      words: expect.stringContaining('already exists') as string,
    });
    expect(await plane.participants(id)).toEqual(['nobody/checks/this']);
    await plane.deleteParticipant(id, 'nobody/checks/this');
    await plane.deleteChannel(id);
    expect(await plane.channels()).toEqual([]);
  });

  it('refuses what it lacks before anything is sent, with the reason', async () => {
    const { server, plane } = await start();
    await expect(plane.addSegment('s')).rejects.toMatchObject({
      code: 'lacking',
      detail: expect.stringContaining('came with 2.0') as string,
    });
    await expect(plane.links()).rejects.toMatchObject({ code: 'lacking' });
    await expect(allRoutes(plane)).rejects.toMatchObject({ code: 'lacking' });
    expect(server.calls).toEqual([]);
  });
});

describe('0.6 (B)', () => {
  it('lists what a node has by the name that others give to a database of routes', async () => {
    const server = await planeB();
    const plane = new FamilyB(transportTo(server));
    expect(await plane.nodes()).toMatchObject([
      { endpoints: [{ endpoint: '10.0.0.1:46357', external: 'slim.example:46357', tlsRequired: true }] },
    ]);
    expect((await plane.nodeRoutes('slim/0')).map(({ name }) => name)).toEqual(['org/ns/app', 'org/ns/any']);
    await plane.addRoute(route({ destinationNode: 'slim/1', via: '' }));
    await plane.addRoute(route());
    expect(server.routes).toEqual(['slim/0|slim/1||app', 'slim/0||http://10.0.0.2:46357|app']);
    await plane.removeRoute(route());
    await expect(plane.removeRoute(route())).rejects.toMatchObject({ code: 'precondition' });
  });

  it('needs a moderator that a node announces', async () => {
    const plane = new FamilyB(transportTo(await planeB()));
    await expect(plane.createChannel(['org/ns/moderator/2'])).rejects.toMatchObject({
      words: 'failed to find moderator node',
    });
    const moderators = ['org/ns/moderator/1'];
    const name = await plane.createChannel(moderators);
    await plane.addParticipant(name, 'org/ns/app/3', moderators);
    expect(await plane.participants(name)).toEqual(['org/ns/app/3']);
    await plane.deleteParticipant(name, 'org/ns/app/3', moderators);
    await plane.deleteChannel(name, moderators);
    await expect(plane.deleteChannel(name, moderators)).rejects.toMatchObject({ words: 'no such channel' });
  });
});

describe('0.7–1.4 (C, D, E)', () => {
  it('reads the lists whose rows moved on by one number', async () => {
    const plane = new FamilyE(transportTo(await planeE('0.7')), 'c');
    expect((await plane.nodeRoutes('slim/0')).map(({ name }) => name)).toEqual(['org/ns/app', 'org/ns/any']);
    const moderators = ['org/ns/moderator/1'];
    const name = await plane.createChannel(moderators);
    expect(await plane.channels()).toEqual([{ id: name }]);
    await expect(plane.nodeRoutes('gone')).rejects.toMatchObject({
      code: 'server-error',
      words: expect.stringContaining('failed to get node by ID') as string,
    });
  });

  it('tells the text of 0.7 from the rows of 1.0', async () => {
    const old = new FamilyE(
      transportTo(await planeE('0.7', { texts: ['slim/0 -> slim/1: org/ns/app'] })),
      'c',
    );
    expect(await allRoutes(old)).toMatchObject([{ name: '', statusMessage: 'slim/0 -> slim/1: org/ns/app' }]);
    const row = {
      id: 5n,
      sourceNodeId: 'slim/0',
      destNodeId: 'slim/1',
      component0: 'org',
      component1: 'ns',
      component2: 'app',
      componentId: 9n,
      status: 2,
      statusMsg: 'no such connection',
      lastUpdated: 1_700_000_000n,
    };
    const rows = [row, { ...row, id: 6n, deleted: true }, { ...row, id: 0n, status: 3 }];
    const plane = new FamilyE(transportTo(await planeE('1.0', { routes: rows })), 'c');
    expect(await allRoutes(plane)).toMatchObject([
      {
        id: '5',
        name: 'org/ns/app',
        instance: '9',
        status: 'failed',
        statusMessage: 'no such connection',
        lastUpdated: new Date(1_700_000_000_000),
      },
      { id: '6', status: 'deleted' },
      // In 1.4 the number 3 is stale; from 2.0 it is deleted.
      { id: '0', status: 'stale' },
    ]);
    await expect(plane.links()).rejects.toMatchObject({ code: 'lacking' });
  });

  it('has links and directions in 1.4', async () => {
    const links = [
      {
        id: '1',
        linkId: 'l1',
        sourceNodeId: 'slim/0',
        destNodeId: 'slim/1',
        status: 3,
        statusMsg: 'refused',
      },
      { id: '2', linkId: 'l2', deleted: true },
    ];
    const plane = new FamilyE(transportTo(await planeE('1.4', { links })), 'e');
    expect(await plane.links()).toMatchObject([
      { linkId: 'l1', status: 'failed', statusMessage: 'refused' },
      { linkId: 'l2', status: 'deleted' },
    ]);
    expect(await plane.nodeConnections('slim/0')).toMatchObject([
      { direction: 'outgoing' },
      { direction: 'incoming', linkId: 'l1' },
    ]);
  });
});

describe('2.0–3.4 (H)', () => {
  const instance = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdefn;

  it('reads streams of nodes and routes, with names and instances as people know them', async () => {
    const server = await planeH({
      routes: () => [
        {
          id: 'r1',
          sourceNodeId: '*',
          destNodeId: 'domain-b/node-b',
          name: wireName('org/ns/app'),
          status: 1,
        },
        { id: 'r2', sourceNodeId: 'domain-a/node-a', name: wireName('org/ns/app', instance), status: 3 },
        { id: 'r3', name: wireName('org/ns/app', 7n), status: 4, statusMsg: 'waits' },
      ],
    });
    const plane = new FamilyH(transportTo(server), 'h');
    expect(await plane.nodes()).toMatchObject([
      {
        id: 'domain-a/node-a',
        domain: 'domain-a',
        endpoints: [{ external: 'a.example:46357', tlsRequired: true, auth: 'spire' }],
      },
      { id: 'domain-b/node-b', endpoints: [{ external: '', auth: 'none' }] },
    ]);
    expect(await allRoutes(plane)).toMatchObject([
      { id: 'r1', source: '*', name: 'org/ns/app', instance: '', status: 'applied' },
      { id: 'r2', instance: '01234567-89ab-cdef-0123-456789abcdef', status: 'deleted' },
      {
        id: 'r3',
        instance: '00000000-0000-0000-0000-000000000007',
        status: 'pending',
        statusMessage: 'waits',
      },
    ]);
  });

  it('hands many routes on in parts', async () => {
    const server = await planeH({
      *routes() {
        for (let n = 0; n < 2500; n += 1) yield { id: String(n), name: wireName('org/ns/app', BigInt(n)) };
      },
    });
    const plane = new FamilyH(transportTo(server), 'h');
    const sizes: number[] = [];
    for await (const rows of plane.routes()) sizes.push(rows.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2500);
  });

  it('asks a node itself, and passes on that it did not answer or is not there', async () => {
    const nodeRoutes = new Map([
      [
        'domain-a/node-a',
        [
          {
            name: wireName('org/ns/app', instance),
            connections: [{ id: 4n, connectionType: 3, peerNodeId: 'domain-b/node-b', linkId: 'l1' }],
          },
        ],
      ],
    ]);
    const connections = [
      { id: 1n, connectionType: 0, configData: '' },
      {
        id: 2n,
        connectionType: 2,
        direction: 1,
        configData: '{"endpoint":"http://b:1"}',
        linkId: 'l1',
        peerNodeId: 'domain-b/node-b',
      },
    ];
    const plane = new FamilyH(
      transportTo(await planeH({ nodeRoutes: (id) => nodeRoutes.get(id), connections: () => connections })),
      'h',
    );
    expect(await plane.nodeRoutes('domain-a/node-a')).toEqual([
      {
        name: 'org/ns/app',
        instance: '01234567-89ab-cdef-0123-456789abcdef',
        connections: [{ id: 4n, local: false, peerNode: 'domain-b/node-b', linkId: 'l1' }],
      },
    ]);
    expect(await plane.nodeConnections('domain-a/node-a')).toMatchObject([
      { type: 'local' },
      { type: 'peer', direction: 'incoming', endpoint: 'http://b:1', peerNode: 'domain-b/node-b' },
    ]);
    await expect(plane.nodeRoutes('domain-b/node-b')).rejects.toMatchObject({ code: 'server-error' });
    await expect(plane.nodeRoutes('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('changes segments and links, and passes on a warning of a domain that has no nodes', async () => {
    const server = await planeH({ links: () => [{ id: '9', linkId: 'l9', deleted: true }] });
    const plane = new FamilyH(transportTo(server), 'h');
    expect(plane.topologyMode).toBe('unknown');
    await plane.addSegment('s');
    await plane.addSegment('s');
    expect(plane.topologyMode).toBe('api');
    expect(await plane.addLink('domain-a', 'domain-b', 's')).toEqual([]);
    expect(await plane.addLink('domain-a', 'domain-c', 's')).toEqual(['domain domain-c has no nodes']);
    expect(await plane.segments()).toEqual([
      {
        name: 's',
        domains: ['domain-a', 'domain-b', 'domain-c'],
        edges: [
          { a: 'domain-a', b: 'domain-b' },
          { a: 'domain-a', b: 'domain-c' },
        ],
      },
    ]);
    expect(await plane.links()).toMatchObject([
      { linkId: 'l9', status: 'deleted', wantedOnly: false },
      {
        source: 'domain-a',
        destination: 'domain-c',
        status: 'pending',
        wantedOnly: true,
        linkId: '',
        destinationEndpoint: '',
      },
    ]);
    await plane.removeLink('domain-a', 'domain-c', 's');
    await plane.removeSegment('s');
    await expect(plane.removeSegment('s')).rejects.toMatchObject({ code: 'not-found' });
    expect(plane.topologyMode).toBe('api');
  });

  it('learns from the first refusal that its configuration keeps the topology, and asks no more', async () => {
    const server = await planeH({ configMode: true });
    const plane = new FamilyH(transportTo(server), 'h');
    await expect(plane.addSegment('s')).rejects.toMatchObject({ code: 'precondition' });
    expect(plane.topologyMode).toBe('config');
    expect(plane.abilities['topology.write']).toMatch(/configuration file/u);
    const before = server.calls.length;
    await expect(plane.addLink('a', 'b', 's')).rejects.toMatchObject({ code: 'lacking' });
    expect(server.calls).toHaveLength(before);
  });

  it('learns that domains are not managed by secrets', async () => {
    const plane = new FamilyH(transportTo(await planeH()), 'h');
    expect(await plane.domains()).toEqual([
      { name: 'domain-a', nodes: ['domain-a/node-a'] },
      { name: 'domain-b', nodes: ['domain-b/node-b'] },
    ]);
    await expect(plane.addDomain('domain-c', 'secret')).rejects.toMatchObject({ code: 'unimplemented' });
    expect(plane.abilities['domains.write']).toMatch(/shared_secret/u);
    expect(plane.abilities['topology.write']).toBe('');
    const managed = new FamilyH(transportTo(await planeH({ secrets: true })), 'h');
    await expect(managed.addDomain('domain-c', 'short')).rejects.toMatchObject({
      code: 'server-error',
      words: expect.stringMatching(/hmac key is too short/u) as string,
    });
    await managed.addDomain('domain-c', 'a secret of thirty-two bytes or so');
    expect((await managed.domains()).map(({ name }) => name)).toContain('domain-c');
    await managed.removeDomain('domain-c');
    expect(managed.abilities['domains.write']).toBe('');
  });
});
