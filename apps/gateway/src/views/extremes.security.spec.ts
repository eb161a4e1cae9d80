import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import {
  AgentService,
  EntrySort,
  EntryTree,
  ExpiryService,
  ExportFormat,
  GeneratorKind,
  GeneratorService,
  HistoryService,
  ImportService,
  LintService,
  WhyService,
} from '@muster/api';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { openChannel } from '../upstream/transport.ts';

const td = 'harbor.example';
const connection = 'harbor';
const home = temporaryDirectory();
const most64 = 9_223_372_036_854_775_807n;
const most32 = 2_147_483_647;
/** Expiry and TTLs of entries that no SPIRE would make, and that a server may tell of all the same. */
const extremes = [
  ['int64', most64, most32],
  ['year-9999', 253_402_300_799n, 1],
  ['beyond-2-53', 9_007_199_254_740_993n, most32],
  ['second-one', 1n, 0],
] as const;

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;

beforeAll(async () => {
  spire = await startSpire({ entries: 40 });
  const address = `unix://${spire.spire.trustDomains[0]?.serverSocket ?? ''}`;
  const channel = openChannel({ address });
  const { results } = await createClient(Entry, channel.transport).batchCreateEntry({
    entries: extremes.map(([name, expiresAt, ttl]) => ({
      spiffeId: { trustDomain: td, path: `/extreme/${name}` },
      parentId: { trustDomain: td, path: '/spire/server' },
      selectors: [{ type: 'unix', value: `user:${name}` }],
      expiresAt,
      x509SvidTtl: ttl,
      jwtSvidTtl: ttl,
    })),
  });
  channel.close();
  expect(results.map(({ status }) => status?.code)).toEqual(extremes.map(() => 0));
  harness = await startHarness(spire.connections, { home });
  await harness.console.ready;
  await until(
    () => harness.entries.listEntries({ search: '/extreme/' }),
    ({ total, freshness }) => total === BigInt(extremes.length) && freshness?.refreshing === false,
  );
}, 60_000);
afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

