import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { packRows } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, EntryRow } from '../../upstream/spire/rows.ts';
import { startStore } from './client.ts';
import { openStore } from './open.ts';
import { everyEntry } from './query.ts';
import type { EntryQuery } from './query.ts';

const now = 1_800_000_000;
const at = now * 1000;
const td = 'spiffe://a.example';

const entry = (id: string, more: Partial<EntryRow> = {}): EntryRow => ({
  id,
  spiffeId: `${td}/${id}`,
  parentId: `${td}/spire/agent/one`,
  selectors: [{ type: 'k8s', value: `ns:${id}` }],
  x509SvidTtl: 0,
  jwtSvidTtl: 0,
  federatesWith: [],
  admin: false,
  downstream: false,
  expiresAt: 0n,
  dnsNames: [],
  revisionNumber: 0n,
  storeSvid: false,
  disableX509SvidPrefetch: false,
  jwtSvidIncludeJti: false,
  hint: '',
  createdAt: 1n,
  ...more,
});

const agent = (name: string, more: Partial<AgentRow> = {}): AgentRow => ({
  id: `${td}/spire/agent/${name}`,
  attestationType: 'x509pop',
  serialNumber: '1',
  expiresAt: BigInt(now + 100),
  selectors: [],
  banned: false,
  canReattest: true,
  version: '',
  ...more,
});

const query = (more: Partial<EntryQuery> = {}): EntryQuery => ({
  connections: ['c'],
  ...everyEntry,
  limit: 100,
  now,
  ...more,
});

/** As the gateway asks: the index, or the database while there is none. */
const listed = (store: ReturnType<typeof openStore>, asked: EntryQuery) =>
  store.entries(asked) ?? store.scanEntries(asked);

function filled(rows: EntryRow[], agents: AgentRow[] = [agent('one')]) {
  const store = openStore(':memory:');
  store.begin('c', 'a.example', at);
  store.page('c', packRows(rows));
  store.agents('c', agents, at);
  while (store.finish('c', 1).more);
  while (store.buildOrders());
  store.reach('c');
  const ids = (more: Partial<EntryQuery> = {}) => listed(store, query(more)).entries.map(({ row }) => row.id);
  return { store, ids };
}

