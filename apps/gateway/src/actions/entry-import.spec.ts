import { join } from 'node:path';
import { Code } from '@connectrpc/connect';
import {
  AgentService,
  ImportService,
  ImportVerb,
  InputProblemsSchema,
  ItemOutcome,
  Topic,
} from '@muster/api';
import { startPracticeSpire } from '@muster/practice/spire/index';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import { newKey, startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusal } from '../upstream/testing/refusal.ts';

// Each plan starts a thread, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let parent: string;
const td = 'harbor.example';
const connection = 'harbor';

const header = 'spiffe_id,parent_id,selectors,x509_svid_ttl,hint';
const row = (name: string, ttl = 0, hint = '') =>
  `spiffe://${td}/imp/${name},${parent},k8s:ns:imp;k8s:sa:${name},${ttl},${hint}`;
const csv = (...rows: string[]) => [header, ...rows].join('\n');

const there = async (search = '/imp/') =>
  (await harness.entries.listEntries({ search, page: { limit: 1000 } })).entries;

async function removeAll(): Promise<void> {
  const ids = (await there()).map(({ id }) => id);
  if (ids.length > 0) await harness.apply((await harness.plan('entry.delete', { connection, ids })).digest);
}

beforeAll(async () => {
  spire = await startSpire();
  harness = await startHarness(spire.connections);
  await harness.console.ready;
  const { agents } = await harness.client(AgentService).listAgents({ trustDomains: [td] });
  parent =
    agents.find(({ banned, expiresAt }) => !banned && Number(expiresAt?.seconds) > Date.now() / 1000)?.id ??
    '';
});

afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

