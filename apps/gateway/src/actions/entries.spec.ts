import { Code } from '@connectrpc/connect';
import { AgentService, ItemOutcome, Topic } from '@muster/api';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey, startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusal } from '../upstream/testing/refusal.ts';
import { startCutProxy } from '../upstream/testing/cut-proxy.ts';
import type { ConnectionConfig } from '../config/types.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let parent: string;
const td = 'harbor.example';

const entry = (name: string, more: object = {}) => ({
  spiffe_id: `spiffe://${td}/spec/${name}`,
  parent_id: parent,
  selectors: [`k8s:ns:spec`, `k8s:sa:${name}`],
  ...more,
});

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

describe('entry.create', () => {
  it('plans, applies, shows it at once, and undoes it by its inverse', async () => {
    const plan = await harness.plan('entry.create', {
      entries: [
        entry("o'brien"),
        entry('two', { x509_svid_ttl: 600, dns_names: ['two.spec'], hint: 'h' }),
      ].map((one, index) => (index === 0 ? { ...one, spiffe_id: `spiffe://${td}/spec/one` } : one)),
    });
    expect(plan).toMatchObject({
      action: 'entry.create',
      title: 'Create 2 entries',
      destructive: false,
      inverse: 'entry.delete',
      targetDescription: `harbor (${td})`,
    });
    expect(plan.changes[1]?.fields.map(({ field, after }) => [field, after])).toContainEqual([
      'X.509-SVID TTL',
      '600 s',
    ]);
    const socket = spire.spire.trustDomains[0]?.serverSocket ?? '';
    expect(plan.commands.map(({ line }) => line)).toEqual([
      `spire-server entry create -socketPath ${socket} -spiffeID spiffe://${td}/spec/one -parentID ${parent} -selector k8s:ns:spec -selector 'k8s:sa:o'\\''brien'`,
      `spire-server entry create -socketPath ${socket} -spiffeID spiffe://${td}/spec/two -parentID ${parent} -selector k8s:ns:spec -selector k8s:sa:two -x509SVIDTTL 600 -dns two.spec -hint h`,
    ]);
    harness.events.length = 0;
    const { items, result } = await harness.apply(plan.digest);
    expect(items.map(({ outcome }) => outcome)).toEqual([ItemOutcome.DONE, ItemOutcome.DONE]);
    expect(result).toMatchObject({ done: 2, refused: 0, unknown: 0, inverse: 'entry.delete' });
    const listed = await harness.entries.listEntries({ search: '/spec/' });
    expect(listed.entries.map(({ spiffeId }) => spiffeId)).toEqual([
      `spiffe://${td}/spec/one`,
      `spiffe://${td}/spec/two`,
    ]);
    expect(harness.events).toContainEqual({ kind: 'invalidated', topic: Topic.ENTRIES, scope: 'harbor' });
    expect(harness.events).toContainEqual({ kind: 'invalidated', topic: Topic.ACTIONS, scope: '' });

    const undo = await harness.plan(result.inverse, result.inverseInput ?? {});
    expect(undo).toMatchObject({ title: 'Delete 2 entries', destructive: true });
    const undone = await harness.apply(undo.digest);
    expect(undone.result).toMatchObject({ done: 2, inverse: 'entry.create' });
    expect((await harness.entries.listEntries({ search: '/spec/' })).total).toBe(0n);
    // And the undoing can be undone.
    const redo = await harness.plan(undone.result.inverse, undone.result.inverseInput ?? {});
    const redone = await harness.apply(redo.digest);
    expect(redone.result.done).toBe(2);
    await harness.apply((await harness.plan('entry.delete', redone.result.inverseInput ?? {})).digest);
  });

  it.each([
    [
      'an ID of another trust domain',
      { spiffe_id: 'spiffe://elsewhere.example/x' },
      /entries\[0\]\.spiffe_id: it is of elsewhere\.example/u,
    ],
    ['a reserved path', { spiffe_id: `spiffe://${td}/spire/x` }, /entries\[0\]\.spiffe_id: .*SPIRE itself/u],
    ['a bad path', { spiffe_id: `spiffe://${td}/a//b` }, /entries\[0\]\.spiffe_id: .*ID-11/u],
    ['a bad selector', { selectors: ['k8s'] }, /entries\[0\]\.selectors\[0\]: .*type:value/u],
    [
      'a selector twice',
      { selectors: ['unix:uid:1', 'unix:uid:1'] },
      /entries\[0\]\.selectors\[1\]: .*twice/u,
    ],
    ['no selectors', { selectors: [] }, /entries\[0\]\.selectors: at least 1/u],
    ['a negative TTL', { x509_svid_ttl: -1 }, /entries\[0\]\.x509_svid_ttl: may not be less than 0/u],
    ['an unknown field', { ttl: 5 }, /entries\[0\]\.ttl: there is no such field/u],
    [
      'federation without a bundle',
      { federates_with: ['nobody.example'] },
      /federates_with\[0\]: the server has no bundle of nobody\.example/u,
    ],
    ['federation with itself', { federates_with: [td] }, /federates_with\[0\]: it is the server’s own/u],
    ['a bad DNS name', { dns_names: ['a b'] }, /dns_names\[0\]: not a DNS name/u],
    ['a bad time', { expires_at: '2027-01-31' }, /expires_at: not a time/u],
    [
      'mixed types with store_svid',
      { store_svid: true, selectors: ['a:b', 'c:d'] },
      /selectors: with store_svid/u,
    ],
  ])('refuses %s, naming the field', async (_name, more, message) => {
    const error = await refusal(
      harness.plan('entry.create', { connection: 'harbor', entries: [entry('bad', more)] }),
    );
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage).toMatch(message);
  });

  it('warns of what is risky', async () => {
    const codes = async (more: object) =>
      (
        await harness.plan('entry.create', { connection: 'harbor', entries: [entry('w', more)] })
      ).warnings.map(({ code }) => code);
    expect(await codes({ admin: true })).toContain('admin');
    expect(await codes({ downstream: true })).toContain('downstream');
    expect(await codes({ selectors: ['k8s:ns:spec'] })).toContain('broad-selectors');
    expect(await codes({ parent_id: `spiffe://${td}/nobody` })).toContain('parent-unknown');
    expect(await codes({ x509_svid_ttl: 100_000_000 })).toContain('ttl-beyond-authority');
    expect(await codes({ expires_at: '2001-01-01T00:00:00Z' })).toContain('expired');
    expect(await codes({})).toEqual([]);
    const [existing] = (await harness.entries.listEntries({ trustDomains: [td], page: { limit: 1 } }))
      .entries;
    const same = {
      spiffe_id: existing?.spiffeId ?? '',
      parent_id: existing?.parentId ?? '',
      selectors: existing?.selectors.map(({ type, value }) => `${type}:${value}`) ?? [],
    };
    const plan = await harness.plan('entry.create', { connection: 'harbor', entries: [same] });
    expect(plan.warnings.map(({ code }) => code)).toContain('similar');
    const { items } = await harness.apply(plan.digest);
    expect(items[0]).toMatchObject({ outcome: ItemOutcome.REFUSED, id: existing?.id });
    expect(items[0]?.reason).toMatch(/is there already/u);
  });

  it('asks for a connection when none has the trust domain', async () => {
    const error = await refusal(
      harness.plan('entry.create', { entries: [entry('x', { spiffe_id: 'spiffe://elsewhere.example/x' })] }),
    );
    expect(error.rawMessage).toMatch(/connection: no connected SPIRE server.*harbor, lighthouse/u);
  });
});

