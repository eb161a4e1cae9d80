import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyService, LinkStatus, NetworkService, RouteStatus, RouteTruth } from '@muster/api';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OwnerKey } from '../../apps/gateway/src/upstream/channel-manager/signing.ts';
import { type Counterpart, readHelp, slimctlCommands, slimctlGlobals } from '../slimctl-table.ts';
import { readState } from '../start.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { type Participant, startParticipant } from './participant.ts';

// Whatever slimctl can be asked is asked of it and of Muster, on the same servers at the same time.
const folder = mkdtempSync(join(tmpdir(), 'muster-slimctl-'));
const page = { limit: 1000 };
let real: RealConsole;
const running: Participant[] = [];

beforeAll(async () => {
  const stack = readState(inject('stackDir'));
  if (!stack) throw new Error('The real stack does not run.');
  const { slim } = stack;
  const config = join(folder, 'muster.yaml');
  const direct = (name: string, { dataplane, controller }: typeof slim.nodeA) =>
    `  - { name: ${name}, kind: slim-node, address: "${dataplane}", controller: { address: "${controller}" } }\n`;
  writeFileSync(
    config,
    `connections:
  - { name: plane, kind: slim-control-plane, address: "${slim.controlPlane}" }
  - name: manager
    kind: channel-manager
    address: "${slim.channelManager}"
    ownerKeyFile: ${JSON.stringify(slim.ownerKeyFile)}
    audience: ${slim.audience}
${direct('node-a', slim.nodeA)}${direct('node-b', slim.nodeB)}`,
    { mode: 0o600 },
  );
  writeFileSync(join(folder, 'slimctl.yaml'), '{}\n');
  real = await openRealConsole(config);
  for (const [node, name] of [
    [slim.nodeA, 'agntcy/slimctl/near'],
    [slim.nodeB, 'agntcy/slimctl/far'],
  ] as const)
    running.push(await startParticipant(node.dataplane, slim.sharedSecretFile, name));
}, 120_000);
afterAll(async () => {
  for (const one of running) await one.stop();
  await real?.close();
  rmSync(folder, { recursive: true, force: true });
});

const network = () => real.client(NetworkService);
const slimctl = (address: string, ...words: string[]) =>
  real.slimctl(['--config', join(folder, 'slimctl.yaml'), '--server', new URL(address).host, ...words]);
const controller = (...words: string[]) => slimctl(real.stack.slim.controlPlane, 'controller', ...words);
/** Its API takes a URL. */
const manager = (...words: string[]) =>
  real.slimctl(['channel-manager', '--server', real.stack.slim.channelManager, ...words]);

/** The rows of a table that slimctl prints, by the names of its columns. */
function table(printed: string): Map<string, string>[] {
  const lines = printed.split('\n');
  const ruler = lines.findIndex((line) => /^ {2}-{3,}$/u.test(line.trimEnd()));
  const head = lines[ruler - 1] ?? '';
  const columns = [...head.matchAll(/[A-Z_]+/gu)].map(({ 0: name, index }) => ({ name, index }));
  return lines
    .slice(ruler + 1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.trim().split(/ {2,}/u);
      return new Map(columns.map(({ name }, at) => [name, cells[at] ?? '']));
    });
}
const cells = (printed: string, ...names: string[]): string[] =>
  table(printed)
    .map((row) => names.map((name) => row.get(name)).join(' '))
    .toSorted();
const orDash = (text: string): string => (text === '' ? '-' : text);

/** Both sides as they are at one moment: what moves in between is asked again. */
async function same(
  theirs: () => Promise<string[]>,
  ours: () => Promise<string[]>,
  least = 1,
): Promise<void> {
  let last: string[][] = [];
  await eventually(45, async () => {
    last = [await theirs(), (await ours()).toSorted()];
    return last[0]?.join('\n') === last[1]?.join('\n') && (last[0]?.length ?? 0) >= least;
  }).catch(() => {});
  expect(last[1]).toEqual(last[0]);
  expect(last[0]?.length).toBeGreaterThanOrEqual(least);
}

