import { ConnectError } from '@connectrpc/connect';
import { AgentService, EntryService } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let hosts: string[];
let ids: string[];
const td = 'harbor.example';
const connection = 'harbor';

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  const { agents } = await harness.client(AgentService).listAgents({ trustDomains: [td] });
  hosts = agents.slice(0, 3).map(({ id }) => id);
  const plan = await harness.plan('entry.create', {
    connection,
    entries: ['trainer', 'server'].map((name) => ({
      spiffe_id: `spiffe://${td}/train/HOST/${name}`,
      parent_id: hosts[0] ?? '',
      selectors: [`docker:label:app:${name}`, 'docker:env:HOST=HOST'],
      hint: 'h',
      x509_svid_ttl: 600,
      federates_with: ['lighthouse.example'],
    })),
  });
  ids = (await harness.apply(plan.digest)).items.map(({ id }) => id);
});

afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('entry.clone', () => {
  it('makes one entry for each host, told apart by what is replaced, and is undone as a creation', async () => {
    const plan = await harness.plan('entry.clone', {
      connection,
      ids,
      parents: hosts,
      replace: [{ find: 'HOST', with: '{n}-{parent}', in: ['spiffe_id'] }],
    });
    expect(plan).toMatchObject({ title: 'Create 6 copies of 2 entries', inverse: 'entry.delete' });
    const last = (id = '') => id.slice(id.lastIndexOf('/') + 1);
    expect(plan.changes.map(({ target }) => target)).toEqual(
      ['trainer', 'server'].flatMap((name) =>
        hosts.map((host, n) => `spiffe://${td}/train/${n + 1}-${last(host)}/${name}`),
      ),
    );
    const fields = new Map(plan.changes[1]?.fields.map(({ field, after }) => [field, after]));
    expect(fields.get('Parent ID')).toBe(hosts[1]);
    expect(fields.get('Selectors')).toContain('docker:env:HOST=HOST');
    expect(fields.get('X.509-SVID TTL')).toBe('600 s');
    const { result } = await harness.apply(plan.digest);
    expect(result.done).toBe(6);
    const undone = await harness.apply(
      (await harness.plan(result.inverse, result.inverseInput ?? {})).digest,
    );
    expect(undone.result.done).toBe(6);
  });

  it('goes to another server: its trust domain, its parents, and no federation with itself', async () => {
    const { agents } = await harness
      .client(AgentService)
      .listAgents({ trustDomains: ['lighthouse.example'] });
    const parents = [agents[0]?.id ?? ''];
    expect(await refusalText(harness.plan('entry.clone', { connection, ids, to: 'lighthouse' }))).toMatch(
      /parents: spiffe:\/\/harbor\.example\S+ has a parent of harbor\.example; name the parents on lighthouse/u,
    );
    const plan = await harness.plan('entry.clone', { connection, ids, to: 'lighthouse', parents });
    expect(plan.targetDescription).toBe('lighthouse (lighthouse.example)');
    expect(plan.changes[0]?.target).toBe('spiffe://lighthouse.example/train/HOST/trainer');
    expect(plan.changes[0]?.fields.map(({ field }) => field)).not.toContain('Federates with');
    const { result } = await harness.apply(plan.digest);
    expect(result.done).toBe(2);
    await harness.apply((await harness.plan(result.inverse, result.inverseInput ?? {})).digest);
  });

  it('refuses copies that are alike, that are no entries, or of what is not there', async () => {
    const same = await harness.plan('entry.clone', { connection, ids: ids.slice(0, 1) });
    expect(same.warnings.map(({ code }) => code)).toContain('similar');
    const bad = { connection, ids: ids.slice(0, 1), replace: [{ find: '/train', with: '//' }] };
    expect(await refusalText(harness.plan('entry.clone', bad))).toMatch(/copy of spiffe:\S+\.spiffe_id: /u);
    expect(await refusalText(harness.plan('entry.clone', { connection, ids: ['gone'] }))).toMatch(
      /ids\[0\]: harbor has no registration entry gone/u,
    );
    const many = {
      connection,
      ids,
      parents: Array.from({ length: 500 }, (_one, n) => `spiffe://${td}/h/${n}`),
    };
    expect((await harness.plan('entry.clone', many)).changes).toHaveLength(1000);
  });

  it('S-37: what is replaced is text and no pattern', async () => {
    const plan = await harness
      .plan('entry.clone', {
        connection,
        ids: ids.slice(0, 1),
        parents: hosts.slice(1, 2),
        replace: [
          { find: '(a+)+$', with: 'x' },
          { find: 'HOST', with: '$&-1', in: ['hint', 'spiffe_id'] },
        ],
      })
      .catch((error: unknown) => ConnectError.from(error).rawMessage);
    // `$` is no character of a path: had it been a pattern, this would have been accepted.
    expect(plan).toMatch(/spiffe_id: /u);
  });
});

describe('the owner of an entry', () => {
  it('is told by its ID, its selectors or the configuration, warned of, and offered the resource instead', async () => {
    const { entries } = await harness.entries.listEntries({ search: '/vm/quay-scanner' });
    const entry = entries.find((one) => one.connection === connection);
    const got = await harness.client(EntryService).getEntry({ connection, id: entry?.id ?? '' });
    const managed = got.warnings.find(({ code }) => code === 'managed');
    expect(managed?.text).toMatch(
      /^Likely managed by spire-controller-manager: its entry ID begins with “pier-a\.”/u,
    );
    expect(managed?.link).toBe(`/generate?connection=harbor&entry=${entry?.id}&kind=cluster-static-entry`);
    const update = await harness.plan('entry.update', {
      connection,
      id: entry?.id ?? '',
      set: { hint: 'mine' },
    });
    expect(update.warnings.map(({ code }) => code)).toContain('managed');
    const pods = (await harness.entries.listEntries({ search: 'pod-uid' })).entries.filter(
      (one) => one.connection === connection,
    );
    const removal = await harness.plan('entry.delete', { connection, ids: pods.map(({ id }) => id) });
    expect(removal.warnings.filter(({ code }) => code === 'managed').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^2 of these entries are managed; the first: Likely managed/u),
    ]);
    const file = `id,hint\n${entry?.id},mine`;
    const imported = await harness.plan('entry.import', { connection, text: file });
    expect(imported.warnings.map(({ code }) => code)).toContain('managed');
    const plain = await harness.client(EntryService).getEntry({ connection, id: ids[0] ?? '' });
    expect(plain.warnings.map(({ code }) => code)).not.toContain('managed');
  });
});
