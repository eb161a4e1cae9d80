import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { packRows } from '../../upstream/spire/entry-wire.ts';
import type { EntryRow } from '../../upstream/spire/rows.ts';
import { openStore } from './open.ts';
import { everyEntry } from './query.ts';
import type { EntryQuery } from './query.ts';

const at = 1_800_000_000_000;

const entry = (id: string, more: Partial<EntryRow> = {}): EntryRow => ({
  id,
  spiffeId: `spiffe://a.example/${id}`,
  parentId: 'spiffe://a.example/spire/agent/one',
  selectors: [{ type: 'unix', value: `uid:${id}` }],
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

const query = (more: Partial<EntryQuery> = {}): EntryQuery => ({
  connections: ['c', 'd'],
  ...everyEntry,
  limit: 10,
  now: at / 1000,
  ...more,
});

type Store = ReturnType<typeof openStore>;

/** Above the size from which ids are indexed at the end of a first reading. */
const large = 23_000;
const file = (): string => join(mkdtempSync(join(tmpdir(), 'mt-')), 'muster.db');
const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_none, index) => `e${from + index}`);

function pages(store: Store, connection: string, names: readonly string[]): void {
  for (let from = 0; from < names.length; from += 1000)
    store.page(connection, packRows(names.slice(from, from + 1000).map((name) => entry(name))));
}

function read(store: Store, connection: string, names: readonly string[]): void {
  store.begin(connection, 'a.example', at);
  pages(store, connection, names);
  while (store.finish(connection, at).more);
  while (store.buildOrders());
}

function counts(store: Store): Record<string, number> {
  return Object.fromEntries(store.stats(at / 1000).map(({ connection, entries }) => [connection, entries]));
}

describe('a large load', { timeout: 60_000 }, () => {
  it('that is cut off keeps what it read, and the next one completes it', () => {
    const path = file();
    const killed = openStore(path);
    killed.begin('c', 'a.example', at);
    pages(killed, 'c', ids(0, large));
    // No finish, no close: as a process that is killed leaves it.
    const next = openStore(path);
    expect(next.stats(at / 1000)).toMatchObject([{ connection: 'c', asOf: 0, entries: large }]);
    read(next, 'c', ids(1000, large + 500));
    expect(counts(next)).toEqual({ c: large - 500 });
    expect(next.scanEntries(query({ search: 'e999' })).entries.map(({ row }) => row.id)).not.toContain(
      'e999',
    );
    expect(next.entryById(['c'], 'e22999', at / 1000)).toHaveLength(1);
    // It was never whole before: that some of it was gone is no news.
    expect(
      next.changes({ connections: ['c'], since: 0, until: 0, search: '', target: '', offset: 0, limit: 9 })
        .total,
    ).toBe(0);
  });

  it('that is abandoned leaves the old copy as it was', () => {
    const store = openStore(':memory:');
    read(store, 'c', ids(0, 10));
    store.begin('c', 'a.example', at + 5);
    pages(store, 'c', ids(0, 3));
    store.abandon('c');
    expect(store.finish('c', at + 9)).toEqual({ more: false, removed: 0 });
    expect(store.stats(at / 1000)).toMatchObject([{ asOf: at, entries: 10 }]);
  });

  it('of two connections at once keeps them apart, and what is written through meanwhile', () => {
    const store = openStore(':memory:');
    store.begin('c', 'a.example', at);
    store.begin('d', 'a.example', at);
    pages(store, 'c', ids(0, large));
    pages(store, 'd', ids(0, 2000));
    store.upsert('c', [entry('e5', { hint: 'ours' })], at);
    store.upsert('c', [entry('mine')], at);
    store.remove('c', ['e6'], at);
    pages(store, 'c', ids(large, large + 10));
    for (const connection of ['c', 'd']) while (store.finish(connection, at).more);
    expect(counts(store)).toEqual({ c: large + 10, d: 2000 });
    expect(store.entryById(['c', 'd'], 'e5', 0).map(({ connection, row }) => [connection, row.hint])).toEqual(
      [
        ['c', 'ours'],
        ['d', ''],
      ],
    );
    expect(store.entryById(['c'], 'e6', 0)).toEqual([]);
    read(store, 'd', ids(0, 1999));
    expect(counts(store)).toEqual({ c: large + 10, d: 1999 });
  });

  it('of a server that names entries twice has each once, with its last word', () => {
    const store = openStore(':memory:');
    store.begin('c', 'a.example', at);
    pages(store, 'c', ids(0, 1000));
    store.page('c', packRows([entry('e1', { hint: 'near' }), entry('e2'), entry('e2', { hint: 'twice' })]));
    while (store.finish('c', at).more);
    expect(counts(store)).toEqual({ c: 1000 });
    expect(store.entryById(['c'], 'e2', 0)[0]?.row.hint).toBe('twice');
    const far = openStore(':memory:');
    far.begin('c', 'a.example', at);
    pages(far, 'c', ids(0, large));
    far.page('c', packRows([entry('e1', { hint: 'far' })]));
    while (far.finish('c', at).more);
    expect(counts(far)).toEqual({ c: large });
    expect(far.entryById(['c'], 'e1', 0)[0]?.row.hint).toBe('far');
  });

  it('is forgotten in steps when its connection is', () => {
    const store = openStore(':memory:');
    read(store, 'c', ids(0, 5500));
    read(store, 'd', ids(0, 10));
    let steps = 0;
    while (store.forgetOthers(['d'])) steps += 1;
    expect(steps).toBeGreaterThan(5);
    expect(counts(store)).toEqual({ d: 10 });
    expect(store.facets(['c', 'd']).connections).toEqual([{ value: 'd', count: 10 }]);
  });

  it('begins anew when the file is of another version, and keeps the audit log', () => {
    const path = file();
    const store = openStore(path);
    read(store, 'c', ids(0, 3));
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
    store.appendAudit({ ...line, record: 'r', state: 'done' });
    store.close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 1');
    db.close();
    const again = openStore(path);
    expect(again.stats(0)).toEqual([]);
    expect(again.listRecords(0, 10).total).toBe(1);
    expect(again.verifyAudit()).toBeUndefined();
  });
});
