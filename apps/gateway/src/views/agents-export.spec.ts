import { Code, type Client } from '@connectrpc/connect';
import { AgentService, AgentSort, AgentState, ExportFormat } from '@muster/api';
import { parse as csvParse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredAgent } from '../inventory/store/agents.ts';
import { startHarness, startSpire, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { agentsExportView } from './agents-export.ts';
import type { ViewContext } from './context.ts';

let started: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let agents: Client<typeof AgentService>;
type Query = Parameters<Client<typeof AgentService>['exportAgents']>[0]['query'];

async function exported(format: ExportFormat, query: Query = {}) {
  const parts: Buffer[] = [];
  let last: { rows: bigint; total: bigint; changed: string } | undefined;
  for await (const message of agents.exportAgents({ query, format })) {
    parts.push(Buffer.from(message.part));
    last = message;
  }
  return { text: Buffer.concat(parts).toString('utf8'), last };
}
const rowsOf = (text: string) => csvParse(text, { columns: true }) as Record<string, string>[];

beforeAll(async () => {
  started = await startSpire({ entries: 60 });
  harness = await startHarness(started.connections);
  agents = harness.client(AgentService);
  await until(
    () => agents.listAgents({}),
    ({ all, freshness }) => all > 20n && freshness?.refreshing === false && freshness.asOf !== undefined,
    20_000,
  );
}, 40_000);
afterAll(async () => {
  await harness?.console.close();
  await started?.stop();
});

describe('exporting agents', () => {
  it('gives as CSV all that match, in the order of the list', async () => {
    const query = { trustDomains: ['harbor.example'], sort: AgentSort.EXPIRES_AT, descending: true };
    const list = await agents.listAgents({ ...query, page: { limit: 1000 } });
    const { text, last } = await exported(ExportFormat.CSV, query);
    const rows = rowsOf(text);
    expect(rows.map(({ id }) => id)).toEqual(list.agents.map(({ id }) => id));
    expect(last).toMatchObject({ rows: list.total, total: list.total, changed: '' });
    const [row] = rows;
    const [agent] = list.agents;
    expect(row).toMatchObject({
      connection: 'harbor',
      attestation_type: agent?.attestationType,
      serial_number: agent?.serialNumber,
      entries: String(agent?.entries),
      banned: String(agent?.banned),
      expires_at: new Date(Number(agent?.expiresAt?.seconds) * 1000).toISOString().replace('.000', ''),
    });
    expect(row?.['selectors']?.split('\n')).toHaveLength(agent?.selectors.length ?? -1);
  });

  it('gives as JSON what the view has, and an empty list where nothing matches', async () => {
    const { text } = await exported(ExportFormat.JSON, { state: AgentState.BANNED });
    const file = JSON.parse(text) as { agents: { banned: boolean; state: string; id: string }[] };
    expect(file.agents.length).toBeGreaterThan(0);
    expect(file.agents.every(({ banned, state }) => banned && state === 'AGENT_STATE_BANNED')).toBe(true);
    expect(JSON.parse((await exported(ExportFormat.JSON, { search: 'nobody-has-this' })).text)).toEqual({
      agents: [],
    });
    expect(rowsOf((await exported(ExportFormat.CSV, { search: 'nobody-has-this' })).text)).toEqual([]);
  });

  it('names the field of bad input', async () => {
    const bad: [ExportFormat, Query, RegExp][] = [
      [ExportFormat.YAML, {}, /format: csv or json/u],
      [ExportFormat.UNSPECIFIED, {}, /format: /u],
      [
        ExportFormat.CSV,
        { trustDomains: ['nobody.test'] },
        /trust_domains: no SPIRE server of nobody\.test/u,
      ],
      [ExportFormat.CSV, { search: 'x'.repeat(5000) }, /search: longer than/u],
    ];
    for (const [format, query, words] of bad) await expect(exported(format, query)).rejects.toThrow(words);
    const unasked = (async () => {
      for await (const _part of agents.exportAgents({ format: ExportFormat.CSV }));
    })();
    await expect(unasked).rejects.toMatchObject({ code: Code.InvalidArgument });
  });
});

/** Rows that no server of ours would have, written as they would be. */
async function written(row: Partial<StoredAgent['row']>, more: Partial<StoredAgent> = {}): Promise<string> {
  const stored = {
    connection: 'harbor',
    row: {
      id: 'spiffe://a.test/x',
      attestationType: 'x509pop',
      serialNumber: '1',
      expiresAt: 0n,
      selectors: [],
      banned: false,
      canReattest: true,
      version: '',
      ...row,
    },
    entries: 0,
    state: AgentState.ATTESTED,
    knownSince: 0,
    renewedAt: 0,
    asOf: 0,
    ...more,
  };
  const context = {
    connections: { spire: [{ link: { name: 'harbor', trustDomain: 'a.test' }, config: {} }] },
    inventory: {
      firstAgents: async () => {},
      feedState: () => ({ asOf: new Date(), stale: '' }),
      store: { agentPage: async () => ({ agents: [stored], total: 1 }) },
    },
    now: () => new Date(),
  } as unknown as ViewContext;
  const view = agentsExportView(context, () => ({}) as never);
  let text = '';
  const request = { query: { trustDomains: [] }, format: ExportFormat.CSV };
  const signal = new AbortController().signal;
  const call = view.exportAgents as unknown as (
    request: object,
    context: object,
  ) => AsyncIterable<{ part: Uint8Array }>;
  for await (const { part } of call(request, { signal })) text += Buffer.from(part).toString('utf8');
  return text;
}

describe('S-22: what a spreadsheet would run', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\uff1d1'])('%j is text', async (version) => {
    const [row] = rowsOf(await written({ version }));
    expect(row?.['version']).toBe(`'${version}`);
  });

  it('in a selector, a line break or a quote does not begin another row', async () => {
    const selectors = [
      { type: 'k8s', value: 'a"b' },
      { type: 'unix', value: 'x\r\n=cmd()' },
    ];
    const rows = rowsOf(await written({ selectors }));
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]?.['selectors'] ?? '')).toEqual(['k8s:a"b', 'unix:x\r\n=cmd()']);
  });
});

describe('S-38: numbers and times at their ends', () => {
  it.each([
    [1n, '1970-01-01T00:00:01Z'],
    [253_402_300_799n, '9999-12-31T23:59:59Z'],
  ])('an expiry at %s is %s', async (expiresAt, text) => {
    expect(rowsOf(await written({ expiresAt }))[0]?.['expires_at']).toBe(text);
  });

  it.each([9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n])(
    'an expiry at %s is told, and not mistaken for another',
    async (expiresAt) => {
      const [row] = rowsOf(await written({ expiresAt }));
      expect(row?.['expires_at']).toContain(String(expiresAt));
    },
  );

  it('a serial number of forty digits keeps them all', async () => {
    const serialNumber = '1461501637330902918203684832716283019655932542975';
    expect(rowsOf(await written({ serialNumber }))[0]?.['serial_number']).toBe(serialNumber);
  });
});
