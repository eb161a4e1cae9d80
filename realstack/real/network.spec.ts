import { LinkStatus, NetworkService, RouteStatus, RouteTruth } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

let real: RealConsole;
let alice: Participant;
beforeAll(async () => {
  real = await openRealConsole();
  const { nodeA, sharedSecretFile } = real.stack.slim;
  alice = await startParticipant(nodeA.dataplane, sharedSecretFile, 'agntcy/network/alice');
});
afterAll(async () => {
  await alice.stop();
  await real.close();
});

const network = () => real.client(NetworkService);
const slimctl = async (...words: string[]) =>
  real.slimctl(['controller', '--server', new URL(await address()).host, ...words]);
const address = async () => {
  const { connections } = await real.connections.listConnections({});
  return connections.find(({ name }) => name === 'control-plane')?.address ?? '';
};

describe('the real control plane', () => {
  it('is of the newest generation, and its nodes are those that slimctl lists', async () => {
    const { controlPlanes } = await network().listControlPlanes({});
    expect(controlPlanes).toMatchObject([{ generation: '2.0–3.4' }]);
    const { nodes } = await eventually(30, async () => {
      const answer = await network().listNodes({});
      return answer.nodes.length === 2 && answer.nodes.every(({ routes }) => routes !== undefined) && answer;
    });
    const listed = await slimctl('node', 'list');
    for (const { id, domain, status } of nodes) {
      expect(listed).toContain(id);
      expect(id.startsWith(`${domain}/`)).toBe(true);
      expect(status).toBe('connected');
    }
    const [first] = nodes;
    const { connections } = await network().listNodeConnections({
      connection: 'control-plane',
      node: first?.id ?? '',
    });
    const shown = await slimctl('connection', 'list', '--node-id', first?.id ?? '');
    for (const { id } of connections) expect(shown).toContain(id);
  });

  it('links two domains by a segment made here, as slimctl sees it too, and the routes follow', async () => {
    const { nodes } = await network().listNodes({});
    const [a = '', b = ''] = nodes.map(({ domain }) => domain);
    await real.act('segment.add', { name: 'spec' });
    await real.act('link.add', { segment: 'spec', domain_a: a, domain_b: b });
    expect(await slimctl('segment', 'list')).toContain('spec');
    await eventually(60, async () => {
      const { links } = await network().listLinks({ statuses: [LinkStatus.APPLIED] });
      return links.some(({ segments }) => segments.includes('spec'));
    });
    const reached = await eventually(90, async () => {
      const { routes } = await network().listRoutes({ search: alice.name, wildcard: false });
      return routes.find(({ status, truth }) => status === RouteStatus.APPLIED && truth === RouteTruth.SAME);
    });
    const { routes } = await network().listRoutes({
      statuses: [RouteStatus.APPLIED],
      page: { offset: 0n, limit: 1000 },
    });
    const rows = await slimctl('route', 'list', '--all');
    for (const { name } of routes) expect(rows).toContain(name);
    expect(await slimctl('route', 'list', '--node-id', reached.source)).toContain('alice');

    await real.act('link.remove', { segment: 'spec', domain_a: a, domain_b: b });
    await real.act('segment.remove', { name: 'spec' });
    expect(await slimctl('segment', 'list')).not.toContain('spec');
  }, 240_000);

  it('refuses what only older generations can do, with the reason, before anything is sent', async () => {
    const { nodes } = await network().listNodes({});
    const [node = '', to = ''] = nodes.map(({ id }) => id);
    const connection = 'control-plane';
    const cases = [
      ['route.add', { connection, node, to, name: 'agntcy/network/nobody' }, /From 2\.0 routes follow/u],
      ['route.remove', { connection, node, to, name: alice.name }, /From 2\.0 routes follow/u],
      ['connection.create', { connection, node, endpoint: 'http://127.0.0.1:9' }, /first generation only/u],
      ['node.deregister', { connection, node }, /first generation only/u],
    ] as const;
    for (const [action, input, words] of cases) await expect(real.plan(action, input)).rejects.toThrow(words);
    // Its domains are admitted without secrets, and only its answer tells.
    const secret = 'a secret of thirty-two bytes or so';
    await expect(real.act('domain.add', { connection, name: 'spec', secret })).rejects.toThrow(
      /shared_secret/u,
    );
    await expect(real.plan('domain.remove', { connection, name: 'spec' })).rejects.toThrow(
      /registration_auth: shared_secret/u,
    );
    expect(await slimctl('domain', 'list')).not.toContain('spec');
  });
});