describe('slimctl', () => {
  it('has no command, option or argument that the table of counterparts lacks', async () => {
    const unknown: string[] = [];
    const seen = new Set<string>();
    const walk = async (path: string[]): Promise<void> => {
      const told = readHelp(await real.slimctl([...path, '--help']));
      const command = path.join(' ');
      unknown.push(...told.globals.filter((one) => !Object.hasOwn(slimctlGlobals, one)));
      for (const name of told.commands) await walk([...path, name]);
      if (told.commands.length > 0) return;
      seen.add(command);
      const one: Counterpart | undefined = slimctlCommands[command];
      if (!one) unknown.push(command);
      else if (!('not' in one))
        unknown.push(
          ...told.takes
            .filter((what) => !Object.hasOwn(one.takes ?? {}, what))
            .map((what) => `${command} ${what}`),
        );
    };
    await walk([]);
    expect(unknown).toEqual([]);
    expect(Object.keys(slimctlCommands).filter((command) => !seen.has(command))).toEqual([]);
  });
});

describe('what slimctl tells of a control plane is what Muster tells', () => {
  it('controller node list', async () => {
    await same(
      async () =>
        cells(await controller('node', 'list'), 'NODE_ID', 'DOMAIN', 'STATUS', 'ENDPOINT', 'PUBLIC_ENDPOINT'),
      async () => {
        const { nodes } = await network().listNodes({ connection: 'plane', page });
        return nodes.map(({ id, domain, status, endpoints: [end] }) => {
          const state = status === 'connected' ? 'Connected' : status;
          return [id, domain, state, end?.endpoint, end?.externalEndpoint].join(' ');
        });
      },
      2,
    );
  });

  it('controller connection list', async () => {
    const { nodes } = await network().listNodes({ connection: 'plane', page });
    expect(nodes).toHaveLength(2);
    for (const { id: node } of nodes)
      await same(
        async () =>
          cells(
            await controller('connection', 'list', '-n', node),
            'CONN_ID',
            'TYPE',
            'DIRECTION',
            'LINK_ID',
          ),
        async () => {
          const { connections } = await network().listNodeConnections({ connection: 'plane', node });
          return connections.map(({ id, type, direction, linkId }) =>
            [id, capital(type), capital(direction), orDash(linkId)].join(' '),
          );
        },
        3,
      );
  });

  const columns = ['SOURCE', 'DEST_NODE', 'ROUTE', 'STATUS', 'LINK_ID'];
  const routes = async (query: Partial<{ source: string; destination: string; statuses: RouteStatus[] }>) => {
    const answer = await network().listRoutes({ connection: 'plane', page, ...query });
    return (
      answer.routes
        // What a node has beyond the database is more than slimctl tells.
        .filter(({ truth }) => truth !== RouteTruth.NOT_IN_DATABASE)
        .map(({ source, destination, name, instance, status, linkId }) =>
          [source, destination, full({ name, instance }), RouteStatus[status], orDash(linkId)].join(' '),
        )
    );
  };

  it('controller route list, all and those that were applied', async () => {
    await same(
      async () => cells(await controller('route', 'list', '--all'), ...columns),
      () => routes({}),
      4,
    );
    await same(
      async () => cells(await controller('route', 'list'), ...columns),
      () => routes({ statuses: [RouteStatus.APPLIED] }),
      4,
    );
  });

  it('controller route list, by where it begins and ends', async () => {
    const { nodes } = await network().listNodes({ connection: 'plane', page });
    const [source = '', destination = ''] = nodes.map(({ id }) => id);
    const statuses = [RouteStatus.APPLIED];
    await same(
      async () => cells(await controller('route', 'list', '-o', source), ...columns),
      () => routes({ source, statuses }),
    );
    await same(
      async () => cells(await controller('route', 'list', '-t', destination), ...columns),
      () => routes({ destination, statuses }),
    );
    await same(
      async () => cells(await controller('route', 'list', '-a', '-o', source, '-t', destination), ...columns),
      () => routes({ source, destination }),
    );
  });

  it('controller route list of one node: its routes, and its own applications', async () => {
    const { nodes } = await network().listNodes({ connection: 'plane', page });
    for (const { id: node } of nodes)
      await same(
        async () => [...new Set(cells(await controller('route', 'list', '-n', node), 'ROUTE'))],
        async () => {
          const has = await network().listRoutes({
            connection: 'plane',
            source: node,
            truths: [RouteTruth.SAME, RouteTruth.NOT_IN_DATABASE],
            page,
          });
          const own = await network().listRoutes({
            connection: 'plane',
            destination: node,
            wildcard: true,
            statuses: [RouteStatus.APPLIED],
            page,
          });
          return [...new Set([...has.routes, ...own.routes].map(full))];
        },
        2,
      );
  });

  it('controller link list, also by where it begins and ends', async () => {
    const shown = ['LINK_ID', 'SOURCE', 'DEST_NODE', 'DEST_ENDPOINT', 'STATUS'];
    const links = async (query: Partial<{ source: string; destination: string; statuses: LinkStatus[] }>) =>
      (await network().listLinks({ connection: 'plane', page, ...query })).links.map((link) =>
        [
          orDash(link.linkId),
          link.source,
          link.destination,
          orDash(link.destinationEndpoint),
          LinkStatus[link.status],
        ].join(' '),
      );
    // One that is wanted and cannot be: slimctl tells it when asked for all.
    const { domains } = await network().listDomains({ connection: 'plane' });
    const edge = { segment: 'slimctl', domain_a: domains[0]?.name ?? '', domain_b: 'nowhere' };
    await real.act('segment.add', { name: edge.segment });
    await real.act('link.add', edge);
    await same(
      async () => cells(await controller('link', 'list', '-a'), ...shown),
      () => links({}),
      2,
    );
    await same(
      async () => cells(await controller('link', 'list'), ...shown),
      () => links({ statuses: [LinkStatus.APPLIED] }),
    );
    const { links: all } = await network().listLinks({ connection: 'plane', statuses: [LinkStatus.APPLIED] });
    const [one] = all;
    const [source, destination] = [one?.source ?? '', one?.destination ?? ''];
    // slimctl passes no filter on to what is only wanted; here it is one.
    await same(
      async () => cells(await controller('link', 'list', '-o', source, '-t', destination), ...shown),
      () => links({ source, destination, statuses: [LinkStatus.APPLIED] }),
    );
    await real.act('link.remove', edge);
    await real.act('segment.remove', { name: edge.segment });
  });

  it('controller segment list and controller domain list', async () => {
    const list = (names: readonly string[]) => orDash(names.join(', '));
    await same(
      async () => cells(await controller('segment', 'list'), 'SEGMENT', 'DOMAINS', 'LINKS'),
      async () =>
        (await network().listSegments({ connection: 'plane' })).segments.map(({ name, domains, links }) =>
          [name, list(domains), list(links.map(({ domainA, domainB }) => `${domainA}↔${domainB}`))].join(' '),
        ),
    );
    await same(
      async () => cells(await controller('domain', 'list'), 'DOMAIN', 'NODES'),
      async () =>
        (await network().listDomains({ connection: 'plane' })).domains.map(({ name, nodes }) =>
          [name, list(nodes)].join(' '),
        ),
      2,
    );
  });
});