describe('entry.import', () => {
  it('creates, updates field by field, leaves what is the same, and takes all back in one plan', async () => {
    const first = await harness.plan('entry.import', { text: csv(row('a', 60), row('b', 60, 'old')) });
    expect(first).toMatchObject({ title: 'Create 2 entries', inverse: 'entry.restore', resumable: true });
    expect(first.changes.map(({ verb, origin }) => [verb, origin])).toEqual([
      ['create', 'line 2'],
      ['create', 'line 3'],
    ]);
    const made = await harness.apply(first.digest);
    expect(made.result).toMatchObject({ done: 2, refused: 0 });

    const text = csv(row('a', 60), row('b', 90, 'new'), row('c', 60));
    const second = await harness.plan('entry.import', { connection, text });
    expect(second.title).toBe('Create 1 entry and change 1 entry');
    expect(second.counts.map(({ verb, count }) => [verb, count])).toEqual([
      ['create', 1],
      ['update', 1],
    ]);
    expect(second.changes[1]?.fields.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['X.509-SVID TTL', '60 s', '90 s'],
      ['Hint', 'old', 'new'],
    ]);
    expect(second.effects.join()).toMatch(/1 row is on the server exactly so/u);
    harness.events.length = 0;
    const { items, result } = await harness.apply(second.digest);
    expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE, ItemOutcome.DONE]);
    expect(harness.events).toContainEqual({ kind: 'invalidated', topic: Topic.ENTRIES, scope: connection });
    expect((await there()).map(({ spiffeId, x509SvidTtl, hint }) => [spiffeId, x509SvidTtl, hint])).toEqual([
      [`spiffe://${td}/imp/a`, 60, ''],
      [`spiffe://${td}/imp/b`, 90, 'new'],
      [`spiffe://${td}/imp/c`, 60, ''],
    ]);

    const again = await harness.plan('entry.import', { connection, text });
    expect(again).toMatchObject({ title: 'Nothing to change: 3 entries are as the file says', changes: [] });

    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo).toMatchObject({ title: 'Delete 1 entry and put 1 entry back', destructive: true });
    const undone = await harness.apply(undo.digest);
    expect(undone.result).toMatchObject({ done: 2, inverse: 'entry.import' });
    expect((await there()).map(({ x509SvidTtl, hint }) => [x509SvidTtl, hint])).toEqual([
      [60, ''],
      [60, 'old'],
    ]);
    // And the taking back can be taken back.
    const redo = await harness.plan(undone.result.inverse, undone.result.inverseInput ?? {});
    expect(redo.title).toBe('Create 1 entry and change 1 entry');
    await harness.apply(redo.digest);
    expect((await there()).map(({ hint }) => hint)).toEqual(['', 'new', '']);
    await removeAll();
  });

  it('changes only what the file names', async () => {
    const full = JSON.stringify([
      {
        spiffe_id: `spiffe://${td}/imp/part`,
        parent_id: parent,
        selectors: ['k8s:ns:imp'],
        dns_names: ['keep.me'],
        hint: 'keep',
        x509_svid_ttl: 60,
      },
    ]);
    await harness.apply((await harness.plan('entry.import', { text: full })).digest);
    const [entry] = await there('/imp/part');
    const plan = await harness.plan('entry.import', {
      connection,
      text: `id,x509_svid_ttl\n${entry?.id},90`,
    });
    expect(plan.changes.map(({ fields }) => fields.map(({ field }) => field))).toEqual([['X.509-SVID TTL']]);
    await harness.apply(plan.digest);
    expect((await there('/imp/part'))[0]).toMatchObject({
      x509SvidTtl: 90,
      hint: 'keep',
      dnsNames: ['keep.me'],
    });
    await removeAll();
  });

  it('lists all bad rows by line and field, and changes nothing', async () => {
    const text = csv(
      row('ok'),
      row('bad').replace('/imp/', ':1/imp/'),
      row('neg', -1),
      `${row('sel').replace('k8s:ns:imp;', 'nonsense;')}`,
    );
    const error = await refusal(harness.plan('entry.import', { connection, text }));
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage).toMatch(
      /^text: 3 mistakes; nothing was changed\.\nline 3, spiffe_id: .*\nline 4, x509_svid_ttl: -1 is negative.*\nline 5, selectors\[0\]: /u,
    );
    const [detail] = error.findDetails(InputProblemsSchema);
    expect(detail?.total).toBe(3);
    expect(detail?.problems.map(({ line, field }) => [line, field])).toEqual([
      [3, 'spiffe_id'],
      [4, 'x509_svid_ttl'],
      [5, 'selectors[0]'],
    ]);
    expect(await there()).toEqual([]);
  });

  it('bounds the list of mistakes', async () => {
    const rows = Array.from({ length: 700 }, (_one, n) => row(`n${n}`, -1));
    const error = await refusal(harness.plan('entry.import', { connection, text: csv(...rows) }));
    expect(error.rawMessage).toContain('and 680 more.');
    expect(error.findDetails(InputProblemsSchema)[0]).toMatchObject({
      total: 700,
      problems: { length: 500 },
    });
  });

  it.each([
    [
      'a wrong header',
      'name,age\nx,1',
      /line 1, header: .*spiffe_id, parent_id, selectors are missing; it has “name”, “age”/u,
    ],
    [
      'federation without a bundle',
      'spiffe_id,parent_id,selectors,federates_with\nspiffe://harbor.example/imp/f,spiffe://harbor.example/host,unix:uid:1,nobody.example',
      /line 2, federates_with\[0\]: the server has no bundle of nobody\.example/u,
    ],
    [
      'another trust domain',
      'spiffe_id,parent_id,selectors\nspiffe://elsewhere.example/x,spiffe://elsewhere.example/h,a:b',
      /spiffe_id: it is of elsewhere\.example/u,
    ],
    ['an id that is not there', 'id,hint\nnobody,x', /line 2, id: there is no entry nobody/u],
  ])('refuses %s', async (_name, text, message) => {
    expect((await refusal(harness.plan('entry.import', { connection, text }))).rawMessage).toMatch(message);
  });

  it('asks for the server when the file does not tell', async () => {
    const error = await refusal(
      harness.plan('entry.import', { text: 'spiffe_id,parent_id,selectors\nx,y,z' }),
    );
    expect(error.rawMessage).toMatch(/^connection: name the server/u);
  });

  it('tells conflicts, and leaves them out only when told to', async () => {
    await harness.apply((await harness.plan('entry.import', { text: csv(row('x', 60)) })).digest);
    const twice = await refusal(harness.plan('entry.import', { text: csv(row('y'), row('y', 5)) }));
    expect(twice.rawMessage).toMatch(/line 3: it is the same entry as on line 2/u);
    const input = { text: csv(row('x', 90), row('z')), mode: 'create-only' };
    const differs = await refusal(harness.plan('entry.import', input));
    expect(differs.rawMessage).toMatch(/line 2: entry \S+ is there already and differs in X\.509-SVID TTL/u);
    const plan = await harness.plan('entry.import', { ...input, on_conflict: 'skip' });
    expect(plan.title).toBe('Create 1 entry');
    expect(plan.warnings.map(({ code }) => code)).toContain('conflict');
    // An update that would make two entries alike, which the server would not refuse.
    await harness.apply((await harness.plan('entry.import', { text: csv(row('w', 60)) })).digest);
    const [w] = await there('/imp/w');
    const twin = await refusal(
      harness.plan('entry.import', { connection, text: `id,${header}\n${w?.id},${row('x', 60)}` }),
    );
    expect(twin.rawMessage).toMatch(/line 2: entry \S+ has the same ID, parent and selectors already/u);
    await removeAll();
  });

  it('warns of each kind once, with its lines', async () => {
    const text = `${header},admin\n${[1, 2, 3].map((n) => `${row(`adm${n}`)},true`).join('\n')}`;
    const plan = await harness.plan('entry.import', { connection, text });
    const admin = plan.warnings.filter(({ code }) => code === 'admin');
    expect(admin).toHaveLength(1);
    expect(admin[0]?.text).toMatch(/\(3 rows: line 2, 3, 4\.\)/u);
    harness.caller.role = 'operator';
    const error = await refusal(harness.apply(plan.digest));
    harness.caller.role = 'administrator';
    expect(error.code).toBe(Code.PermissionDenied);
  });

  it('stays light with thousands of rows: some are listed, all are counted, covered by the digest and done', async () => {
    const rows = Array.from({ length: 5000 }, (_one, n) => row(`m${n}`, 60));
    const plan = await harness.plan('entry.import', { connection, text: csv(...rows) });
    expect(plan.changes).toHaveLength(2000);
    expect(plan.counts).toMatchObject([{ verb: 'create', count: 5000 }]);
    const other = await harness.plan('entry.import', {
      connection,
      text: csv(...rows.slice(0, -1), row('m4999', 61)),
    });
    expect(other.digest).not.toBe(plan.digest);
    const { items, result } = await harness.apply(plan.digest);
    expect([items.length, result.done]).toEqual([5000, 5000]);
    expect((await harness.entries.listEntries({ search: '/imp/m' })).total).toBe(5000n);
    const again = await harness.plan('entry.import', { connection, text: csv(...rows) });
    expect(again.title).toBe('Nothing to change: 5000 entries are as the file says');
    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo.title).toBe('Delete 5000 entries');
    expect((await harness.apply(undo.digest)).result.done).toBe(5000);
    expect(await there()).toEqual([]);
  }, 60_000);

  it('finds out row by row what somebody else did since', async () => {
    await harness.apply(
      (await harness.plan('entry.import', { text: csv(row('u1', 60), row('u2', 60), row('u3', 60)) })).digest,
    );
    const [u1, u2, u3] = await there('/imp/u');
    const plan = await harness.plan('entry.import', {
      text: csv(row('u1', 90), row('u2', 90), row('u3', 90), row('u4')),
    });
    const quick = async (action: string, input: Parameters<Harness['plan']>[1]) =>
      harness.apply((await harness.plan(action, { connection, ...input })).digest);
    await quick('entry.update', { id: u1?.id ?? '', set: { hint: 'theirs' } });
    await quick('entry.update', { id: u2?.id ?? '', set: { x509_svid_ttl: 90 } });
    await quick('entry.delete', { ids: [u3?.id ?? ''] });
    await quick('entry.create', {
      entries: [
        {
          spiffe_id: `spiffe://${td}/imp/u4`,
          parent_id: parent,
          selectors: ['k8s:ns:imp', 'k8s:sa:u4'],
          hint: 'theirs',
        },
      ],
    });
    const { items, result } = await harness.apply(plan.digest);
    const of = (name: string) => items.find(({ target }) => target.endsWith(name));
    expect(of('u1')).toMatchObject({ outcome: ItemOutcome.REFUSED });
    expect(of('u1')?.reason).toMatch(/changed since it was planned/u);
    expect(of('u2')).toMatchObject({ outcome: ItemOutcome.DONE });
    expect(of('u3')?.reason).toMatch(/was deleted since the plan was made/u);
    expect(of('u4')?.reason).toMatch(/is there since the plan was made, and differs in Hint/u);
    // Nothing of it was ours, so there is nothing of ours to undo.
    expect(result.inverse).toBe('');
    await removeAll();
  });
});

