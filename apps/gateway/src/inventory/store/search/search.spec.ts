import { beforeAll, describe, expect, it } from 'vitest';
import { packRows } from '../../../upstream/spire/entry-wire.ts';
import type { AgentRow, EntryRow } from '../../../upstream/spire/rows.ts';
import { openStore } from '../open.ts';
import { everyEntry } from '../query.ts';
import { entryOrders, entryStates } from '../query.ts';
import type { EntryQuery, StoredEntry } from '../query.ts';

const now = 1_800_000_000;
const at = now * 1000;
const day = 86_400;

/** Repeatable numbers from 0 to below `most` (xorshift). */
function randomFrom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % most;
  };
}

const words = [
  'pay',
  'Shop',
  'über',
  'db"1',
  '100%',
  'a b',
  'ns',
  '🔑key',
  'ｗide',
  "o'x",
  '[a]',
  'e',
  'line\nend',
  '~x^',
];

function rows(td: string, count: number, random: (most: number) => number): EntryRow[] {
  const word = (): string => words[random(words.length)] ?? '';
  const some = (most: number, make: () => string): string[] => [
    ...new Set(Array.from({ length: random(most) }, make)),
  ];
  return Array.from({ length: count }, (_none, index) => ({
    id: `${td}-${index}`,
    spiffeId: `spiffe://${td}/${['shop', 'shopping', 'pay', 'é'][random(4)]}/${word().replaceAll(/\W/gu, '')}/${index}`,
    parentId:
      random(20) === 0
        ? `spiffe://${td}/spire/server`
        : `spiffe://${td}/spire/agent/${['One', 'two', 'gone', 'bad'][random(4)]}`,
    selectors: [
      { type: ['k8s', 'unix', 'docker', '__proto__'][random(4)] ?? '', value: `${word()}:${random(50)}` },
      { type: 'k8s', value: `unit:${index}` },
    ].slice(0, 1 + random(2)),
    x509SvidTtl: random(3) * 1800,
    jwtSvidTtl: random(4) - 1,
    federatesWith: some(3, () => ['b.example', 'c.example', 'constructor'][random(3)] ?? ''),
    admin: random(9) === 0,
    downstream: random(9) === 0,
    expiresAt:
      [0n, BigInt(now - 5), BigInt(now + 60), BigInt(now + 3 * day), 253_402_300_799n][random(5)] ?? 0n,
    dnsNames: some(3, () => `${word().replaceAll(/\W/gu, '')}.example`),
    revisionNumber: random(5) === 0 ? 9_007_199_254_740_991n : BigInt(random(9)),
    storeSvid: random(9) === 0,
    disableX509SvidPrefetch: random(9) === 0,
    jwtSvidIncludeJti: random(9) === 0,
    hint: random(3) === 0 ? word() : '',
    createdAt: BigInt(random(1000)),
  }));
}

const agent = (td: string, name: string, more: Partial<AgentRow>): AgentRow => ({
  id: `spiffe://${td}/spire/agent/${name}`,
  attestationType: 'x509pop',
  serialNumber: '1',
  expiresAt: BigInt(now + 100),
  selectors: [],
  banned: false,
  canReattest: true,
  version: '',
  ...more,
});

const queryOf = (more: Partial<EntryQuery>): EntryQuery => ({
  connections: ['a', 'b'],
  ...everyEntry,
  limit: 50,
  now,
  ...more,
});

type Held = { connection: string; row: EntryRow };

