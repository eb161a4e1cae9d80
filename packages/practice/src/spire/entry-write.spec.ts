import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import type { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, item, lighthouse, refusal, startTestNetwork } from './testing/network.ts';

type Sent = Extract<MessageInitShape<typeof EntrySchema>, { $typeName?: never }> & object;

let network: TestNetwork;
let entries: Client<typeof Entry>;
let fresh = 0;

beforeAll(async () => {
  network = await startTestNetwork({ pruneSeconds: 0.2 });
  entries = network.server(Entry);
});
afterAll(() => network.stop());

const id = (path: string, trustDomain = harbor) => ({ trustDomain, path });
const sketch = (over: object = {}) =>
  ({
    spiffeId: id(`/test/${++fresh}`),
    parentId: id('/test/parent'),
    selectors: [{ type: 'unix', value: 'uid:7' }],
    ...over,
  }) as Sent;
const create = async (over: object = {}) =>
  (await entries.batchCreateEntry({ entries: [sketch(over)] })).results[0];
const update = async (entry: object, inputMask?: object) =>
  (await entries.batchUpdateEntry({ entries: [entry as Sent], ...(inputMask && { inputMask }) })).results[0];

describe('create', () => {
  it('answers with the stored entry', async () => {
    const created = await create({ hint: 'h', revisionNumber: 9n, createdAt: 9n });
    expect(item(created)).toBe('0 OK');
    expect(created?.entry).toMatchObject({ hint: 'h', revisionNumber: 0n });
    expect(Number(created?.entry?.createdAt)).toBeCloseTo(Date.now() / 1000, -1);
    expect(created?.entry?.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a similar entry is returned, with code 6, and not changed', async () => {
    const selectors = [
      { type: 'unix', value: 'uid:8' },
      { type: 'unix', value: 'gid:8' },
    ];
    const first = await create({ spiffeId: id('/similar'), selectors });
    const second = await create({
      spiffeId: id('/similar'),
      selectors: selectors.toReversed(),
      hint: 'new',
      id: 'mine',
    });
    expect(item(second)).toBe('6 similar entry already exists');
    expect(second?.entry).toEqual(first?.entry);
  });

  it('applies the similar rule within one batch', async () => {
    const twin = sketch();
    const { results } = await entries.batchCreateEntry({ entries: [twin, twin] });
    expect(results.map(item)).toEqual(['0 OK', '6 similar entry already exists']);
  });

  it('an item that fails does not stop the others', async () => {
    const { results } = await entries.batchCreateEntry({ entries: [sketch({ selectors: [] }), sketch()] });
    expect(results.map((result) => result.status?.code)).toEqual([3, 0]);
  });

  it('takes an id of its own, once', async () => {
    const own = `my-id_1.2`;
    expect((await create({ id: own }))?.entry?.id).toBe(own);
    const again = await create({ id: own });
    expect(again?.status?.code).toBe(6);
    expect(again?.entry).toBeUndefined();
  });

  const refused: [string, object, RegExp][] = [
    [
      'no parent',
      { parentId: undefined },
      /^3 failed to convert entry: invalid parent ID: request must specify SPIFFE ID$/,
    ],
    [
      'empty segments',
      { spiffeId: id('/a//b') },
      /^3 failed to convert entry: invalid spiffe ID: path cannot contain empty segments$/,
    ],
    ['trailing slash', { spiffeId: id('/a/') }, /invalid spiffe ID: path cannot have a trailing slash$/],
    [
      'upper case',
      { spiffeId: id('/a', 'Harbor') },
      /trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores$/,
    ],
    ['reserved path', { spiffeId: id('/spire/x') }, /path is in the reserved namespace$/],
    ['foreign ID', { spiffeId: id('/a', 'else.test') }, /is not a member of trust domain "harbor.example"$/],
    ['no selectors', { selectors: [] }, /^3 failed to convert entry: selector list is empty$/],
    ['selector without type', { selectors: [{ value: 'x' }] }, /missing selector type$/],
    ['selector without value', { selectors: [{ type: 'x' }] }, /missing selector value$/],
    ['colon in type', { selectors: [{ type: 'a:b', value: 'x' }] }, /selector type contains ':'$/],
    [
      'bad federated name',
      { federatesWith: ['UP.test'] },
      /^3 failed to convert entry: invalid federated trust domain: /,
    ],
    ['bad DNS name', { dnsNames: ['not a name'] }, /^3 failed to convert entry: invalid DNS name: /],
    ['long hint', { hint: 'h'.repeat(1025) }, /hint is too long, max length is 1024 characters$/],
    [
      'negative TTL',
      { x509SvidTtl: -1 },
      /^3 failed to create entry: datastore-validation: invalid registration entry: X509SvidTtl is not set$/,
    ],
    ['long id', { id: 'i'.repeat(256) }, /invalid registration entry: entry ID too long$/],
    ['strange id', { id: 'a b' }, /invalid registration entry: entry ID contains invalid characters$/],
    [
      'mixed selectors to store',
      {
        storeSvid: true,
        selectors: [
          { type: 'a', value: 'x' },
          { type: 'b', value: 'x' },
        ],
      },
      /selector types must be the same when store SVID is enabled$/,
    ],
    [
      'prefetch of what is stored',
      { storeSvid: true, additionalAttributes: { disableX509SvidPrefetch: true } },
      /specifying cache behaviour is incompatible with storable SVIDs$/,
    ],
    [
      'unknown federation',
      { federatesWith: ['nope.test'] },
      /^13 failed to create entry: unable to find federated bundle "spiffe:\/\/nope.test"$/,
    ],
    [
      'selector twice',
      {
        selectors: [
          { type: 'a', value: 'x' },
          { type: 'a', value: 'x' },
        ],
      },
      /^6 failed to create entry: datastore-sql: UNIQUE/,
    ],
    [
      'DNS name twice',
      { dnsNames: ['a.test', 'a.test'] },
      /^6 failed to create entry: datastore-sql: UNIQUE/,
    ],
  ];
  for (const [name, over, expected] of refused)
    it(`refuses: ${name}`, async () => {
      const result = await create(over);
      expect(item(result)).toMatch(expected);
      expect(result?.entry).toBeUndefined();
    });

  const accepted: [string, object][] = [
    ['a parent that does not exist', { parentId: id('/nobody/here') }],
    ['federation with the own trust domain', { federatesWith: [harbor] }],
    ['federation with a peer, by URI', { federatesWith: [`spiffe://${lighthouse}`] }],
    ['a wildcard DNS name', { dnsNames: ['*.a.test'] }],
    ['the longest TTL', { x509SvidTtl: 2147483647 }],
  ];
  for (const [name, over] of accepted)
    it(`accepts: ${name}`, async () => expect(item(await create(over))).toBe('0 OK'));

  it('masks what it answers', async () => {
    const { results } = await entries.batchCreateEntry({ entries: [sketch()], outputMask: { hint: true } });
    expect(results[0]?.entry?.spiffeId).toBeUndefined();
    expect(results[0]?.entry?.id).not.toBe('');
  });
});

describe('update', () => {
  it('without a mask replaces everything, and so needs everything', async () => {
    const { entry } = (await create({ hint: 'old', dnsNames: ['a.test'] })) ?? {};
    expect(item(await update({ id: entry?.id, hint: 'new' }))).toMatch(/^3 failed to convert entry: /);
    const replaced = await update({ ...entry, hint: '', dnsNames: [] });
    expect(replaced?.entry).toMatchObject({ hint: '', dnsNames: [], revisionNumber: 1n });
  });

  it('with a mask changes what it names', async () => {
    const { entry } = (await create({ hint: 'old', x509SvidTtl: 60 })) ?? {};
    const changed = await update({ id: entry?.id, hint: 'new', x509SvidTtl: 5 }, { hint: true });
    expect(changed?.entry).toMatchObject({
      hint: 'new',
      x509SvidTtl: 60,
      spiffeId: entry?.spiffeId,
      revisionNumber: 1n,
    });
  });

  it('an empty mask changes nothing and still bumps the revision', async () => {
    const { entry } = (await create()) ?? {};
    const changed = await update({ id: entry?.id }, {});
    expect(changed?.entry).toEqual({ ...entry, revisionNumber: 1n });
  });

  it('ignores the bits of what the server sets', async () => {
    const { entry } = (await create()) ?? {};
    const changed = await update(
      { id: entry?.id, revisionNumber: 40n, createdAt: 1n },
      { revisionNumber: true, createdAt: true },
    );
    expect(changed?.entry).toEqual({ ...entry, revisionNumber: 1n });
  });

  it('a refused update leaves the row as it was', async () => {
    const { entry } = (await create()) ?? {};
    expect(
      item(await update({ id: entry?.id, federatesWith: ['nope.test'] }, { federatesWith: true })),
    ).toMatch(/^13 /);
    expect(await entries.getEntry({ id: entry?.id ?? '' })).toEqual(entry);
  });

  it('does not look for similar entries', async () => {
    const { entry: one } = (await create()) ?? {};
    const { entry: two } = (await create()) ?? {};
    expect(item(await update({ id: two?.id, spiffeId: one?.spiffeId }, { spiffeId: true }))).toBe('0 OK');
  });

  it('keeps the position', async () => {
    const [before] = (await entries.listEntries({ pageSize: 1 })).entries;
    await update({ id: before?.id, x509SvidTtl: 77 }, { x509SvidTtl: true });
    const [after] = (await entries.listEntries({ pageSize: 1 })).entries;
    expect(after).toMatchObject({ id: before?.id, x509SvidTtl: 77 });
  });

  it('needs an entry', async () => {
    expect(item(await update({ ...sketch(), id: 'nobody' }))).toBe('5 failed to update entry');
  });
});

describe('delete', () => {
  it('answers for each id', async () => {
    const { entry } = (await create()) ?? {};
    const { results } = await entries.batchDeleteEntry({ ids: [entry?.id ?? '', '', 'nobody'] });
    expect(results.map(item)).toEqual(['0 OK', '3 missing entry ID', '5 entry not found']);
    expect(await refusal(entries.getEntry({ id: entry?.id ?? '' }))).toBe('5 entry not found');
  });
});

describe('expiry', () => {
  it('what has expired goes at the next pruning; a negative expiry is one too', async () => {
    const results = await Promise.all([create({ expiresAt: -5n }), create({ expiresAt: 1n }), create()]);
    expect(results.map(item)).toEqual(['0 OK', '0 OK', '0 OK']);
    const count = async () => {
      const listed = new Set((await entries.listEntries({})).entries.map((entry) => entry.id));
      return results.filter((result) => listed.has(result?.entry?.id ?? '')).length;
    };
    await expect.poll(count, { timeout: 3000 }).toBe(1);
  });
});

describe('many entries', () => {
  it('are listed, found, changed and deleted without ever being kept', async () => {
    const large = await startTestNetwork({ entries: 5000 });
    try {
      const client = large.server(Entry);
      const { entries: page } = await client.listEntries({ pageSize: 3, pageToken: '3000' });
      const [entry, other] = page;
      expect(await client.getEntry({ id: entry?.id ?? '' })).toEqual(entry);
      const filter = { bySpiffeId: entry?.spiffeId ?? id('') };
      expect((await client.listEntries({ filter })).entries).toEqual([entry]);
      const again = await client.batchCreateEntry({ entries: entry ? [entry] : [] });
      expect(item(again.results[0])).toBe('6 similar entry already exists');
      const changed = await client.batchUpdateEntry({
        entries: [{ id: entry?.id ?? '', hint: 'x' }],
        inputMask: { hint: true },
      });
      expect(changed.results[0]?.entry).toMatchObject({ hint: 'x', spiffeId: entry?.spiffeId });
      await client.batchDeleteEntry({ ids: [other?.id ?? ''] });
      expect((await client.countEntries({})).count).toBe(4919);
      const after = await client.listEntries({ pageSize: 2, pageToken: '3000' });
      expect(after.entries.map(({ hint, id: found }) => [hint, found])).toEqual([
        ['x', entry?.id],
        ['', page[2]?.id],
      ]);
    } finally {
      await large.stop();
    }
  });
});
