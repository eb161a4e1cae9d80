import { describe, expect, it } from 'vitest';
import { packRows } from '../../upstream/spire/entry-wire.ts';
import type { AgentRow, BundleRow, EntryRow } from '../../upstream/spire/rows.ts';
import type { ChangeQuery } from './changes.ts';
import { openStore } from './open.ts';

const first = 1_800_000_000_000;
const minute = 60_000;
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
  createdAt: 9_007_199_254_740_993n,
  ...more,
});

const agent = (name: string, more: Partial<AgentRow> = {}): AgentRow => ({
  id: `${td}/spire/agent/${name}`,
  attestationType: 'x509pop',
  serialNumber: '1',
  expiresAt: 100n,
  selectors: [],
  banned: false,
  canReattest: true,
  version: '',
  ...more,
});

const bundle = (trustDomain: string, byte: number): BundleRow => ({
  trustDomain,
  own: trustDomain === 'a.example',
  x509: [{ der: Uint8Array.of(byte, 255, 0), tainted: false }],
  jwt: [{ keyId: `k${byte}`, publicKey: Uint8Array.of(byte), expiresAt: 5n, tainted: false }],
  refreshHint: 300n,
  sequenceNumber: BigInt(byte),
  readAt: new Date(byte),
});

const all: ChangeQuery = {
  connections: ['c'],
  since: 0,
  until: 0,
  search: '',
  target: '',
  offset: 0,
  limit: 100,
};

function started() {
  const store = openStore(':memory:');
  const read = (rows: EntryRow[], at: number): void => {
    store.begin('c', 'a.example', at);
    store.page('c', packRows(rows));
    while (store.finish('c', at + 1000).more);
  };
  const told = (more: Partial<ChangeQuery> = {}): string[] =>
    store.changes({ ...all, ...more }).changes.map(({ kind, verb, id }) => `${kind} ${verb} ${id}`);
  return { store, read, told };
}

describe('what changed between readings', () => {
  it('a first reading is no news; later ones say what was added, changed, removed, and since when it may have been', () => {
    const { store, read, told } = started();
    read([entry('a'), entry('b'), entry('c')], first);
    expect(told()).toEqual([]);
    expect(store.changes(all).keptSince).toEqual([{ connection: 'c', at: first + 1000 }]);
    read([entry('a'), entry('b', { hint: 'new', revisionNumber: 1n }), entry('d')], first + minute);
    expect(told().toSorted()).toEqual(['entry added d', 'entry changed b', 'entry removed c']);
    const [changed] = store.changes({ ...all, verb: 'changed' }).changes;
    expect(changed).toMatchObject({
      connection: 'c',
      name: `${td}/b`,
      before: { hint: '', createdAt: 9_007_199_254_740_993n },
      after: { hint: 'new', revisionNumber: 1n },
      seenAt: first + minute,
      notBefore: first + 1000,
    });
    const [removed] = store.changes({ ...all, verb: 'removed' }).changes;
    expect(removed?.kind === 'entry' && removed.before?.spiffeId).toBe(`${td}/c`);
    read([entry('a'), entry('b', { hint: 'new', revisionNumber: 1n }), entry('d')], first + 2 * minute);
    expect(told()).toHaveLength(3);
  });

  it('filters, searches, pages and counts', () => {
    const { store, read, told } = started();
    read([], first);
    read(
      ['x1', 'x2', 'y1'].map((id) => entry(id)),
      first + minute,
    );
    read([entry('x1'), entry('x2')], first + 2 * minute);
    expect(told({ search: '/X' })).toHaveLength(2);
    expect(told({ target: 'y1' })).toEqual(['entry removed y1', 'entry added y1']);
    expect(told({ target: `${td}/y1` })).toHaveLength(2);
    expect(told({ since: first + 2 * minute })).toEqual(['entry removed y1']);
    expect(told({ until: first + minute, verb: 'removed' })).toEqual([]);
    expect(told({ kind: 'agent' })).toEqual([]);
    expect(told({ connections: ['other'] })).toEqual([]);
    expect(store.changes({ ...all, limit: 1, offset: 1 })).toMatchObject({
      total: 4,
      changes: [{ id: 'y1' }],
    });
  });

  it('logs what is written through at its moment, and not again when it is read', () => {
    const { store, read, told } = started();
    read([entry('a')], first);
    store.upsert('c', [entry('mine')], first + 5000);
    store.upsert('c', [entry('seen')], first + 6000, true);
    store.remove('c', ['a'], first + 7000);
    const byId = new Map(store.changes(all).changes.map((one) => [one.id, one]));
    expect(byId.get('mine')).toMatchObject({ verb: 'added', seenAt: first + 5000, notBefore: first + 5000 });
    expect(byId.get('seen')).toMatchObject({ verb: 'added', seenAt: first + 6000, notBefore: first + 1000 });
    expect(byId.get('a')).toMatchObject({ verb: 'removed', seenAt: first + 7000 });
    // The same fields in other bytes: as a server of another version writes them.
    read([entry('mine'), entry('seen')], first + minute);
    expect(told()).toHaveLength(3);
  });

  it('keeps a renewal of an agent as a time, and a ban as a change', () => {
    const { store, told } = started();
    const renewal = () => store.changes({ ...all, kind: 'agent' }).changes.length;
    store.agents('c', [agent('one'), agent('two')], first);
    store.agents('c', [agent('one', { serialNumber: '2', expiresAt: 200n }), agent('two')], first + minute);
    expect(renewal()).toBe(0);
    store.agents(
      'c',
      [agent('one', { serialNumber: '2', expiresAt: 200n, banned: true })],
      first + 2 * minute,
    );
    expect(told().toSorted()).toEqual([
      `agent changed ${td}/spire/agent/one`,
      `agent removed ${td}/spire/agent/two`,
    ]);
  });

  it('keeps every copy of a bundle with its moment, byte for byte', () => {
    const { store, told } = started();
    const read = (rows: BundleRow[], at: number) => store.bundles('c', rows, at);
    expect(read([bundle('a.example', 1), bundle('b.example', 1)], first)).toBe(false);
    expect(read([bundle('a.example', 1), bundle('b.example', 1)], first + 1)).toBe(false);
    expect(read([bundle('a.example', 2), bundle('b.example', 1)], first + 2)).toBe(true);
    expect(read([bundle('a.example', 2)], first + 3)).toBe(true);
    expect(told()).toEqual(['bundle removed b.example', 'bundle changed a.example']);
    const versions = store.bundleVersions('c', 'a.example');
    expect(versions.map(({ at, goneAt, own }) => ({ at, goneAt, own }))).toEqual([
      { at: first + 2, goneAt: 0, own: true },
      { at: first, goneAt: first + 2, own: true },
    ]);
    const { readAt: _readAt, ...wanted } = bundle('a.example', 1);
    expect(store.bundleVersion('c', 'a.example', first + 1)?.bundle).toEqual(wanted);
    expect(store.bundleVersion('c', 'b.example', first + 3)).toBeUndefined();
    expect(store.bundleVersion('c', 'a.example', first - 1)).toBeUndefined();
    for (let at = 0; at < 60; at += 1) read([bundle('a.example', at % 2)], first + 10 + at);
    expect(store.bundleVersions('c', 'a.example')).toHaveLength(50);
  });
});