describe('entry.update', () => {
  it('sends only what changed, and its inverse puts it back', async () => {
    const made = await harness.apply(
      (
        await harness.plan('entry.create', {
          entries: [entry('up', { hint: 'keep', dns_names: ['keep.me'] })],
        })
      ).digest,
    );
    const id = made.items[0]?.id ?? '';
    const plan = await harness.plan('entry.update', { id, set: { x509_svid_ttl: 900, hint: 'keep' } });
    expect(plan.changes[0]?.fields.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['X.509-SVID TTL', '', '900 s'],
    ]);
    expect(plan.commands[0]?.line).toContain('-dns keep.me -hint keep');
    const { result } = await harness.apply(plan.digest);
    const { entry: after } = await harness.entries.getEntry({ id });
    expect(after).toMatchObject({
      x509SvidTtl: 900,
      hint: 'keep',
      dnsNames: ['keep.me'],
      revisionNumber: 1n,
    });
    expect(result.inverseInput).toEqual({ connection: 'harbor', id, set: { x509_svid_ttl: 0 } });
    await harness.apply((await harness.plan(result.inverse, result.inverseInput ?? {})).digest);
    expect((await harness.entries.getEntry({ id })).entry).toMatchObject({
      x509SvidTtl: 0,
      revisionNumber: 2n,
    });
    expect((await refusal(harness.plan('entry.update', { id, set: { hint: 'keep' } }))).rawMessage).toMatch(
      /nothing would change/u,
    );
    await harness.apply((await harness.plan('entry.delete', { ids: [id] })).digest);
    expect(
      (await refusal(harness.plan('entry.update', { connection: 'harbor', id, set: { hint: 'x' } }))).code,
    ).toBe(Code.NotFound);
  });

  it('keeps the attributes that SPIRE has in a message of their own, each for itself, through deletion and undo', async () => {
    const attributes = async (id: string) => {
      const { entry: one } = await harness.entries.getEntry({ id });
      return [one?.disableX509SvidPrefetch, one?.jwtSvidIncludeJti];
    };
    const make = await harness.plan('entry.create', {
      entries: [entry('attributes', { disable_x509_svid_prefetch: true, jwt_svid_include_jti: true })],
    });
    expect(make.commands[0]?.line).toMatch(/ -disableX509SVIDPrefetch -jwtSVIDIncludeJTI$/u);
    const id = (await harness.apply(make.digest)).items[0]?.id ?? '';
    expect(await attributes(id)).toEqual([true, true]);
    // A mask writes the whole message: the other must be in it.
    const off = await harness.apply(
      (await harness.plan('entry.update', { id, set: { jwt_svid_include_jti: false } })).digest,
    );
    expect(await attributes(id)).toEqual([true, false]);
    await harness.apply((await harness.plan(off.result.inverse, off.result.inverseInput ?? {})).digest);
    expect(await attributes(id)).toEqual([true, true]);
    const hint = await harness.plan('entry.update', { id, set: { hint: 'still' } });
    expect(hint.commands[0]?.line).toMatch(/ -disableX509SVIDPrefetch -jwtSVIDIncludeJTI$/u);
    await harness.apply(hint.digest);
    expect(await attributes(id)).toEqual([true, true]);

    const { result } = await harness.apply((await harness.plan('entry.delete', { ids: [id] })).digest);
    const back = await harness.apply((await harness.plan(result.inverse, result.inverseInput ?? {})).digest);
    const again = back.items[0]?.id ?? '';
    expect(await attributes(again)).toEqual([true, true]);
    const both = { disable_x509_svid_prefetch: false, jwt_svid_include_jti: false };
    await harness.apply((await harness.plan('entry.update', { id: again, set: both })).digest);
    expect(await attributes(again)).toEqual([false, false]);
    const stored = entry('stored', { store_svid: true, disable_x509_svid_prefetch: true });
    expect((await refusal(harness.plan('entry.create', { entries: [stored] }))).rawMessage).toMatch(
      /^entries\[0\]\.disable_x509_svid_prefetch: not together with store_svid/u,
    );
  });

  it('is refused when the entry changed since it was planned', async () => {
    const made = await harness.apply(
      (await harness.plan('entry.create', { entries: [entry('race')] })).digest,
    );
    const id = made.items[0]?.id ?? '';
    const mine = await harness.plan('entry.update', { id, set: { hint: 'mine' } });
    await harness.apply((await harness.plan('entry.update', { id, set: { hint: 'theirs' } })).digest);
    const error = await refusal(harness.apply(mine.digest));
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.rawMessage).toMatch(/changed since it was planned: entry .* is at revision 1, it was at 0/u);
    expect((await harness.entries.getEntry({ id })).entry?.hint).toBe('theirs');
    const removal = await harness.plan('entry.delete', { ids: [id] });
    await harness.apply((await harness.plan('entry.delete', { connection: 'harbor', ids: [id] })).digest);
    expect((await refusal(harness.apply(removal.digest))).rawMessage).toMatch(/was deleted/u);
  });
});