/** What the contract says, as plainly as it can be said. */
function naive(all: readonly Held[], query: EntryQuery): Held[] {
  const text = ({ spiffeId, selectors, dnsNames, hint }: EntryRow): string =>
    [spiffeId, ...selectors.map(({ type, value }) => `${type}:${value}`), ...dnsNames, hint]
      .join('\n')
      .toLowerCase();
  const search = query.search.toLowerCase().replaceAll('\n', ' ');
  const within = (row: EntryRow, seconds: number): boolean =>
    row.expiresAt > BigInt(now) && row.expiresAt <= BigInt(now + seconds);
  const expiries: Record<EntryQuery['expiry'], (row: EntryRow) => boolean> = {
    any: () => true,
    never: (row) => row.expiresAt === 0n,
    expired: (row) => row.expiresAt !== 0n && row.expiresAt <= BigInt(now),
    day: (row) => within(row, day),
    week: (row) => within(row, 7 * day),
  };
  const flags = {
    admin: (row: EntryRow) => row.admin,
    downstream: (row: EntryRow) => row.downstream,
    storeSvid: (row: EntryRow) => row.storeSvid,
    dnsNames: (row: EntryRow) => row.dnsNames.length > 0,
    hint: (row: EntryRow) => row.hint !== '',
  };
  const joined = (values: readonly string[]): string => values.join('\n');
  const last = 2n ** 63n - 1n;
  const keys: Record<EntryQuery['order'], (row: EntryRow) => string | bigint> = {
    spiffe_id: (row) => row.spiffeId,
    parent_id: (row) => row.parentId,
    selectors: (row) => joined(row.selectors.map(({ type, value }) => `${type}:${value}`)),
    x509_ttl: (row) => BigInt(row.x509SvidTtl),
    jwt_ttl: (row) => BigInt(row.jwtSvidTtl),
    federates: (row) => joined(row.federatesWith),
    expires_at: (row) => (row.expiresAt === 0n ? last : row.expiresAt),
    dns_names: (row) => joined(row.dnsNames),
    revision: (row) => row.revisionNumber,
    hint: (row) => row.hint,
    created_at: (row) => row.createdAt,
    state: (row) => BigInt(stateOf(row)),
  };
  const key = keys[query.order];
  const compare = (a: string | bigint, b: string | bigint): number => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  };
  const found = all
    .filter(({ connection }) => query.connections.includes(connection))
    .filter(
      ({ row }) => search === '' || text(row).includes(search) || row.parentId.toLowerCase().includes(search),
    )
    .filter(({ row }) => query.parentId === '' || row.parentId === query.parentId)
    .filter(
      ({ row }) => query.selectorType === '' || row.selectors.some(({ type }) => type === query.selectorType),
    )
    .filter(({ row }) => query.federatesWith === '' || row.federatesWith.includes(query.federatesWith))
    .filter(({ row }) => expiries[query.expiry](row))
    .filter(({ row }) => query.flags.every((flag) => flags[flag](row)))
    .filter(({ row }) => row.spiffeId.slice(row.spiffeId.indexOf('/', 9)).startsWith(query.path))
    .filter(({ row }) => query.state === 0 || stateOf(row) === query.state)
    .toSorted((a, b) => compare(key(a.row), key(b.row)) || compare(a.row.spiffeId, b.row.spiffeId));
  return query.descending ? found.toReversed() : found;
}

function stateOf(row: EntryRow): number {
  if (row.expiresAt !== 0n && row.expiresAt <= BigInt(now)) return entryStates.expired;
  if (row.parentId.endsWith('/spire/server')) return entryStates.nodeAlias;
  if (row.parentId.endsWith('gone')) return entryStates.agentExpired;
  if (row.parentId.endsWith('bad')) return entryStates.agentBanned;
  return row.parentId.endsWith('One') || row.parentId.endsWith('two')
    ? entryStates.served
    : entryStates.noAgent;
}

function randomQuery(random: (most: number) => number, total: number): EntryQuery {
  const maybe = <T>(one: number, value: T, none: T): T => (random(one) === 0 ? value : none);
  const searches = [
    'e',
    'x',
    '%',
    '🔑',
    'Ü',
    'NS',
    '"1',
    'unit:9',
    'unit:1234',
    'shop/',
    'agent/one',
    'zzz',
    'a b',
    '~',
    'é',
    '100%:1',
    'line end',
    'spiffe',
    'k8s:unit:77',
    '.',
  ];
  return queryOf({
    connections: [['a', 'b'], ['a'], ['b'], []][random(8) === 0 ? 3 : random(3)] ?? [],
    search: maybe(2, searches[random(searches.length)] ?? '', ''),
    parentId: maybe(8, 'spiffe://a.example/spire/agent/two', ''),
    selectorType: maybe(5, ['k8s', 'unix', '__proto__', 'none'][random(4)] ?? '', ''),
    federatesWith: maybe(5, ['b.example', 'constructor', 'd.example'][random(3)] ?? '', ''),
    expiry: maybe(4, (['never', 'expired', 'day', 'week'] as const)[random(4)] ?? 'any', 'any'),
    state: maybe(5, 1 + random(6), 0),
    flags: maybe(5, [(['admin', 'dnsNames', 'hint', 'storeSvid'] as const)[random(4)] ?? 'admin'], []),
    path: maybe(6, ['/shop/', '/shop/pay/', '/é/', '/none/'][random(4)] ?? '', ''),
    order: entryOrders[random(entryOrders.length)] ?? 'state',
    descending: random(2) === 0,
    offset: [0, 1, 49, random(total), Math.max(0, total - 10), total + 5][random(6)] ?? 0,
    limit: [1, 10, 50, 200][random(4)] ?? 10,
  });
}