async function exported(format: ExportFormat): Promise<string> {
  const parts: Buffer[] = [];
  for await (const { part } of harness.entries.exportEntries({ query: { search: '/extreme/' }, format }))
    parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

describe('S-38: numbers and times at their ends', () => {
  it('are in the list, in their order, each as far as a moment can be told', async () => {
    const { entries } = await harness.entries.listEntries({
      search: '/extreme/',
      sort: EntrySort.EXPIRES_AT,
      descending: true,
    });
    expect(entries.map(({ spiffeId }) => spiffeId.split('/').at(-1))).toEqual([
      'int64',
      'beyond-2-53',
      'year-9999',
      'second-one',
    ]);
    // A moment after the year 9999 has no text: it is told as the end of it.
    expect(entries.map(({ expiresAt }) => expiresAt?.seconds)).toEqual([
      253_402_300_799n,
      253_402_300_799n,
      253_402_300_799n,
      1n,
    ]);
    expect(entries.map(({ x509SvidTtl }) => x509SvidTtl)).toEqual([most32, most32, 1, 0]);
  });

  it('are exported digit by digit', async () => {
    const data = await exported(ExportFormat.SPIRE_DATA);
    for (const [, expiresAt] of extremes) expect(data).toContain(`"entryExpiry":${expiresAt}}`);
    expect(data).toContain(`"x509_svid_ttl":${most32}`);
    for (const format of [ExportFormat.CSV, ExportFormat.YAML]) {
      const text = await exported(format);
      expect(text).toContain(String(most64));
      expect(text).toContain('9999-12-31T23:59:59Z');
      expect(text).toContain('9007199254740993');
    }
  });

  it('are taken by every view of entries', async () => {
    const { items } = await harness
      .client(ExpiryService)
      .listExpiry({ expired: true, page: { limit: 1000 } });
    expect(items.length).toBeGreaterThan(0);
    const { findings } = await until(
      () => harness.client(LintService).listFindings({ page: { limit: 1000 } }),
      ({ progress }) => progress?.running === false && progress.finishedAt !== undefined,
    );
    expect(findings.length).toBeGreaterThan(0);
    for (const [name] of extremes) {
      const [entry] = (await harness.entries.listEntries({ search: `/extreme/${name}` })).entries;
      const id = entry?.id ?? '';
      expect((await harness.entries.getEntry({ connection, id })).entry?.id).toBe(id);
      const { candidates } = await harness
        .client(WhyService)
        .explain({ connection, selectors: [{ type: 'unix', value: `user:${name}` }] });
      expect(candidates.some((one) => one.entry?.id === id && one.matches)).toBe(true);
      await harness
        .client(GeneratorService)
        .generate({ connection, kind: GeneratorKind.CLUSTER_STATIC_ENTRY, entryId: id });
    }
  });

  it('of a request are bounded, and none is taken for another', async () => {
    const list = { offset: most64, limit: 4_294_967_295 };
    expect((await harness.entries.listEntries({ page: list })).entries).toEqual([]);
    expect((await harness.client(AgentService).listAgents({ page: list })).agents).toEqual([]);
    expect((await harness.actions.listRecords({ page: list })).records).toEqual([]);
    expect((await harness.client(LintService).listFindings({ page: list })).findings).toEqual([]);
    const tree = { connection, tree: EntryTree.PATH, page: list };
    expect((await harness.entries.listEntryTree(tree)).nodes).toEqual([]);
    const far = timestampFromMs(253_402_300_799_000);
    expect((await harness.client(HistoryService).listChanges({ since: far, page: list })).changes).toEqual(
      [],
    );
  });

  it.each([-1, most32 + 1, 1.5, 2 ** 53])('a TTL of %s is refused by its field', async (ttl) => {
    const row = {
      spiffe_id: `spiffe://${td}/ttl`,
      parent_id: `spiffe://${td}/spire/server`,
      selectors: ['unix:uid:1'],
    };
    await expect(harness.plan('entry.create', { entries: [{ ...row, x509_svid_ttl: ttl }] })).rejects.toThrow(
      /x509_svid_ttl/u,
    );
    await expect(harness.plan('agent.joinToken', { connection, ttl })).rejects.toThrow(/ttl/u);
  });
});

/** Texts on which a pattern that looks back takes for ever, and patterns that are to be taken as text. */
const patterns = [
  ...['a', '0', '/', '-', '.', ':', '=', ' ', '%', '"', '\\', '\n', '{', '[', '(', ',', ';', '_', '*'].map(
    (sign) => `${sign.repeat(3000)}!`,
  ),
  ...['a/', 'a.', 'a-', 'a:', '0.', '=a', ' \t', 'a,', '"a', '\\"'].map(
    (pair) => `${pair.repeat(1500)}\u0000`,
  ),
  '(a+)+$',
  '(a|aa)+$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '.*.*.*.*=.*',
  '([a-zA-Z]+)*\\d',
  '(?=a)*',
  '[',
  '(((((((((((',
  '%_%_%_%',
  '*?*?*?[^]',
  `spiffe://${'a.'.repeat(1400)}`,
];

describe('S-37: texts that would hold a pattern up', () => {
  it(`are ${patterns.length}, and each view answers to each`, async () => {
    const history = harness.client(HistoryService);
    const why = harness.client(WhyService);
    const asked: ((text: string) => Promise<unknown>)[] = [
      (search) => harness.entries.listEntries({ search }),
      (selectorType) => harness.entries.listEntries({ selectorType }),
      (path) => harness.entries.listEntries({ path }),
      (node) => harness.entries.listEntryTree({ connection, tree: EntryTree.PARENT, node }),
      (search) => harness.client(AgentService).listAgents({ search }),
      (search) => history.listChanges({ search }),
      (target) => history.listChanges({ target }),
      (value) => why.explain({ connection, selectors: [{ type: 'k8s', value }] }),
      (expectedId) => why.explain({ connection, selectors: [{ type: 'k8s', value: 'ns:a' }], expectedId }),
      (spiffe_id) =>
        harness.plan('entry.create', {
          entries: [{ spiffe_id, parent_id: spiffe_id, selectors: [spiffe_id] }],
        }),
      (bundle) => harness.plan('bundle.set', { connection, trust_domain: 'x.test', bundle }),
      (csr) => harness.plan('svid.mintX509', { connection, csr }),
    ];
    for (const text of patterns) {
      // An answer or a refusal that names the field: that it comes at all is what would fail.
      const answers = await Promise.allSettled(asked.map((ask) => ask(text)));
      for (const answer of answers) {
        if (answer.status === 'fulfilled') continue;
        expect(answer.reason).toBeInstanceOf(ConnectError);
        expect([Code.InvalidArgument, Code.NotFound, Code.FailedPrecondition]).toContain(
          (answer.reason as ConnectError).code,
        );
      }
    }
    // All at once: an import is read by a thread that is started for it.
    const text = patterns.join('\n');
    const { rows } = await harness.client(ImportService).previewImport({ connection, text });
    expect(rows.every(({ problems }) => problems.length > 0)).toBe(true);
  }, 120_000);
});

describe('S-13, S-14, S-21: a key that is pasted where none belongs', () => {
  const canary = 'Q0FOQVJZLW9mLWEtcHJpdmF0ZS1rZXktdGhhdC1tdXN0LWdvLW5vd2hlcmU';
  const pem = `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`;
  const jwk = JSON.stringify({
    keys: [{ kty: 'EC', crv: 'P-256', use: 'jwt-svid', kid: 'a', x: 'AA', y: 'AA', d: canary }],
  });
  const there = { connection, trust_domain: 'canary.test' };
  const endpoint = { bundle_endpoint_url: 'https://canary.test/', profile: 'https_web' };
  const plans: [string, string, object][] = [
    ['a bundle as PEM', 'bundle.set', { ...there, bundle: pem }],
    ['a bundle as JWKS', 'bundle.set', { ...there, bundle: jwk }],
    ['a relationship’s bundle', 'federation.create', { ...there, ...endpoint, bundle: jwk }],
    [
      'the other side of a pair',
      'federation.pair',
      { left: { connection }, right: { trust_domain: 'canary.test', bundle: pem, ...endpoint } },
    ],
    ['a certificate request', 'svid.mintX509', { connection, csr: pem }],
    ['the text of an import', 'entry.import', { connection, text: pem }],
    [
      'a SPIFFE ID',
      'entry.create',
      { entries: [{ spiffe_id: pem, parent_id: pem, selectors: [`unix:user:${pem}`] }] },
    ],
  ];

  it('is in no refusal, event, record, log or file', { timeout: 60_000 }, async () => {
    const said: string[] = [];
    for (const [what, action, input] of plans) {
      const error = await harness.plan(action, input as never).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, what).toBeInstanceOf(ConnectError);
      said.push((error as ConnectError).rawMessage);
    }
    const { rows } = await harness.client(ImportService).previewImport({ connection, text: jwk });
    said.push(...rows.flatMap(({ problems }) => problems.map(({ message }) => message)));
    said.push(
      JSON.stringify(harness.events, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    );
    const { records } = await harness.actions.listRecords({});
    said.push(...records.map(({ title, detail }) => `${title} ${detail}`));
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(home, name))
      .filter((name) => statSync(name).isFile());
    expect(files.length).toBeGreaterThan(0);
    said.push(...files.map((name) => readFileSync(name, 'latin1')));
    // The key itself as well: it is base64 in PEM.
    const forms = [canary, Buffer.from(canary, 'base64').toString('latin1')];
    for (const text of said)
      for (const form of forms) expect(text.includes(form), text.slice(0, 300)).toBe(false);
  });
});