describe('PreviewImport', () => {
  it('says of each row what it would do, and of each mistake where it is', async () => {
    await harness.apply(
      (await harness.plan('entry.import', { text: csv(row('p1', 60), row('p2', 60)) })).digest,
    );
    const preview = harness.client(ImportService);
    const text = csv(row('p1', 60), row('p2', 90), row('p3'), row('p3'), row('p4', -1));
    const all = await preview.previewImport({ connection, text });
    expect(all.rows.map(({ line, verb }) => [line, verb])).toEqual([
      [2, ImportVerb.UNCHANGED],
      [3, ImportVerb.UPDATE],
      [4, ImportVerb.CREATE],
      [5, ImportVerb.CONFLICT],
      [6, ImportVerb.ERROR],
    ]);
    expect(all).toMatchObject({ connection, trustDomain: td, total: 5, format: 1 });
    expect(all.rows[1]?.fields.map(({ field, after }) => [field, after])).toEqual([
      ['X.509-SVID TTL', '90 s'],
    ]);
    expect(all.rows[4]?.problems[0]).toMatchObject({ line: 6, field: 'x509_svid_ttl' });
    const errors = await preview.previewImport({
      connection,
      text,
      verb: ImportVerb.ERROR,
      page: { limit: 1 },
    });
    expect([errors.rows.length, errors.total]).toEqual([1, 1]);
    const broken = await preview.previewImport({ connection, text: 'a,b\n1,2' });
    expect(broken.problems[0]).toMatchObject({ line: 1, field: 'header' });
    expect((await refusal(preview.previewImport({ connection }))).rawMessage).toMatch(
      /text: the file is empty/u,
    );
    await removeAll();
  });
});

