import { ConnectionState } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionConfig } from '../../config/types.ts';
import { testAuthority } from '../testing/authority.ts';
import type { Connections } from '../connections.ts';
import { testConnections } from '../testing/connections.ts';
import { temporaryDirectory, until } from '../testing/wait.ts';
import { startRemoteSpire, startWorkloadApi } from '../testing/remote.ts';
import type { Given } from '../testing/remote.ts';
import type { SpireConnection } from './connection.ts';

const td = 'remote.example';
const admin = `spiffe://${td}/muster/console`;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const authority = testAuthority(td);
const foreign = testAuthority('other.example');
const given = (...paths: string[]): Given => ({
  own: authority,
  svids: paths.map((path) => ({
    spiffeId: `spiffe://${td}${path}`,
    hint: path.slice(1),
    leaf: authority.leaf(`spiffe://${td}${path}`),
  })),
});

async function setUp(
  first: Given | undefined,
  more: Partial<Extract<ConnectionConfig, { kind: 'spire-server' }>> = {},
  serverId = `spiffe://${td}/spire/server`,
) {
  const server = await startRemoteSpire(authority, authority.leaf(serverId));
  server.admins.add(admin);
  closing.push(() => server.close());
  const api = await startWorkloadApi(temporaryDirectory());
  closing.push(() => api.stop());
  api.give(first);
  const config: ConnectionConfig[] = [
    {
      name: 'remote',
      kind: 'spire-server',
      address: server.address,
      trustDomain: td,
      workloadApi: 'agent',
      ...more,
    },
    { name: 'agent', kind: 'workload-api', address: `unix://${api.socket}` },
  ];
  const connections = testConnections(config);
  connections.start();
  closing.push(() => connections.close());
  await connections.settled();
  return { server, api, remote: remoteOf(connections) };
}

function remoteOf(connections: Connections): SpireConnection {
  const found = connections.get('remote');
  if (found?.kind !== 'spire-server') throw new Error('no such connection');
  return found;
}

const inState = (remote: SpireConnection, state: ConnectionState) =>
  until(
    () => remote.link.describe(),
    (found) => found.state === state,
  );

