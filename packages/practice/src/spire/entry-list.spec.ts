import type { Client } from '@connectrpc/connect';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { SelectorMatch_MatchBehavior as Match } from '@muster/wire/gen/spire/api/types/selector_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, refusal, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
let entries: Client<typeof Entry>;

beforeAll(async () => {
  network = await startTestNetwork();
  entries = network.server(Entry);
  const letters = { w1: 'a1', w2: 'a1 b2', w3: 'a1 b2 c3', w4: 'c3', w5: 'b2 c3' };
  await entries.batchCreateEntry({
    entries: Object.entries(letters).map(([name, set]) => ({
      spiffeId: { trustDomain: harbor, path: `/letters/${name}` },
      parentId: { trustDomain: harbor, path: '/letters/parent' },
      selectors: set.split(' ').map((value) => ({ type: 'letter', value })),
    })),
  });
});
afterAll(() => network.stop());

const selectors = (match: number, ...values: string[]) => ({
  bySelectors: { match, selectors: values.map((value) => ({ type: 'letter', value })) },
});
const names = (list: { spiffeId?: { path: string } | undefined }[]) =>
  list.map((entry) => entry.spiffeId?.path.split('/').at(-1)).join(' ');
const bySpiffeId = (path: string, trustDomain = harbor) => ({
  filter: { bySpiffeId: { trustDomain, path } },
});