describe('applying', () => {
  it('S-28: the same key is applied once and answered alike', async () => {
    const plan = await harness.plan('entry.create', { entries: [entry('once')] });
    const key = newKey();
    const [first, second] = await Promise.all([
      harness.apply(plan.digest, key),
      harness.apply(plan.digest, key),
    ]);
    const third = await harness.apply(plan.digest, key);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect((await harness.entries.listEntries({ search: '/spec/once' })).total).toBe(1n);
    expect((await refusal(harness.apply(plan.digest))).rawMessage).toMatch(/applied already/u);
    const other = await harness.plan('entry.create', { entries: [entry('other')] });
    expect((await refusal(harness.apply(other.digest, key))).rawMessage).toMatch(/used for another plan/u);
    await harness.apply((await harness.plan('entry.delete', first.result.inverseInput ?? {})).digest);
  });

  it('refuses a plan it does not know, a bad key and a role too low', async () => {
    expect((await refusal(harness.apply('AAAA'))).code).toBe(Code.FailedPrecondition);
    const plan = await harness.plan('entry.create', { entries: [entry('role')] });
    expect((await refusal(harness.apply(plan.digest, 'short'))).code).toBe(Code.InvalidArgument);
    harness.caller.role = 'moderator';
    const error = await refusal(harness.apply(plan.digest));
    harness.caller.role = 'operator';
    const admin = await harness.plan('entry.create', { entries: [entry('admin', { admin: true })] });
    const high = await refusal(harness.apply(admin.digest));
    harness.caller.role = 'administrator';
    expect([error.code, high.code]).toEqual([Code.PermissionDenied, Code.PermissionDenied]);
    expect(error.rawMessage).toMatch(/role operator is needed/u);
    expect(high.rawMessage).toMatch(/role administrator is needed/u);
    expect((await harness.entries.listEntries({ search: '/spec/role' })).total).toBe(0n);
  });

  it('S-29: each is recorded before and after, with who did it', async () => {
    const plan = await harness.plan('entry.create', { entries: [entry('audited')] });
    const { result } = await harness.apply(plan.digest);
    const { records, total } = await harness.actions.listRecords({ page: { limit: 3 } });
    expect(records[0]).toMatchObject({
      id: result.recordId,
      action: 'entry.create',
      title: 'Create 1 entry',
      session: '0011223344556677',
      client: 'browser',
      state: 'done',
      digest: plan.digest,
    });
    expect(total).toBeGreaterThan(3n);
    await harness.apply((await harness.plan('entry.delete', result.inverseInput ?? {})).digest);
  });

  it('names every action with its schema', async () => {
    const { actions } = await harness.actions.listActions({});
    // Each part of the product adds its own.
    expect(actions.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'entry.create',
        'entry.update',
        'entry.delete',
        'entry.clone',
        'entry.import',
        'entry.restore',
        'channel.create',
        'channel.delete',
        'member.invite',
        'member.remove',
        'message.send',
      ]),
    );
    for (const { inputSchema } of actions)
      expect(JSON.parse(inputSchema)).toMatchObject({ type: 'object', additionalProperties: false });
  });
});

