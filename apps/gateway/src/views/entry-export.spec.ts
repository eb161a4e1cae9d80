import { Code, ConnectError } from '@connectrpc/connect';
import { EntryService, ExportFormat } from '@muster/api';
import type { Client } from '@connectrpc/connect';
import { parse as csvParse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as yamlParse } from 'yaml';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let started: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let entries: Client<typeof EntryService>;

type Query = Parameters<Client<typeof EntryService>['exportEntries']>[0]['query'];

async function exported(format: ExportFormat, query: Query = {}) {
  let text = '';
  let last: { rows: bigint; total: bigint; changed: string } | undefined;
  let parts = 0;
  const decoder = new TextDecoder();
  for await (const message of entries.exportEntries({ query, format })) {
    text += decoder.decode(message.part, { stream: true });
    parts += 1;
    last = message;
  }
  return { text, parts, rows: Number(last?.rows), total: Number(last?.total), changed: last?.changed };
}

beforeAll(async () => {
  started = await startSpire({ entries: 2300 });
  harness = await startHarness(started.connections);
  entries = harness.client(EntryService);
  await until(
    () => entries.listEntries({ page: { limit: 1 } }),
    ({ all, freshness }) => all > 1000n && freshness?.refreshing === false && freshness.asOf !== undefined,
    20_000,
  );
}, 40_000);
afterAll(async () => {
  await harness?.console.close();
  await started?.stop();
});

