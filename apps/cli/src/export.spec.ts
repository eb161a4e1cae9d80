import { Code, ConnectError } from '@connectrpc/connect';
import {
  AgentService,
  AgentState,
  EntryService,
  EntryState,
  ExportFormat,
  type ListAgentsRequest,
  type ListEntriesRequest,
} from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

let gateway: StandIn;
let asked: { query: ListEntriesRequest | ListAgentsRequest | undefined; format: ExportFormat } | undefined;

const bytes = (text: string) => new TextEncoder().encode(text);

beforeEach(async () => {
  asked = undefined;
  gateway = await startStandIn((router) => {
    router.service(EntryService, {
      async *exportEntries({ query, format }) {
        asked = { query, format };
        if (query?.search === 'refuse')
          throw new ConnectError('harbor: its entries have not been read yet.', Code.FailedPrecondition);
        // A letter of two bytes across two parts.
        const [first, second] = [bytes('id,ü\r\n').slice(0, 4), bytes('id,ü\r\n').slice(4)];
        yield { part: first, rows: 1n, total: 2n };
        if (query?.search === 'break') throw new ConnectError('The store broke.', Code.Unavailable);
        const changed = query?.search === 'moving' ? 'Entries changed while this was written.\u001b[2J' : '';
        yield { part: second, rows: 2n, total: 2n, changed };
      },
    });
    router.service(AgentService, {
      async *exportAgents({ query, format }) {
        asked = { query, format };
        yield { part: bytes('id\r\n'), rows: 0n, total: 0n };
      },
    });
  });
});
afterEach(() => gateway.close());

describe('muster export', () => {
  it('writes every part as it comes, and asks for what the parameters say', async () => {
    const args = ['export', 'entries', '--format', 'csv', '-p', 'state=no-agent', '-p', 'flags=admin'];
    const { code, out, err } = await muster(args, { home: gateway.home, input: '' });
    expect({ code, out, err }).toEqual({ code: 0, out: 'id,ü\r\n', err: '' });
    expect(asked).toMatchObject({
      format: ExportFormat.CSV,
      query: { state: EntryState.NO_AGENT, flags: [1], search: '' },
    });
    expect(gateway.open()).toBe(0);
  });

  it.each([
    ['json', ExportFormat.JSON],
    ['yaml', ExportFormat.YAML],
    ['spire-data', ExportFormat.SPIRE_DATA],
  ])('knows %s', async (name, format) => {
    expect((await inProcess(['export', 'entries', '-f', name], gateway.home)).code).toBe(0);
    expect(asked?.format).toBe(format);
  });

  it('exports agents, by the parameters of their view', async () => {
    const args = ['export', 'agents', '-f', 'json', '-p', 'state=expired', '-p', 'attestation_type=k8s_psat'];
    const { code, out } = await inProcess(args, gateway.home);
    expect({ code, out }).toEqual({ code: 0, out: 'id\r\n' });
    expect(asked).toMatchObject({
      format: ExportFormat.JSON,
      query: { state: AgentState.EXPIRED, attestationType: 'k8s_psat' },
    });
  });

  it('says on standard error that entries changed meanwhile, without obeying them', async () => {
    const { code, out, err } = await inProcess(
      ['export', 'entries', '-f', 'csv', '-p', 'search=moving'],
      gateway.home,
    );
    expect(code).toBe(0);
    expect(out).toBe('id,ü\r\n');
    expect(err).toBe('muster: Entries changed while this was written.\\u{1b}[2J\n');
  });

  it.each([
    ['refuse', 'have not been read yet'],
    ['break', 'What was written is cut: The store broke.'],
  ])('exits with 1 when it is told %s', async (search, words) => {
    const { code, err } = await inProcess(
      ['export', 'entries', '-f', 'csv', '-p', `search=${search}`],
      gateway.home,
    );
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(gateway.open()).toBe(0);
  });

  it.each([
    [['export'], 'muster export entries'],
    [['export', 'bundles', '-f', 'csv'], 'muster export agents'],
    [['export', 'agents', 'entries', '-f', 'csv'], 'muster export agents'],
    [['export', 'agents', '-f', 'yaml'], 'There are csv, json.'],
    [['export', 'agents', '-f', 'csv', '-p', 'selector_type=unix'], 'selector_type'],
    [['export', 'entries'], '--format'],
    [['export', 'entries', '-f', 'xlsx'], 'There are csv, json, yaml, spire-data'],
    [['export', 'entries', '-f', 'csv', '-p', 'page.limit=3'], 'every row'],
    [['export', 'entries', '-f', 'csv', '-p', 'serch=x'], 'serch'],
  ])('%j is a mistake of usage', async (args, words) => {
    const { code, err } = await inProcess(args, gateway.home);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(asked).toBeUndefined();
  });
});
