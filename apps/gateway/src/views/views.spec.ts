import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from '@connectrpc/connect';
import type { ConnectError } from '@connectrpc/connect';
import {
  ConnectionState,
  EntrySort,
  AgentService,
  TrustDomainService,
  EntryState,
  ExpiryFilter,
} from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let directory: string;

beforeAll(async () => {
  spire = await startSpire({ svidTtlSeconds: 8 });
  directory = temporaryDirectory();
  writeFileSync(join(directory, 'hole.sock'), '');
  harness = await startHarness([
    ...spire.connections,
    {
      name: 'dead',
      kind: 'spire-server',
      address: `unix://${directory}/none.sock`,
      trustDomain: 'dead.example',
    },
    {
      name: 'other',
      kind: 'spire-server',
      address: spire.connections[0]?.address ?? '',
      trustDomain: 'wrong.example',
    },
    { name: 'plane', kind: 'slim-control-plane', address: 'http://127.0.0.1:9' },
    { name: 'node-b', kind: 'slim-node', address: 'http://127.0.0.1:9' },
  ]);
  await harness.console.ready;
});

afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as ConnectError).code,
  );

describe('views', () => {
  it('list entries of every server, with facets and the command, while a dead server hinders nobody', async () => {
    const started = performance.now();
    const page = await harness.entries.listEntries({ page: { limit: 10 } });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(page.entries).toHaveLength(10);
    expect(page.all).toBe(200n);
    expect(page.trustDomains.map(({ value, count }) => [value, count])).toEqual([
      ['harbor.example', 120n],
      ['lighthouse.example', 80n],
      ['dead.example', 0n],
      ['wrong.example', 0n],
    ]);
    expect(page.selectorTypes.length).toBeGreaterThan(1);
    expect(page.freshness?.staleReason).toMatch(/dead: There is no socket at its address/u);
    expect(page.command?.line).toMatch(/^spire-server entry show -socketPath \S+harbor-server\.sock$/u);
  });

  it('search, filter, sort and page', async () => {
    const { entries } = harness;
    const all = await entries.listEntries({ page: { limit: 1000 }, trustDomains: ['harbor.example'] });
    expect(all.entries).toHaveLength(120);
    const [some] = all.entries;
    const last = some?.spiffeId.split('/').at(-1) ?? '';
    expect((await entries.listEntries({ search: last.toUpperCase() })).entries.map(({ id }) => id)).toContain(
      some?.id,
    );
    const newest = await entries.listEntries({
      sort: EntrySort.CREATED_AT,
      descending: true,
      page: { limit: 5, offset: 2n },
    });
    const times = newest.entries.map(({ createdAt }) => createdAt?.seconds ?? 0n);
    expect(times).toEqual(times.toSorted((a, b) => Number(b - a)));
    const never = await entries.listEntries({ expiry: ExpiryFilter.NEVER, page: { limit: 1 } });
    expect(never.total).toBeLessThan(never.all);
    const served = await entries.listEntries({ state: EntryState.SERVED, page: { limit: 1000 } });
    expect(
      served.entries.every(({ state, stateReason }) => state === EntryState.SERVED && stateReason !== ''),
    ).toBe(true);
    expect(BigInt(served.entries.length)).toBe(served.total);
    expect(
      (await entries.listEntries({ page: { limit: 1, offset: 18_446_744_073_709_551_615n } })).entries,
    ).toEqual([]);
  });

  it('show one entry with its agent, and say when there is none', async () => {
    const served = await harness.entries.listEntries({ state: EntryState.SERVED, page: { limit: 1000 } });
    const agents = await harness.client(AgentService).listAgents({ page: { limit: 1000 } });
    const direct = served.entries.find(({ parentId }) => agents.agents.some(({ id }) => id === parentId));
    const { entry, agent, command } = await harness.entries.getEntry({ id: direct?.id ?? '' });
    expect(entry).toEqual(direct);
    expect(agent?.id).toBe(direct?.parentId);
    expect(agent?.entries).toBeGreaterThan(0n);
    expect(command?.line).toMatch(new RegExp(`entry show -socketPath \\S+ -entryID ${direct?.id}$`, 'u'));
    expect(await codeOf(harness.entries.getEntry({ id: 'none' }))).toBe(Code.NotFound);
    expect(await codeOf(harness.entries.getEntry({}))).toBe(Code.InvalidArgument);
    expect(await codeOf(harness.entries.getEntry({ id: 'x', connection: 'nope' }))).toBe(Code.NotFound);
  });

  it('say of each connection its state and why', async () => {
    const { connections, configFile, practice } = await harness.connections.listConnections({});
    const states = new Map(connections.map(({ name, state, reason }) => [name, [state, reason]]));
    expect([configFile, practice]).toEqual(['muster.yaml', false]);
    expect(states.get('harbor')).toEqual([ConnectionState.READY, '']);
    expect(states.get('dead')?.[1]).toMatch(/no socket/u);
    // S-27: a server that answers for another trust domain is not read.
    expect(states.get('other')).toEqual([
      ConnectionState.FAILED,
      'It answers for another trust domain than the configured one. Nothing is read from it.',
    ]);
    expect(states.get('plane')?.[1]).toMatch(/Nothing listens/u);
    // Nobody moderates there, and nothing listens either: that comes first.
    expect(states.get('node-b')?.[0]).toBe(ConnectionState.FAILED);
    expect(states.get('node-b')?.[1]).toMatch(/Nothing listens/u);
    await harness.connections.retryConnection({ name: 'dead' });
    expect(await codeOf(harness.connections.retryConnection({ name: 'nope' }))).toBe(Code.NotFound);
  });

  it('sum up, and name what needs a person', async () => {
    const overview = await until(
      () => harness.connections.getOverview({}),
      ({ trustDomains }) =>
        trustDomains.every(
          ({ name, federatesWith }) =>
            !name.includes('b') || federatesWith.length > 0 || name.startsWith('wr'),
        ),
    );
    const harbor = overview.trustDomains.find(({ connection }) => connection === 'harbor');
    expect(harbor).toMatchObject({ name: 'harbor.example', entries: 120n });
    expect(harbor?.federatesWith).toContain('lighthouse.example');
    expect(harbor?.x509AuthorityExpiresAt?.seconds).toBeGreaterThan(BigInt(Math.floor(Date.now() / 1000)));
    expect(overview.attention.map(({ title }) => title)).toContain('dead is not connected');
  });

  it('show bundles as SPIFFE documents', async () => {
    const { bundles } = await harness.client(TrustDomainService).listBundles({ connection: 'harbor' });
    const own = bundles.find((bundle) => bundle.own);
    const document = JSON.parse(own?.spiffeJson ?? '') as {
      keys: { use: string; kid?: string; x5c?: string[] }[];
    };
    expect(document.keys.map(({ use }) => use).toSorted()).toEqual(['jwt-svid', 'x509-svid']);
    expect(document.keys.find(({ use }) => use === 'jwt-svid')?.kid).toBe(own?.jwtAuthorities[0]?.keyId);
    expect(await codeOf(harness.client(TrustDomainService).listBundles({ connection: 'dead' }))).toBe(
      Code.Unavailable,
    );
  });

  it('show SVIDs, and count their rotations', async () => {
    const svids = await until(
      () => harness.svids.listSvids({ connection: 'harbor-workload' }),
      (answer) => answer.svids.some(({ rotations }) => rotations > 0),
      10_000,
    );
    expect(svids.svids[0]?.chainPem).toMatch(/^-----BEGIN CERTIFICATE-----\n/u);
    expect(Object.keys(svids.bundlesPem)).toContain('harbor.example');
    const { token, bundlesJson } = await harness.svids.fetchJwtSvid({
      connection: 'harbor-workload',
      audience: 'spec',
    });
    expect(token.split('.')).toHaveLength(3);
    expect(JSON.parse(bundlesJson['harbor.example'] ?? '')).toHaveProperty('keys');
    expect(await codeOf(harness.svids.fetchJwtSvid({ connection: 'harbor-workload', audience: ' ' }))).toBe(
      Code.InvalidArgument,
    );
    expect(
      await codeOf(
        harness.svids.fetchJwtSvid({
          connection: 'harbor-workload',
          audience: 'a',
          spiffeId: 'spiffe://harbor.example/none',
        }),
      ),
    ).toBe(Code.FailedPrecondition);
  }, 15_000);
});
