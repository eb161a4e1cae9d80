import { randomBytes } from 'node:crypto';
import { NetworkService } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { ownDomain, ownNode, startOwnNetwork, type OwnNetwork } from './own-network.ts';

let own: OwnNetwork;
let real: RealConsole;
beforeAll(async () => {
  own = await startOwnNetwork();
  real = await openRealConsole(own.configFile);
});
afterAll(async () => {
  await real.close();
  await own.stop();
});

const network = () => real.client(NetworkService);
const secret = (): string => randomBytes(24).toString('hex');
const id = `${ownDomain}/${ownNode}`;
const registered = async () => (await own.controller('node', 'list')).includes(id);

describe('domains of a real control plane', () => {
  const connection = 'own';
  const shown = secret();

  it('are admitted by a secret that only its nodes and the control plane know', async () => {
    await own.startNode(shown);
    expect(await registered()).toBe(false);
    await real.act('domain.add', { connection, name: ownDomain, secret: shown });
    expect(await own.controller('domain', 'list')).toContain(ownDomain);
    // As the plan says: it was refused once, and does not try again.
    expect(await registered()).toBe(false);
    await own.startNode(shown);
    await eventually(30, registered);
    const { domains } = await eventually(20, async () => {
      const answer = await network().listDomains({ connection });
      return answer.domains.some(({ nodes }) => nodes.includes(id)) && answer;
    });
    expect(domains.map(({ name }) => name).toSorted()).toEqual(['first', ownDomain]);
  }, 120_000);

  it('keep their nodes when they get another secret, and a node needs it when it registers again', async () => {
    await expect(real.plan('domain.add', { connection, name: ownDomain, secret: secret() })).rejects.toThrow(
      /has a domain quarry already/u,
    );
    const next = secret();
    await real.act('domain.add', { connection, name: ownDomain, secret: next, replace: true });
    expect(await registered()).toBe(true);
    await own.startNode(shown);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const { nodes } = await network().listNodes({ connection });
    expect(nodes.filter(({ status }) => status === 'connected')).toEqual([]);
    await own.startNode(next);
    await eventually(60, async () => (await own.controller('node', 'list')).includes('Connected'));
  }, 120_000);

  it('are removed with their nodes, which do not come back by themselves', async () => {
    const plan = await eventually(20, async () => {
      const planned = await real.plan('domain.remove', { connection, name: ownDomain });
      return planned.changes[0]?.fields.some(({ before }) => before === id) && planned;
    });
    expect(plan.effects.join(' ')).toContain(`1 node is dropped: ${id}.`);
    await real.applyDigest(plan.digest);
    expect(await registered()).toBe(false);
    expect(await own.controller('domain', 'list')).not.toContain(ownDomain);
    await expect(real.plan('domain.remove', { connection, name: ownDomain })).rejects.toThrow(
      /own has no domain quarry; it has: first\./u,
    );
  }, 90_000);
});

describe('a real node, directly', () => {
  it('tells all of its routes and connections; slimctl prints the first hundred', async () => {
    await own.listen('org/ns/many', 150);
    const { nodes } = await eventually(40, async () => {
      const answer = await network().listNodes({ connection: 'own-node' });
      return answer.nodes[0]?.routes !== undefined && answer.nodes[0].routes >= 150 && answer;
    });
    expect(nodes).toMatchObject([{ id: 'own-node', direct: true, status: 'connected' }]);
    const { routes, total, command } = await network().listRoutes({
      connection: 'own-node',
      search: 'org/ns/many-',
      page: { limit: 1000 },
    });
    expect(total).toBe(150n);
    const printed = await own.node('route', 'list');
    const names = printed.match(/org\/ns\/many-\d+/gu) ?? [];
    expect(printed).toContain('100 route(s)');
    const shown = new Set(routes.map(({ name }) => name));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
    expect(shown.size).toBe(150);
    expect(command?.line).toMatch(/^slimctl node --server \S+ route list$/u);

    const { connections } = await network().listNodeConnections({ connection: 'own-node' });
    const listed = await own.node('connection', 'list');
    expect(listed).toContain(`${connections.length} connection(s)`);
    for (const { linkId } of connections) if (linkId !== '') expect(listed).toContain(linkId);
    const { controlPlanes } = await network().listControlPlanes({});
    expect(controlPlanes.map((one) => [one.connection, one.direct, one.generation])).toEqual([
      ['own', false, '2.0–3.4'],
      ['own-node', true, '2.0–3.4'],
    ]);
  }, 120_000);
});