describe('the store', () => {
  it('finds substrings in any case, short ones too, and takes operators literally', () => {
    const { ids } = filled([
      entry('alpha', { hint: 'Über"quote' }),
      entry('beta', { dnsNames: ['db.Svc.local'] }),
      entry('gamma', { selectors: [{ type: 'unix', value: 'uid:0 OR 1*' }] }),
    ]);
    expect(ids({ search: 'ALPH' })).toEqual(['alpha']);
    expect(ids({ search: 'svc.LOC' })).toEqual(['beta']);
    expect(ids({ search: 'et' })).toEqual(['beta']);
    expect(ids({ search: 'b' })).toEqual(['alpha', 'beta']);
    expect(ids({ search: '0 OR 1*' })).toEqual(['gamma']);
    expect(ids({ search: 'r"quo' })).toEqual(['alpha']);
    expect(ids({ search: '%' })).toEqual([]);
    expect(ids({ search: 'alpha\nspiffe' })).toEqual([]);
  });

  it('filters, sorts, pages and counts', () => {
    const rows = ['e', 'd', 'c', 'b', 'a'].map((id, index) =>
      entry(id, { createdAt: BigInt(index), federatesWith: index % 2 ? ['b.example'] : [] }),
    );
    const { store, ids } = filled(rows);
    expect(ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(ids({ order: 'created_at', descending: true, offset: 1, limit: 2 })).toEqual(['b', 'c']);
    expect(ids({ federatesWith: 'b.example' })).toEqual(['b', 'd']);
    expect(ids({ selectorType: 'unix' })).toEqual([]);
    expect(listed(store, query({ federatesWith: 'b.example', limit: 1 }))).toMatchObject({
      total: 2,
      all: 5,
    });
    expect(store.facets(['c'])).toEqual({
      selectorTypes: [{ value: 'k8s', count: 5 }],
      federated: [{ value: 'b.example', count: 2 }],
      connections: [{ value: 'c', count: 5 }],
    });
  });

  it('sorts what never expires last and tells expiry windows', () => {
    const { ids } = filled([
      entry('never'),
      entry('old', { expiresAt: BigInt(now - 1) }),
      entry('today', { expiresAt: BigInt(now + 60) }),
      entry('later', { expiresAt: BigInt(now + 5 * 86_400) }),
    ]);
    expect(ids({ order: 'expires_at' })).toEqual(['old', 'today', 'later', 'never']);
    expect(ids({ expiry: 'expired' })).toEqual(['old']);
    expect(ids({ expiry: 'day' })).toEqual(['today']);
    expect(ids({ expiry: 'week' })).toEqual(['later', 'today']);
    expect(ids({ expiry: 'never' })).toEqual(['never']);
  });

  it('tells who serves an entry: agent, alias of nodes, nested entry, expired, banned, nobody', () => {
    const rows = [
      entry('served'),
      entry('stale', { parentId: `${td}/spire/agent/gone` }),
      entry('banned', { parentId: `${td}/spire/agent/bad` }),
      entry('orphan', { parentId: `${td}/nowhere` }),
      entry('over', { expiresAt: BigInt(now - 5) }),
      entry('alias', {
        spiffeId: `${td}/nodes`,
        parentId: `${td}/spire/server`,
        selectors: [{ type: 'k8s', value: 'node:x' }],
      }),
      entry('viaalias', { parentId: `${td}/nodes` }),
      entry('nested', { parentId: `${td}/viaalias` }),
      entry('loop', { spiffeId: `${td}/loop`, parentId: `${td}/loop` }),
    ];
    const { store } = filled(rows, [
      agent('one'),
      agent('gone', { expiresAt: BigInt(now - 9) }),
      agent('bad', { banned: true }),
      agent('node', {
        selectors: [
          { type: 'k8s', value: 'node:x' },
          { type: 'k8s', value: 'zone:1' },
        ],
      }),
    ]);
    const states = new Map(listed(store, query()).entries.map(({ row, state }) => [row.id, state]));
    expect(Object.fromEntries(states)).toEqual({
      served: 1,
      stale: 3,
      banned: 4,
      orphan: 2,
      over: 5,
      alias: 6,
      viaalias: 1,
      nested: 1,
      loop: 2,
    });
    expect(listed(store, query({ state: 1, order: 'state' })).total).toBe(3);
    expect(listed(store, query()).entries.find(({ row }) => row.id === 'nested')?.via).toBe(
      `${td}/spire/agent/node`,
    );
  });

  it('renews without emptying: changed rows change, missing ones go, and what was written through meanwhile stays', () => {
    const { store, ids } = filled([entry('a'), entry('b'), entry('c')]);
    store.begin('c', 'a.example', at);
    store.upsert('c', [entry('new'), entry('b', { hint: 'ours', revisionNumber: 1n })], at);
    store.remove('c', ['c'], at);
    // The page was read before those writes.
    store.page('c', packRows([entry('a', { hint: 'changed' }), entry('b'), entry('c')]));
    expect(ids()).toEqual(['a', 'b', 'new']);
    store.finish('c', 2);
    expect(ids({ search: 'changed' })).toEqual(['a']);
    expect(ids({ search: 'ours' })).toEqual(['b']);
    store.begin('c', 'a.example', at);
    store.page('c', packRows([entry('b')]));
    store.finish('c', 3);
    expect(ids()).toEqual(['b']);
    expect(ids({ search: 'ours' })).toEqual([]);
  });

  it('finds the same while a large load has no index yet and after', () => {
    const store = openStore(':memory:');
    store.begin('c', 'a.example', at);
    store.page('c', packRows([entry('first')]));
    for (let round = 0; round < 8; round += 1)
      store.page('c', packRows(Array.from({ length: 1000 }, (_one, index) => entry(`n${round}-${index}`))));
    const find = () => listed(store, query({ search: 'N7-99', limit: 1000 })).total;
    // The first are answered from the tables, the last from the index, which catches up a little with each.
    for (let round = 0; round < 40; round += 1) expect(find()).toBe(11);
    store.upsert('c', [entry('first', { hint: 'n7-99' })], at);
    expect(find()).toBe(12);
    store.upsert('c', [entry('last', { hint: 'n7-99' }), entry('n7-991', { hint: 'again' })], at);
    expect(find()).toBe(13);
    expect(listed(store, query({ search: 'again' })).total).toBe(1);
    store.remove('c', ['n7-990', 'last'], at);
    expect(find()).toBe(11);
    store.upsert('c', [entry('n7-990')], at);
    expect(find()).toBe(12);
    store.finish('c', 1);
    store.remove('c', ['n7-999'], at);
    expect(find()).toBe(11);
  });

  it('S-38: keeps 64-bit numbers whole', () => {
    const big = 9_223_372_036_854_775_806n;
    const { store } = filled([
      entry('big', { revisionNumber: big, expiresAt: 253_402_300_799n, createdAt: 9_007_199_254_740_993n }),
    ]);
    expect(listed(store, query()).entries[0]?.row).toMatchObject({
      revisionNumber: big,
      expiresAt: 253_402_300_799n,
      createdAt: 9_007_199_254_740_993n,
    });
  });

  it('S-25: keys of servers named like prototype members stay data', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const { store, ids } = filled(
      names.map((name) =>
        entry(name, { selectors: [{ type: name, value: name }], federatesWith: [name], hint: name }),
      ),
    );
    expect(ids().toSorted()).toEqual(names.toSorted());
    expect(ids({ selectorType: '__proto__' })).toEqual(['__proto__']);
    expect(
      store
        .facets(['c'])
        .federated.map(({ value }) => value)
        .toSorted(),
    ).toEqual(names.toSorted());
    expect(store.facets(['constructor'])).toEqual({ selectorTypes: [], federated: [], connections: [] });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('forgets connections that are not configured any more', () => {
    const { store, ids } = filled([entry('a')]);
    while (store.forgetOthers(['other']));
    expect(ids()).toEqual([]);
    expect(store.stats(now)).toEqual([]);
  });

  it('S-29: chains the audit log, and names the first line that was touched', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mt-')), 'muster.db');
    const store = startStore(file);
    const line = {
      at: 1,
      action: 'a',
      title: 't',
      session: 's',
      client: 'cli',
      role: 'operator',
      detail: '',
      digest: 'd',
    };
    await store.appendAudit({ ...line, record: 'r1', state: 'started' });
    await store.appendAudit(
      { ...line, record: 'r1', state: 'done' },
      { ...line, record: 'r2', state: 'refused' },
    );
    expect(await store.verifyAudit()).toBeUndefined();
    const { records, total } = await store.listRecords(0, 10);
    expect(records.map(({ record, state }) => [record, state])).toEqual([
      ['r2', 'refused'],
      ['r1', 'done'],
    ]);
    expect(total).toBe(2);
    await store.close();
    expect(statSync(file).mode & 0o077).toBe(0);
    const db = new DatabaseSync(file);
    db.exec("UPDATE audit SET detail = 'nothing happened' WHERE seq = 2");
    db.close();
    const again = startStore(file);
    expect(await again.verifyAudit()).toBe(2);
    await again.close();
    await expect(again.stats(0)).rejects.toThrow(/closed/u);
  }, 60_000);
});
