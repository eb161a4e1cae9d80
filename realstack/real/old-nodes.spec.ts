import { ConnectionState, LinkStatus, NetworkService, Presence, RouteStatus, RouteTruth } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Core, cores, oldApp, oldNode, startOldNetwork, type OldNetwork } from './old-network.ts';

/** Nodes and applications of 2.0.0, 3.0.1 and 3.4.6 in one network, as one has it while upgrading. */
let old: OldNetwork;
let real: RealConsole;
beforeAll(async () => {
  old = await startOldNetwork();
  real = await openRealConsole(old.configFile);
}, 120_000);
afterAll(async () => {
  await real?.close();
  await old?.stop();
});

const network = () => real.client(NetworkService);
const pairs = cores.flatMap((one, index) => cores.slice(index + 1).map((other) => [one, other] as const));
const rows = (printed: string): string[] => printed.match(/agntcy\/old\/[^\s]+/gu) ?? [];
const full = ({ name, instance }: { name: string; instance: string }): string =>
  instance === '' ? name : `${name}/${instance}`;

describe('nodes of 2.0.0 and 3.0.1 at a control plane of 3.4.6', () => {
  it('are listed with their domains, and each answers what it is connected to', async () => {
    const { nodes } = await eventually(30, async () => {
      const answer = await network().listNodes({ connection: 'plane' });
      return (
        answer.nodes.length === cores.length &&
        answer.nodes.every(({ routes }) => routes !== undefined) &&
        answer
      );
    });
    expect(nodes.map(({ id, status }) => [id, status])).toEqual(
      cores.map((core) => [oldNode(core), 'connected']),
    );
    const listed = await old.controller('node', 'list');
    for (const { id, endpoints } of nodes) {
      expect(listed).toContain(id);
      expect(listed).toContain(endpoints[0]?.externalEndpoint);
    }
    for (const core of cores) {
      const { connections } = await network().listNodeConnections({
        connection: 'plane',
        node: oldNode(core),
      });
      const shown = await old.controller('connection', 'list', '--node-id', oldNode(core));
      expect(shown).toContain(`${connections.length} connection(s)`);
    }
  });

  it('are linked from Muster, and what their control plane says is true on each', async () => {
    await real.act('segment.add', { name: 'all' });
    for (const [one, other] of pairs)
      await real.act('link.add', {
        segment: 'all',
        domain_a: `domain-${one}`,
        domain_b: `domain-${other}`,
      });
    await eventually(60, async () => {
      const { total } = await network().listLinks({ statuses: [LinkStatus.APPLIED] });
      return total === BigInt(pairs.length);
    });
    for (const core of cores) {
      const { routes } = await eventually(90, async () => {
        const answer = await network().listRoutes({
          connection: 'plane',
          search: oldApp(core),
          statuses: [RouteStatus.APPLIED],
          wildcard: false,
        });
        const truly = answer.routes.filter(({ truth }) => truth === RouteTruth.SAME);
        const from = new Set(truly.map(({ source }) => source));
        return cores.every((other) => other === core || from.has(oldNode(other))) && answer;
      });
      for (const route of routes)
        expect(rows(await old.controller('route', 'list', '--node-id', route.source))).toContain(full(route));
    }
  }, 240_000);

  it.each(cores)('are read directly too: %s', async (core) => {
    await eventually(40, async () => {
      const printed = new Set(rows(await old.node(core, 'route', 'list')));
      const { routes } = await network().listRoutes({ connection: core, page: { limit: 1000 } });
      const shown = new Set(routes.map(full));
      return (
        printed.size >= cores.length &&
        [...printed].every((one) => shown.has(one)) &&
        shown.size === printed.size
      );
    });
    const { connections } = await network().listNodeConnections({ connection: core });
    expect(await old.node(core, 'connection', 'list')).toContain(`${connections.length} connection(s)`);
  });

  it.each(['2.0.0', '3.0.1'] as const)(
    'tell all of their routes directly, in parts: %s',
    async (core) => {
      await old.listen(core, `agntcy/old/many-${core}`, 130);
      const { routes } = await eventually(40, async () => {
        const search = `many-${core}-`;
        const answer = await network().listRoutes({ connection: core, search, page: { limit: 1000 } });
        return answer.routes.length === 130 && answer;
      });
      expect(new Set(routes.map(({ name }) => name)).size).toBe(130);
      // slimctl reads the first part only.
      expect(await old.node(core, 'route', 'list')).toContain('100 route(s)');
    },
    60_000,
  );
});

describe('a session of ours on a node of 2.0.0', () => {
  const room = { connection: 'moderated', channel: 'agntcy/old/room' };
  const members = async () => (await real.groups.listMembers(room)).members;

  it('holds applications of every release over all nodes, encrypted by MLS, and hears each', async () => {
    await eventually(60, async () => {
      const { connections } = await real.connections.listConnections({});
      return connections.find(({ name }) => name === room.connection)?.state === ConnectionState.READY;
    });
    await real.act('channel.create', { connection: room.connection, name: room.channel, mls: true });
    for (const core of cores) await real.act('member.invite', { ...room, member: oldApp(core) });
    await eventually(60, async () => {
      const online = (await members()).filter(({ presence }) => presence === Presence.ONLINE);
      return cores.every((core) => online.some(({ name }) => name === oldApp(core)));
    });
    await real.act('message.send', { ...room, text: 'Who runs what?' });
    await eventually(60, async () => {
      const { messages } = await real.groups.listMessages(room);
      const from = (core: Core) =>
        messages.some((one) => one.from === oldApp(core) && one.text === 'heard: Who runs what?');
      return cores.every(from);
    });
    for (const core of cores) await real.act('member.remove', { ...room, member: oldApp(core) });
    await eventually(
      40,
      async () => !(await members()).some(({ name }) => name.startsWith('agntcy/old/app-')),
    );
    await real.act('channel.delete', { connection: room.connection, name: room.channel });
  }, 300_000);
});