describe('paging', () => {
  it('a page size of 0 sends everything and ignores the token', async () => {
    const all = await entries.listEntries({ pageToken: 'nonsense' });
    expect(all.entries).toHaveLength(125);
    expect(all.nextPageToken).toBe('');
  });

  it('a negative page size is 0', async () => {
    expect((await entries.listEntries({ pageSize: -1 })).entries).toHaveLength(125);
  });

  it('the last page with rows has a token; only an empty page has none', async () => {
    const sizes: number[] = [];
    const ids = new Set<string>();
    let pageToken = '';
    do {
      const page = await entries.listEntries({ pageSize: 50, pageToken });
      sizes.push(page.entries.length);
      for (const { id } of page.entries) ids.add(id);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(sizes).toEqual([50, 50, 25, 0]);
    expect(ids.size).toBe(125);
  });

  it('a token that is no row is refused as the datastore does', async () => {
    expect(await refusal(entries.listEntries({ pageSize: 5, pageToken: 'abc' }))).toBe(
      "13 failed to list entries: datastore-sql: rpc error: code = InvalidArgument desc = could not parse token 'abc'",
    );
    expect(await refusal(entries.listEntries({ pageSize: 5, pageToken: '4294967296' }))).toMatch(
      /^13 .*4294967296/,
    );
  });

  it('EXACT cuts the page before it filters, so a page may be short and still have a token', async () => {
    const filter = selectors(Match.MATCH_SUBSET, 'a1', 'b2');
    const first = await entries.listEntries({ filter, pageSize: 3 });
    expect(names(first.entries)).toBe('w1 w2');
    expect(first.nextPageToken).not.toBe('');
  });

  it('rows made or deleted while listing show on the pages still to come', async () => {
    const page = await entries.listEntries({ pageSize: 123 });
    const created = await entries.batchCreateEntry({
      entries: [1, 2].map((number) => ({
        spiffeId: { trustDomain: harbor, path: `/late/${number}` },
        parentId: { trustDomain: harbor, path: '/late/parent' },
        selectors: [{ type: 'late', value: 'yes' }],
      })),
    });
    const rest = await entries.listEntries({ pageSize: 123, pageToken: page.nextPageToken });
    expect(rest.entries).toHaveLength(4);
    await entries.batchDeleteEntry({ ids: created.results.map((result) => result.entry?.id ?? '') });
    expect(
      (await entries.listEntries({ pageSize: 123, pageToken: page.nextPageToken })).entries,
    ).toHaveLength(2);
  });
});

describe('output mask', () => {
  it('unset sends everything', async () => {
    const [entry] = (await entries.listEntries({ pageSize: 1 })).entries;
    expect(entry?.selectors.length).toBeGreaterThan(0);
    expect(entry?.createdAt).toBeGreaterThan(0n);
  });

  it('empty sends only the id', async () => {
    const [entry] = (await entries.listEntries({ pageSize: 1, outputMask: {} })).entries;
    expect(entry).toMatchObject({ selectors: [], createdAt: 0n, hint: '' });
    expect(entry?.spiffeId).toBeUndefined();
    expect(entry?.id).not.toBe('');
  });

  it('sends the parts it names', async () => {
    const { entries: found } = await entries.listEntries({
      ...bySpiffeId('/letters/w2'),
      outputMask: { spiffeId: true },
    });
    expect(names(found)).toBe('w2');
    expect(found[0]?.parentId).toBeUndefined();
  });
});

describe('selector filters', () => {
  const expected: [string, number, string][] = [
    ['EXACT', Match.MATCH_EXACT, 'w2'],
    ['SUBSET', Match.MATCH_SUBSET, 'w1 w2'],
    ['SUPERSET', Match.MATCH_SUPERSET, 'w2 w3'],
    ['ANY', Match.MATCH_ANY, 'w1 w2 w3 w5'],
  ];
  for (const [name, match, found] of expected)
    it(`${name} of {a1, b2}`, async () => {
      const filter = selectors(match, 'a1', 'b2');
      expect(names((await entries.listEntries({ filter })).entries)).toBe(found);
      expect((await entries.countEntries({ filter })).count).toBe(found.split(' ').length);
    });

  it('an unknown match is refused', async () => {
    expect(await refusal(entries.listEntries({ filter: selectors(9, 'a1') }))).toBe(
      '13 unhandled selectors match behavior',
    );
  });

  it('bad selectors are refused', async () => {
    expect(await refusal(entries.listEntries({ filter: { bySelectors: {} } }))).toBe(
      '3 malformed selectors filter: empty selector set',
    );
    const one = (type: string, value: string) =>
      refusal(entries.listEntries({ filter: { bySelectors: { selectors: [{ type, value }] } } }));
    expect(await one('', 'v')).toBe('3 malformed selectors filter: missing selector type');
    expect(await one('t', '')).toBe('3 malformed selectors filter: missing selector value');
    expect(await one('a:b', 'v')).toBe("3 malformed selectors filter: selector type contains ':'");
  });
});

describe('other filters', () => {
  it('by SPIFFE ID is exact', async () => {
    expect(names((await entries.listEntries(bySpiffeId('/letters/w3'))).entries)).toBe('w3');
    expect((await entries.listEntries(bySpiffeId('/letters/w'))).entries).toEqual([]);
  });

  it('by SPIFFE ID wants a workload of this trust domain', async () => {
    expect(await refusal(entries.listEntries(bySpiffeId('/spire/agent/x509pop/1')))).toBe(
      `3 malformed SPIFFE ID filter: "spiffe://${harbor}/spire/agent/x509pop/1" is not a workload in trust domain "${harbor}"; path is in the reserved namespace`,
    );
    expect(await refusal(entries.listEntries(bySpiffeId('/x', 'else.test')))).toBe(
      `3 malformed SPIFFE ID filter: "spiffe://else.test/x" is not a member of trust domain "${harbor}"`,
    );
  });

  it('by parent takes the server itself', async () => {
    const { entries: found } = await entries.listEntries({
      filter: { byParentId: { trustDomain: harbor, path: '/spire/server' } },
    });
    expect(found.length).toBeGreaterThan(1);
    expect(found.every((entry) => entry.parentId?.path === '/spire/server')).toBe(true);
  });

  it('by hint; an empty hint is no filter', async () => {
    const hinted = (byHint: string) => entries.listEntries({ filter: { byHint } });
    expect((await hinted('moderator')).entries).toHaveLength(1);
    expect((await hinted('')).entries).toHaveLength(125);
  });

  it('by downstream: false is a filter too', async () => {
    expect((await entries.countEntries({ filter: { byDownstream: true } })).count).toBe(1);
    expect((await entries.countEntries({ filter: { byDownstream: false } })).count).toBe(124);
  });

  it('by federation, with or without the scheme', async () => {
    const federated = (trustDomains: string[], match = Match.MATCH_ANY as number) =>
      entries.listEntries({ filter: { byFederatesWith: { trustDomains, match } } });
    const bare = await federated([lighthouse]);
    expect(bare.entries.length).toBeGreaterThan(5);
    expect((await federated([`spiffe://${lighthouse}`])).entries).toHaveLength(bare.entries.length);
    expect((await federated(['unknown.test'])).entries).toEqual([]);
    const subset = await federated([lighthouse], Match.MATCH_SUBSET);
    expect(subset.entries.every((entry) => entry.federatesWith.length > 0)).toBe(true);
    expect(await refusal(federated([]))).toBe('3 malformed federates with filter: empty trust domain set');
  });

  it('all set filters must hold', async () => {
    const filter = { ...bySpiffeId('/letters/w3').filter, byHint: 'nobody' };
    expect((await entries.listEntries({ filter })).entries).toEqual([]);
  });
});

describe('one entry', () => {
  it('is found by its id', async () => {
    const [entry] = (await entries.listEntries({ pageSize: 1 })).entries;
    expect(await entries.getEntry({ id: entry?.id ?? '' })).toEqual(entry);
  });

  it('needs an id that exists', async () => {
    expect(await refusal(entries.getEntry({}))).toBe('3 missing ID');
    expect(await refusal(entries.getEntry({ id: 'nobody' }))).toBe('5 entry not found');
  });
});