describe('what slimctl tells of a node is what Muster tells', () => {
  it.each(['node-a', 'node-b'] as const)('%s: node route list, node connection list', async (connection) => {
    const { nodeA, nodeB } = real.stack.slim;
    const at = connection === 'node-a' ? nodeA.controller : nodeB.controller;
    await same(
      async () => [...new Set(cells(await slimctl(at, 'node', 'route', 'list'), 'ROUTE'))],
      async () => {
        const { routes } = await network().listRoutes({ connection, page });
        return [...new Set(routes.map(full))];
      },
      2,
    );
    await same(
      async () =>
        cells(await slimctl(at, 'node', 'connection', 'list'), 'CONN_ID', 'TYPE', 'DIRECTION', 'LINK_ID'),
      async () =>
        (await network().listNodeConnections({ connection })).connections.map(
          ({ id, type, direction, linkId }) =>
            [id, capital(type), capital(direction), orDash(linkId)].join(' '),
        ),
      3,
    );
  });
});

describe('what slimctl tells of a channel manager is what Muster tells', () => {
  const channel = 'agntcy/slimctl/room';
  const managed = async () =>
    (await real.groups.listChannels({})).channels.filter(({ connection }) => connection === 'manager');

  it('channel-manager list-channels, list-participants and did-key', async () => {
    await real.act('channel.create', { connection: 'manager', name: channel, ttl_seconds: 3600 });
    for (const { name } of running)
      await real.act('member.invite', { connection: 'manager', channel, member: name });
    const channels = await managed();
    const listed = await manager('list-channels');
    expect(channels.length).toBeGreaterThan(0);
    for (const { name, owner } of channels) {
      expect(listed).toContain(name);
      expect(listed).toContain(owner);
    }
    expect(listed.match(/[^\s/]+\/[^\s/]+\/[^\s,]+/gu)?.filter((one) => !one.startsWith('did:')).length).toBe(
      channels.length,
    );
    await same(
      async () =>
        ((await manager('list-participants', channel)).match(/agntcy\/[\w/-]+/gu) ?? [])
          .filter((one) => one !== channel)
          .toSorted(),
      async () => (await real.groups.listMembers({ connection: 'manager', channel })).members.map(full),
      3,
    );
    const { keys } = await real.client(KeyService).listOwnerKeys({});
    const { ownerKeyFile } = real.stack.slim;
    const said = await real.slimctl(['channel-manager', 'did-key', '--key', ownerKeyFile]);
    expect(keys.map(({ did }) => did)).toContain(said.trim());
    for (const { name } of running)
      await real.act('member.remove', { connection: 'manager', channel, member: name });
    await real.act('channel.delete', { connection: 'manager', name: channel });
  }, 120_000);

  it('takes requests that were signed elsewhere, the very file that slimctl takes', async () => {
    const theirs = new OwnerKey(generateKeyPairSync('ed25519').privateKey);
    const { audience } = real.stack.slim;
    const name = 'agntcy/slimctl/elsewhere';
    const create = () =>
      Buffer.from(
        theirs.create({ audience, channel: name, mls: true, ttlSeconds: 600n }, new Date()),
      ).toString();
    const remove = () => Buffer.from(theirs.delete({ audience, channel: name }, new Date())).toString();
    const used = create();
    const made = await real.act('channel.create', { connection: 'manager', name, signed_request: used });
    expect(made.plan.commands[0]?.line).toContain('--signed-request-file request.json --ttl-seconds 600');
    const row = (await managed()).find((one) => one.name === name);
    expect(row).toMatchObject({ owner: theirs.did, ownedByUs: false });
    expect(row?.expiresAt).toBeDefined();
    await real.act('channel.delete', { connection: 'manager', name, signed_request: remove() });
    expect((await managed()).some((one) => one.name === name)).toBe(false);
    await expect(
      real.act('channel.create', { connection: 'manager', name, signed_request: used }),
    ).rejects.toThrow(/REFUSED .*already been used/u);
    const files = [create(), remove()].map((text, index) => {
      const file = join(folder, `request-${index}.json`);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    });
    // slimctl has to be told what is in it, as the plan's line does.
    await manager('create-channel', '--signed-request-file', files[0] ?? '', '--ttl-seconds', '600', name);
    expect((await managed()).find((one) => one.name === name)).toMatchObject({ owner: theirs.did });
    await manager('delete-channel', '--signed-request-file', files[1] ?? '', name);
    expect((await managed()).some((one) => one.name === name)).toBe(false);
  }, 120_000);
});

function full({ name, instance }: { name: string; instance: string }): string {
  return instance === '' ? name : `${name}/${instance}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