describe('S-28: an import that is cut', () => {
  // More than one batch, so that a cut falls within and between them.
  const total = 230;
  const text = () => csv(...Array.from({ length: total }, (_one, n) => row(`cut${n}`, 60)));

  async function behindProxy() {
    const path = join(temporaryDirectory(), 'p.sock');
    const proxy = await startCutProxy(path, spire.spire.trustDomains[0]?.serverSocket ?? '');
    const own = await startHarness([{ name: 'cut', kind: 'spire-server', address: `unix://${path}` }]);
    await own.console.ready;
    return { proxy, own };
  }

  it.each([
    ['client', 0],
    ['client', 500],
    ['client', 20_000],
    ['server', 0],
    ['server', 100],
    ['server', 30_000],
  ] as const)(
    'after %s sent %i bytes loses nothing and does nothing twice',
    async (side, bytes) => {
      const { proxy, own } = await behindProxy();
      const plan = await own.plan('entry.import', { connection: 'cut', text: text() });
      const stop = own.bus.on((event) => {
        if (event.kind !== 'invalidated' || event.topic !== Topic.ACTIONS) return;
        proxy.cutAfter(side, bytes);
        // The way is open again after a while, as when a server restarts.
        setTimeout(() => proxy.mend(), 300);
        stop();
      });
      const { items, result } = await own.apply(plan.digest);
      expect(items.map(({ outcome }) => outcome).filter((one) => one !== ItemOutcome.DONE)).toEqual([]);
      expect(result.done).toBe(total);
      const again = await own.plan('entry.import', { connection: 'cut', text: text() });
      expect(again.title).toBe(`Nothing to change: ${total} entries are as the file says`);
      // Every one of them is ours to take back, also those whose answer was lost.
      const undo = await own.plan(result.inverse, result.inverseInput ?? {});
      expect(undo.title).toBe(`Delete ${total} entries`);
      expect((await own.apply(undo.digest)).result.done).toBe(total);
      await own.console.close();
      await proxy.close();
    },
    60_000,
  );

  it('goes on by the same plan when the server was away for long', async () => {
    const { proxy, own } = await behindProxy();
    const plan = await own.plan('entry.import', { connection: 'cut', text: text() });
    let planned = false;
    const stop = own.bus.on((event) => {
      if (event.kind !== 'invalidated') return;
      planned ||= event.topic === Topic.ACTIONS;
      // What the first batch did has just been written through: the second one is cut.
      if (planned && event.topic === Topic.ENTRIES) proxy.cutAfter('client', 0);
    });
    const key = newKey();
    const first = await own.apply(plan.digest, key);
    stop();
    const done = first.items.filter(({ outcome }) => outcome === ItemOutcome.DONE).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(total);
    proxy.mend();
    await until(
      async () => (await own.connections.listConnections({})).connections[0]?.state,
      (state) => state === 2,
    );
    // The same key only tells again; a new one goes on.
    expect((await own.apply(plan.digest, key)).items.length).toBe(total);
    const second = await own.apply(plan.digest);
    expect(second.result).toMatchObject({ done: total, refused: 0, unknown: 0 });
    const undo = await own.plan(second.result.inverse, second.result.inverseInput ?? {});
    expect(undo.title).toBe(`Delete ${total} entries`);
    await own.apply(undo.digest);
    await own.console.close();
    await proxy.close();
  }, 90_000);

  it('sends nothing more to another server that took the place of the first (S-27)', async () => {
    const { proxy, own } = await behindProxy();
    const plan = await own.plan('entry.import', { connection: 'cut', text: text() });
    await proxy.close();
    const other = await startPracticeSpire({ directory: temporaryDirectory() });
    const path = (await own.connections.listConnections({})).connections[0]?.address;
    const again = await startCutProxy(
      path?.replace('unix://', '') ?? '',
      other.trustDomains[0]?.serverSocket ?? '',
    );
    await until(
      async () => (await own.connections.listConnections({})).connections[0]?.state,
      (state) => state === 2,
    );
    const error = await refusal(own.apply(plan.digest));
    expect(error.rawMessage).toMatch(/another server, with other authorities/u);
    await own.console.close();
    await again.close();
    await other.stop();
  }, 30_000);
});