describe('exporting entries', () => {
  it('gives all that match in the order of the list, in parts, and says how many', async () => {
    const list = await entries.listEntries({
      trustDomains: ['harbor.example'],
      page: { limit: 1000 },
      descending: true,
    });
    const { text, parts, rows, total, changed } = await exported(ExportFormat.JSON, {
      trustDomains: ['harbor.example'],
      descending: true,
    });
    const file = JSON.parse(text) as { entries: { id: string; connection: string; spiffeId: string }[] };
    expect(rows).toBe(Number(list.total));
    expect(total).toBe(rows);
    expect(parts).toBeGreaterThan(1);
    expect(changed).toBe('');
    expect(file.entries).toHaveLength(rows);
    expect(file.entries.slice(0, 1000).map(({ id }) => id)).toEqual(list.entries.map(({ id }) => id));
    expect(new Set(file.entries.map(({ connection, id }) => `${connection}/${id}`)).size).toBe(rows);
  });

  it('writes CSV with the columns of an import, and lists in one cell', async () => {
    const { text, rows } = await exported(ExportFormat.CSV, { search: 'checkout' });
    const records = csvParse(text, { columns: true }) as Record<string, string>[];
    expect(records).toHaveLength(rows);
    const [record] = records;
    expect(record?.['spiffe_id']).toContain('/checkout');
    expect(record?.['selectors']).toMatch(/^\w+:/u);
    expect(record?.['admin']).toBe('false');
    expect(record?.['created_at']).toMatch(/^\d{4}-.*Z$/u);
  });

  it('S-22: quotes cells that a spreadsheet would run', async () => {
    const formula = '=HYPERLINK("http://x.test","pay")';
    const plan = await harness.plan('entry.create', {
      connection: 'harbor',
      entries: [
        ...['=1+1', '+1', '-1', '@SUM(A1)', '\tcmd', formula].map((hint, i) => ({
          spiffe_id: `spiffe://harbor.example/formula/${i}`,
          parent_id: 'spiffe://harbor.example/node/pier-a',
          selectors: ['unix:uid:1'],
          hint,
        })),
      ],
    });
    await harness.apply(plan.digest);
    const { text, rows } = await exported(ExportFormat.CSV, { path: '/formula/' });
    expect(rows).toBe(6);
    const hints = (csvParse(text, { columns: true }) as Record<string, string>[]).map(
      (record) => record['hint'],
    );
    expect(hints).toEqual(["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tcmd", `'${formula}`]);
    for (const line of text.split('\r\n'))
      for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+\-@\t]/u);
  });

  it('reads back as it was through an import: CSV, YAML, and what spire-server takes', async () => {
    for (const [format, name] of [
      [ExportFormat.CSV, 'csv'],
      [ExportFormat.YAML, 'yaml'],
      [ExportFormat.SPIRE_DATA, 'spire-data'],
    ] as const) {
      const { text, rows } = await exported(format, { trustDomains: ['harbor.example'], search: 'pier' });
      expect(rows, name).toBeGreaterThan(10);
      const plan = await harness.plan('entry.import', {
        connection: 'harbor',
        text,
        format: name,
        mode: 'create-and-update',
      });
      const changed = plan.changes.filter(({ verb }) => verb !== 'unchanged');
      expect(changed.map(({ verb, target }) => `${name}: ${verb} ${target}`)).toEqual([]);
    }
  }, 30_000);

  it('keeps the attributes that SPIRE has in a message of their own, and its own shape of them', async () => {
    const query = { trustDomains: ['harbor.example'], search: '/ci/runner' };
    const { text } = await exported(ExportFormat.SPIRE_DATA, query);
    const file = JSON.parse(text) as { entries: Record<string, unknown>[] };
    expect(file.entries[0]).toMatchObject({
      additional_attributes: { disable_x509_svid_prefetch: true, jwt_svid_include_jti: true },
    });
    for (const format of [ExportFormat.CSV, ExportFormat.YAML, ExportFormat.JSON, ExportFormat.SPIRE_DATA]) {
      const { text: given } = await exported(format, query);
      const plan = await harness.plan('entry.import', {
        connection: 'harbor',
        text: given.replace(/[\da-f]{8}-[\da-f-]{27}/u, 'a-copy').replaceAll('runner', 'copy'),
        mode: 'create-and-update',
      });
      const made = plan.changes[0]?.fields.map(({ field, after }) => `${field}: ${after}`);
      expect(made, ExportFormat[format]).toEqual(
        expect.arrayContaining(['No X.509-SVID prefetch: yes', 'JWT-SVIDs with jti: yes']),
      );
    }
  }, 30_000);

  it('writes YAML as one document', async () => {
    const { text, rows } = await exported(ExportFormat.YAML, { trustDomains: ['harbor.example'] });
    const file = yamlParse(text) as { entries: { spiffe_id: string; selectors: string[] }[] };
    expect(file.entries).toHaveLength(rows);
    expect(file.entries.every(({ selectors }) => selectors.length > 0)).toBe(true);
  }, 20_000);

  it('writes what spire-server decodes, with the expiry under its own name there', async () => {
    const expiring = await entries.listEntries({ expiry: 3, page: { limit: 1 } });
    const one = expiring.entries[0];
    const { text } = await exported(ExportFormat.SPIRE_DATA, { search: one?.spiffeId ?? '' });
    const file = JSON.parse(text) as { entries: Record<string, unknown>[] };
    expect(file.entries[0]).toMatchObject({
      spiffe_id: one?.spiffeId,
      parent_id: one?.parentId,
      selectors: one?.selectors.map(({ type, value }) => ({ type, value })),
      entryExpiry: Number(one?.expiresAt?.seconds),
    });
    for (const entry of file.entries) expect(Object.keys(entry)).not.toContain('expires_at');
  });

  it('writes a whole file when nothing matches', async () => {
    const nothing = { search: 'nobody-has-this' };
    expect(JSON.parse((await exported(ExportFormat.JSON, nothing)).text)).toEqual({ entries: [] });
    expect(yamlParse((await exported(ExportFormat.YAML, nothing)).text)).toEqual({ entries: [] });
    expect((await exported(ExportFormat.CSV, nothing)).text.trim().split('\n')).toHaveLength(1);
  });

  it('says that entries changed while it was written', async () => {
    let changed = '';
    let count = 0;
    for await (const message of entries.exportEntries({ query: {}, format: ExportFormat.JSON })) {
      if (count++ === 0) {
        const plan = await harness.plan('entry.create', {
          connection: 'harbor',
          entries: [
            {
              spiffe_id: 'spiffe://harbor.example/aaa/first',
              parent_id: 'spiffe://harbor.example/node/pier-a',
              selectors: ['unix:uid:2'],
            },
          ],
        });
        await harness.apply(plan.digest);
      }
      changed = message.changed;
    }
    expect(changed).toContain('changed while this was written');
  });

  it.each([
    ['an unknown format', { query: {}, format: 99 as ExportFormat }, Code.InvalidArgument, 'format'],
    ['no query', { format: ExportFormat.CSV }, Code.InvalidArgument, 'query'],
    [
      'a trust domain that is not connected',
      { query: { trustDomains: ['nope.test'] }, format: ExportFormat.CSV },
      Code.NotFound,
      'nope.test',
    ],
    [
      'a path without a slash',
      { query: { path: 'shop' }, format: ExportFormat.CSV },
      Code.InvalidArgument,
      'path',
    ],
    [
      'a search that is too long',
      { query: { search: 'x'.repeat(5000) }, format: ExportFormat.CSV },
      Code.InvalidArgument,
      'search',
    ],
  ])('refuses %s before anything is written', async (_name, request, code, words) => {
    const read = async () => {
      for await (const message of entries.exportEntries(request)) void message;
    };
    const error = await read().catch((caught: unknown) => ConnectError.from(caught));
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(words);
  });
});

describe('what has not been read whole', () => {
  it('is not exported as if it were', async () => {
    const nowhere = await startHarness([
      {
        name: 'gone',
        kind: 'spire-server',
        address: 'unix:///nonexistent/api.sock',
        trustDomain: 'gone.test',
      },
    ]);
    const client = nowhere.client(EntryService);
    const read = async () => {
      for await (const message of client.exportEntries({ query: {}, format: ExportFormat.CSV })) void message;
    };
    await expect(read()).rejects.toMatchObject({ code: Code.FailedPrecondition });
    await nowhere.console.close();
  });
});