describe('S-28: the connection cut in the middle of Apply', () => {
  const offsets = [0, 1, 9, 40, 90, 150, 250, 400];
  it.each([
    ...offsets.map((bytes) => ['client', bytes] as const),
    ...[0, 9, 60].map((bytes) => ['server', bytes] as const),
  ])(
    'after %s sent %i bytes has at most one effect, and says what is not known',
    async (side, bytes) => {
      const directory = temporaryDirectory();
      const path = join(directory, 'p.sock');
      const proxy = await startCutProxy(path, spire.spire.trustDomains[0]?.serverSocket ?? '');
      const connections: ConnectionConfig[] = [
        { name: 'cut', kind: 'spire-server', address: `unix://${path}` },
      ];
      const own = await startHarness(connections);
      await own.console.ready;
      await until(
        () => own.entries.listEntries({}),
        ({ total, freshness }) => total > 0n && freshness?.refreshing === false,
      );
      const name = `cut-${side}-${bytes}`;
      const plan = await own.plan('entry.create', { entries: [entry(name)] });
      // The check reads a bundle first: the cut is set as the record is written, so that it hits the write.
      const stop = own.bus.on((event) => {
        if (event.kind === 'invalidated' && event.topic === Topic.ACTIONS) proxy.cutAfter(side, bytes);
      });
      const key = newKey();
      const answer = await own.apply(plan.digest, key).catch((error: unknown) => error);
      stop();
      expect(answer).not.toBeInstanceOf(Error);
      proxy.mend();
      const outcome = (answer as { items?: { outcome: ItemOutcome }[] }).items?.[0]?.outcome;
      const again = await own.apply(plan.digest, key);
      expect(again.items[0]?.outcome).toBe(outcome);
      // The truth, from the other connection to the same server.
      await until(
        async () => (await own.connections.listConnections({})).connections[0]?.state,
        (state) => state === 2,
      );
      const { entries } = await until(
        () => own.entries.listEntries({ search: `/spec/${name}` }),
        ({ freshness }) => freshness?.staleReason === '' && !freshness.refreshing,
      );
      expect(entries.length).toBeLessThanOrEqual(1);
      if (outcome === ItemOutcome.DONE) expect(entries.length).toBe(1);
      if (outcome === ItemOutcome.REFUSED) expect(entries.length).toBe(0);
      expect(outcome).toBeDefined();
      await own.console.close();
      await proxy.close();
    },
    20_000,
  );
});
