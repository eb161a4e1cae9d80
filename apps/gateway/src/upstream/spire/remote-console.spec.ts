import { ConnectionState, SvidService } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import { testAuthority } from '../testing/authority.ts';
import { startHarness, temporaryDirectory, until } from '../testing/harness.ts';
import { startRemoteSpire, startWorkloadApi } from '../testing/remote.ts';

const td = 'remote.example';
const admin = `spiffe://${td}/muster/console`;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function setUp() {
  const authority = testAuthority(td);
  const leaf = authority.leaf(admin);
  const server = await startRemoteSpire(authority, authority.leaf(`spiffe://${td}/spire/server`));
  server.admins.add(admin);
  const api = await startWorkloadApi(temporaryDirectory());
  api.give({ own: authority, svids: [{ spiffeId: admin, leaf }] });
  const harness = await startHarness(
    [
      {
        name: 'remote',
        kind: 'spire-server',
        address: server.address,
        trustDomain: td,
        workloadApi: 'agent',
      },
      { name: 'agent', kind: 'workload-api', address: `unix://${api.socket}`, audiences: ['svc'] },
    ],
    { retry: { first: 20, most: 200, check: 100 } },
  );
  closing.push(
    () => server.close(),
    () => api.stop(),
    () => harness.console.close(),
  );
  await harness.console.ready;
  const state = async () => (await harness.connections.listConnections({})).connections[0]?.state;
  await until(state, (one) => one === ConnectionState.READY);
  return { api, harness, leaf, state };
}

describe('a console on a remote SPIRE server', () => {
  it('S-13: has the key it signs in with in no answer and no event', async () => {
    const { harness, leaf } = await setUp();
    const said = JSON.stringify(
      [
        await harness.connections.listConnections({}),
        await harness.connections.getOverview({}),
        await harness.svids.listSvids({}),
        await harness.client(SvidService).getWorkloadTimeline({}),
        harness.events,
      ],
      (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(said).toContain(admin);
    const key = Buffer.from(leaf.key);
    expect(key.length).toBeGreaterThan(100);
    // The whole of it, and the private scalar itself: 32 bytes after PKCS#8's and SEC 1's heads.
    for (const bytes of [key, key.subarray(36, 68)])
      for (const form of ['base64', 'base64url', 'hex'] as const)
        expect(said).not.toContain(bytes.toString(form));
    expect(said).not.toContain('PRIVATE');
  });

  it('plans nothing without an SVID, and says why', async () => {
    const { api, harness, state } = await setUp();
    api.give(undefined);
    await until(state, (one) => one === ConnectionState.FAILED);
    const entry = {
      spiffe_id: `spiffe://${td}/a`,
      parent_id: `spiffe://${td}/spire/server`,
      selectors: ['unix:uid:1'],
    };
    await expect(harness.plan('entry.create', { connection: 'remote', entries: [entry] })).rejects.toThrow(
      /no SVID to sign in to it with: agent gives none/u,
    );
  });
});