describe('the search index', { timeout: 60_000 }, () => {
  const random = randomFrom(20_261_123);
  const store = openStore(':memory:');
  let held: Held[] = [];

  /** The index catches up, and looks at texts, for some milliseconds at each call. */
  function listed(query: EntryQuery) {
    for (let tries = 0; tries < 200; tries += 1) {
      const page = store.entries(query);
      if (page && !page.estimate) return page;
    }
    return undefined;
  }

  function readAll(): void {
    for (const connection of ['a', 'b']) {
      store.begin(connection, `${connection}.example`, at);
      const mine = held.filter((one) => one.connection === connection).map(({ row }) => row);
      for (let from = 0; from < mine.length; from += 1000)
        store.page(connection, packRows(mine.slice(from, from + 1000)));
      while (store.finish(connection, at).more);
      const td = `${connection}.example`;
      store.agents(
        connection,
        [
          agent(td, 'One', {}),
          agent(td, 'two', {}),
          agent(td, 'gone', { expiresAt: BigInt(now - 1) }),
          agent(td, 'bad', { banned: true }),
        ],
        at,
      );
      store.reach(connection);
    }
    while (store.buildOrders());
  }

  const ids = (list: readonly (Held | StoredEntry)[]): string[] => list.map(({ row }) => row.id);

  function compare(times: number): void {
    for (let time = 0; time < times; time += 1) {
      const query = randomQuery(random, 300);
      const wanted = naive(held, query);
      const near = { ...query, offset: query.offset > 300 ? Math.max(0, wanted.length - 7) : query.offset };
      const page = listed(near);
      const said = JSON.stringify(near);
      expect(page, said).toBeDefined();
      expect(ids(page?.entries ?? []), said).toEqual(
        ids(wanted.slice(near.offset, near.offset + near.limit)),
      );
      expect({ total: page?.total, estimate: page?.estimate }, said).toEqual({
        total: wanted.length,
        estimate: false,
      });
      expect(page?.all, said).toBe(
        held.filter(({ connection }) => query.connections.includes(connection)).length,
      );
      if (time % 10 === 0)
        expect(ids(store.scanEntries(near).entries), said).toEqual(ids(page?.entries ?? []));
    }
  }

  // More than one block of the text index, and some after it.
  beforeAll(() => {
    held = [
      ...rows('a.example', 17_000, random).map((row) => ({ connection: 'a', row })),
      ...rows('b.example', 900, random).map((row) => ({ connection: 'b', row })),
    ];
    readAll();
  }, 60_000);

  it('answers any question as a plain look at all rows does', () => compare(60));

  it('follows what is written through, row by row', () => {
    for (let round = 0; round < 12; round += 1) {
      const picked = Array.from({ length: 5 }, () => held[random(held.length)]).filter(
        (one) => one !== undefined,
      );
      const fresh = rows('a.example', 3, random).map((row) => ({
        connection: 'a',
        row: { ...row, id: `new-${round}-${row.id}`, spiffeId: `${row.spiffeId}/new${round}` },
      }));
      const changed = picked.slice(0, 3).map(({ connection, row }) => ({
        connection,
        row: {
          ...row,
          hint: `r${round}`,
          spiffeId: `${row.spiffeId}x`,
          revisionNumber: row.revisionNumber + 1n,
        },
      }));
      const gone = new Set(picked.slice(3).map(({ row }) => row.id));
      for (const { connection, row } of [...fresh, ...changed]) store.upsert(connection, [row], at);
      for (const { connection, row } of picked.slice(3)) store.remove(connection, [row.id], at);
      const renewed = new Map(changed.map((one) => [one.row.id, one]));
      held = [
        ...held.filter(({ row }) => !gone.has(row.id)).map((one) => renewed.get(one.row.id) ?? one),
        ...fresh,
      ];
      expect(listed(queryOf({ search: `R${round}` }))?.total).toBe(
        naive(held, queryOf({ search: `R${round}` })).length,
      );
      compare(6);
    }
  });

  it('knows states at any moment, later and earlier than those asked for before', () => {
    const served: number[] = [];
    for (const moment of [now, now + 59, now + 60, now + 200, now - 10, now]) {
      for (const more of [{ order: 'state' as const, offset: 17 }, { state: entryStates.served }]) {
        const query = queryOf({ ...more, now: moment });
        const scanned = store.scanEntries(query);
        const page = listed(query);
        expect(ids(page?.entries ?? []), `${moment - now}`).toEqual(ids(scanned.entries));
        expect(page?.total).toBe(scanned.total);
        if ('state' in more) served.push(scanned.total);
      }
    }
    const [first = 0, , atExpiry = 0, whenAgentsAreGone, before = 0, again] = served;
    expect(first).toBeGreaterThan(atExpiry);
    expect(before).toBeGreaterThan(first);
    expect([whenAgentsAreGone, again]).toEqual([0, first]);
  });

  it('follows a reading in which much has changed', () => {
    held = held
      .filter((_one, index) => index % 7 !== 0)
      .map(({ connection, row }, index) => ({
        connection,
        row:
          index % 5 === 0
            ? { ...row, hint: 'anew', selectors: [{ type: 'unix', value: `uid:${index}` }] }
            : row,
      }));
    readAll();
    compare(30);
  });

  it('begins anew when a connection is forgotten', () => {
    while (store.forgetOthers(['a']));
    held = held.filter(({ connection }) => connection === 'a');
    compare(20);
  });

  it('finds entries by a whole selector', () => {
    const hits = store.entriesWithSelector(['a'], 'unix:uid:5', 10, now);
    expect(ids(hits)).toEqual(
      ids(held.filter(({ row }) => row.selectors.some(({ value }) => value === 'uid:5'))),
    );
    expect(store.entriesWithSelector(['a'], 'unix:uid', 10, now)).toEqual([]);
  });
});