describe('a remote SPIRE server with an SVID of the Workload API', () => {
  it('is signed in to, and says whom as and what its address does not offer', async () => {
    const { remote } = await setUp(given('/muster/console'));
    const found = await inState(remote, ConnectionState.READY);
    expect(found.description).toBe(`SPIRE Server, signed in to as ${admin}`);
    expect(found.capabilities.find(({ name }) => name === 'logger')).toMatchObject({
      available: false,
      reason: 'SPIRE offers this on its own host’s socket only, not over the network.',
    });
    expect(found.capabilities.find(({ name }) => name === 'entries.write')?.available).toBe(true);
  });

  it('S-36: a rotation fails no call, and uses the new SVID', { timeout: 60_000 }, async () => {
    const { server, api, remote } = await setUp(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
    const errors: unknown[] = [];
    let calls = 0;
    const run = { going: true };
    const caller = async (): Promise<void> => {
      while (run.going) {
        try {
          await remote.client.probeEntries();
        } catch (error) {
          errors.push(error);
        }
        calls += 1;
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    const used = () => new Set(server.serials).size;
    await until(used, (count) => count === 1);
    for (let rotation = 1; rotation <= 25; rotation += 1) {
      api.give(given('/muster/console'));
      await until(used, (count) => count === 1 + rotation);
    }
    run.going = false;
    await Promise.all(callers);
    expect(errors).toEqual([]);
    expect(calls).toBeGreaterThan(25);
    // The first, and one a rotation.
    expect(used()).toBe(26);
    expect(remote.link.describe().state).toBe(ConnectionState.READY);
  });

  it('a server that retires its connections is not noticed', { timeout: 30_000 }, async () => {
    const { server, remote } = await setUp(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
    for (let turn = 0; turn < 60; turn += 1) {
      await remote.client.probeEntries();
      if (turn % 6 === 0) server.retireConnections();
    }
    expect(server.serials.length).toBeGreaterThan(5);
    expect(remote.link.describe().state).toBe(ConnectionState.READY);
  });

  it('fails closed when the identity is withdrawn, and comes back with it by itself', async () => {
    const { server, api, remote } = await setUp(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
    api.give(undefined);
    const failed = await inState(remote, ConnectionState.FAILED);
    expect(failed.reason).toBe(
      'There is no SVID to sign in to it with: agent gives none: It issues no identity to this process: no registration entry matches it.',
    );
    const before = server.calls;
    expect(() => remote.client).toThrow();
    expect(server.calls).toBe(before);
    api.give(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
  });

  it('fails closed when the SVID expires, though its session is open', { timeout: 20_000 }, async () => {
    const short = given();
    const leaf = authority.leaf(admin, { to: Date.now() + 3000 });
    const { api, remote } = await setUp({ ...short, svids: [{ spiffeId: admin, leaf }] });
    await inState(remote, ConnectionState.READY);
    await remote.client.probeEntries();
    const failed = await until(
      () => remote.link.describe(),
      ({ state }) => state === ConnectionState.FAILED,
      8000,
    );
    expect(failed.reason).toMatch(/our SVID expired at \d{4}-.*Z and no new one came\.$/u);
    expect(() => remote.client).toThrow();
    api.give(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
  });

  it('is degraded, with until when, while the agent is away', async () => {
    const { api, remote } = await setUp(given('/muster/console'));
    await inState(remote, ConnectionState.READY);
    await api.stop();
    const found = await inState(remote, ConnectionState.DEGRADED);
    expect(found.reason).toMatch(
      /^Our SVID is not renewed: agent is not connected\. .* It is valid until \d{4}-.*Z\.$/u,
    );
    expect(found.capabilities.find(({ name }) => name === 'entries.write')?.available).toBe(true);
  });

  it('says which identity was refused, and no word of the server', async () => {
    const { remote } = await setUp(given('/web'));
    const found = await inState(remote, ConnectionState.DEGRADED);
    expect(found.reason).toBe(
      `Entries cannot be read. It does not permit this to our identity. We are spiffe://${td}/web there: an entry of it with admin, or admin_ids, would permit it.`,
    );
    expect(found.reason).not.toMatch(/authorization denied/u);
  });

  it('needs to be told which of several identities to use', async () => {
    const { remote } = await setUp(given('/web', '/muster/console'));
    const found = await inState(remote, ConnectionState.FAILED);
    expect(found.reason).toContain(
      'gives 2 identities; name the one to use as spiffeId in the configuration. It gives',
    );
    for (const choice of [{ spiffeId: admin }, { hint: 'muster/console' }]) {
      const { remote: chosen } = await setUp(given('/web', '/muster/console'), choice);
      expect((await inState(chosen, ConnectionState.READY)).description).toContain(admin);
    }
    const { remote: none } = await setUp(given('/web'), { spiffeId: admin });
    expect((await inState(none, ConnectionState.FAILED)).reason).toContain(
      `gives no identity ${admin}; it gives spiffe://${td}/web`,
    );
  });

  it.each([
    ['S-23: another SPIFFE ID', {}, `spiffe://${td}/web`, /another SPIFFE ID/u],
    [
      'S-23: another trust domain, whose bundle is given',
      { trustDomain: 'other.example' },
      `spiffe://${td}/spire/server`,
      /another SPIFFE ID|not issued by the authorities/u,
    ],
    [
      'a trust domain whose bundle is not given',
      { trustDomain: 'third.example' },
      `spiffe://${td}/spire/server`,
      /agent gives no bundle of third\.example/u,
    ],
  ])('refuses a server of %s', async (_name, more, serverId, reason) => {
    const now = { ...given('/muster/console'), federated: [foreign] };
    const { server, remote } = await setUp(now, more, serverId);
    expect((await inState(remote, ConnectionState.FAILED)).reason).toMatch(reason);
    expect(server.calls).toBe(0);
  });
});