describe('orders by few different numbers', () => {
  const at = (connection: string, name: string, more: Partial<EntryRow>): EntryRow => ({
    ...(rows(`${connection}.example`, 1, () => 0)[0] as EntryRow),
    id: name,
    spiffeId: `spiffe://${name}`,
    ...more,
  });
  const store = openStore(':memory:');
  const shared = 'spiffe://shared.example/agent';
  for (const connection of ['a', 'b']) {
    const other = `spiffe://${connection}.example/agent`;
    const [one, two] = connection === 'a' ? ['n1', 'n4'] : ['n2', 'n3'];
    store.begin(connection, `${connection}.example`, now * 1000);
    store.page(
      connection,
      packRows([
        at(connection, `${one}`, { parentId: shared, x509SvidTtl: 60 }),
        at(connection, `${two}`, { parentId: other, x509SvidTtl: connection === 'a' ? 0 : -1 }),
        at(connection, `${one}x`, { parentId: shared, x509SvidTtl: 60 }),
      ]),
    );
    while (store.finish(connection, now * 1000).more);
  }
  const listed = (more: Partial<EntryQuery>): string[] =>
    (store.entries(queryOf(more))?.entries ?? []).map(({ row }) => row.id);

  it('tell the same parent on two servers once, its entries by SPIFFE ID', () => {
    const ascending = ['n4', 'n3', 'n1', 'n1x', 'n2', 'n2x'];
    expect(listed({ order: 'parent_id' })).toEqual(ascending);
    expect(listed({ order: 'parent_id', descending: true })).toEqual(ascending.toReversed());
    expect(listed({ order: 'parent_id', offset: 1, limit: 3 })).toEqual(ascending.slice(1, 4));
    expect(listed({ order: 'parent_id', connections: ['b'] })).toEqual(['n3', 'n2', 'n2x']);
  });

  it('take in what is written later, with numbers that were not there', () => {
    expect(listed({ order: 'x509_ttl' })).toEqual(['n3', 'n4', 'n1', 'n1x', 'n2', 'n2x']);
    store.upsert('b', [at('b', 'n0', { x509SvidTtl: 30 }), at('b', 'n5', { x509SvidTtl: -1 })], now * 1000);
    expect(listed({ order: 'x509_ttl' })).toEqual(['n3', 'n5', 'n4', 'n0', 'n1', 'n1x', 'n2', 'n2x']);
    // Of very many numbers there is an order again.
    const many = Array.from({ length: 40 }, (_none, n) => at('a', `m${10 + n}`, { x509SvidTtl: 1000 - n }));
    store.upsert('a', many, now * 1000);
    const wanted = [...many.map(({ id }) => id)].toReversed();
    expect(listed({ order: 'x509_ttl', offset: 8 })).toEqual(wanted);
    expect(listed({ order: 'x509_ttl', descending: true, limit: 40 })).toEqual(wanted.toReversed());
  });
});
