import { randomBytes, randomInt } from 'node:crypto';
import { create, toBinary, toJsonString } from '@bufbuild/protobuf';
import type { DescField, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import {
  ActionService,
  AgentService,
  ConnectionService,
  EntryService,
  EntryTree,
  ExpiryService,
  ExportFormat,
  GeneratorKind,
  GeneratorService,
  GroupService,
  HistoryService,
  ImportService,
  InspectService,
  KeyService,
  LintService,
  NetworkService,
  ReachService,
  ServerService,
  SvidService,
  TrustDomainService,
  views,
  WhyService,
} from '@muster/api';
import type { ViewName } from '@muster/api';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { openChannel } from '../upstream/transport.ts';

let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
let directory: string;

beforeAll(async () => {
  spire = await startSpire({ svidTtlSeconds: 8 });
  directory = temporaryDirectory();
  harness = await startHarness([
    ...spire.connections,
    {
      name: 'dead',
      kind: 'spire-server',
      address: `unix://${directory}/none.sock`,
      trustDomain: 'dead.example',
    },
    { name: 'plane', kind: 'slim-control-plane', address: 'http://127.0.0.1:9' },
    { name: 'node-b', kind: 'slim-node', address: 'http://127.0.0.1:9' },
  ]);
  await harness.console.ready;
});

afterAll(async () => {
  await harness.console.close();
  await spire.stop();
});

const services: readonly DescService[] = [
  ConnectionService,
  EntryService,
  AgentService,
  ServerService,
  TrustDomainService,
  SvidService,
  ExpiryService,
  GroupService,
  ImportService,
  GeneratorService,
  LintService,
  HistoryService,
  WhyService,
  InspectService,
  KeyService,
  NetworkService,
  ReachService,
  ActionService,
];

/** Id of the record of a change that can be undone. */
async function changed(id: string): Promise<string> {
  const { digest } = await harness.plan('entry.update', { id, set: { hint: 'changed' } });
  return (await harness.apply(digest)).result.recordId;
}

describe('what leaves the gateway', () => {
  let clients: Map<string, Record<string, (request: unknown) => unknown>>;
  beforeAll(() => {
    clients = new Map(
      services.map((service) => [
        service.name,
        harness.client(service) as unknown as Record<string, (request: unknown) => unknown>,
      ]),
    );
  });

  it('S-13: holds no byte of a private key', async () => {
    // The keys as the Workload API hands them out, to be looked for in every answer.
    const channel = openChannel({ address: spire.connections[1]?.address ?? '' });
    const workload = createClient(SpiffeWorkloadAPI, channel.transport);
    const keys: Buffer[] = [];
    for await (const message of workload.fetchX509SVID({}, { headers: { 'workload.spiffe.io': 'true' } })) {
      keys.push(...message.svids.map(({ x509SvidKey }) => Buffer.from(x509SvidKey)));
      break;
    }
    channel.close();
    expect(keys[0]?.length).toBeGreaterThan(60);
    const [entry] = (await harness.entries.listEntries({ trustDomains: ['harbor.example'] })).entries;
    const { agents } = await until(
      () => harness.client(AgentService).listAgents({}),
      (list) => list.agents.length > 0,
    );
    const [agent] = agents;
    const recordId = await changed(entry?.id ?? '');
    const server = { connection: 'harbor' };
    await until(
      () => harness.svids.listSvids({}),
      ({ svids }) => svids.length > 0,
    );
    // One for each view: a view that is added does not compile without its request here.
    const asked: Record<Exclude<ViewName, 'sessions'>, object | undefined> = {
      overview: {},
      connections: {},
      entries: { page: { limit: 1000 } },
      entry: { id: entry?.id ?? '' },
      'entry-tree': { ...server, tree: EntryTree.PATH },
      agents: {},
      agent: { id: agent?.id ?? '', connection: agent?.connection ?? '' },
      'join-tokens': {},
      server: { ...server, details: true },
      bundles: {},
      authorities: {},
      expiry: {},
      bundle: { ...server, trustDomain: 'harbor.example' },
      'bundle-diff': {
        left: { ...server, trustDomain: 'harbor.example' },
        right: { connection: 'lighthouse', trustDomain: 'harbor.example' },
      },
      federation: {},
      'federation-doctor': { probe: true },
      svids: {},
      workload: {},
      channels: {},
      // They need a SLIM node that is up: moderator specs have them.
      members: undefined,
      messages: undefined,
      'group-compare': undefined,
      'roster-history': {},
      'owner-keys': {},
      'control-planes': {},
      nodes: {},
      // A node that does not answer has none.
      'connections-slim': undefined,
      routes: {},
      links: {},
      segments: {},
      approvals: {},
      domains: {},
      'import-preview': { ...server, text: '[]' },
      generators: { ...server, kind: GeneratorKind.AGENT_CONF },
      reach: { from: 'org/ns/app', to: 'org/ns/other' },
      why: { selectors: [{ type: 'unix', value: 'uid:1000' }] },
      'inspect-endpoint': { target: '127.0.0.1:9' },
      'inspect-context': { spiffeId: entry?.spiffeId ?? '' },
      lint: {},
      history: {},
      activity: {},
      record: { id: recordId },
    };
    const answers: { schema: DescMessage; answer: unknown }[] = [];
    for (const [name, request] of Object.entries(asked)) {
      if (request === undefined) continue;
      const method = views[name as ViewName];
      const answer = await clients.get(method.parent.name)?.[method.localName]?.(request);
      answers.push({ schema: method.output, answer });
    }
    answers.push({
      schema: SvidService.method.fetchJwtSvid.output,
      answer: await harness.svids.fetchJwtSvid({ connection: 'harbor-workload', audience: 'x' }),
    });
    for (const format of [ExportFormat.CSV, ExportFormat.JSON, ExportFormat.SPIRE_DATA, ExportFormat.YAML]) {
      for await (const answer of harness.entries.exportEntries({
        query: { trustDomains: ['harbor.example'] },
        format,
      }))
        answers.push({ schema: EntryService.method.exportEntries.output, answer });
    }
    const query = { trustDomains: ['harbor.example'] };
    for (const format of [ExportFormat.CSV, ExportFormat.JSON]) {
      for await (const answer of harness.client(AgentService).exportAgents({ query, format }))
        answers.push({ schema: AgentService.method.exportAgents.output, answer });
    }
    const outputs = answers.flatMap(({ schema, answer }) => [
      Buffer.from(toBinary(schema, answer as never)),
      Buffer.from(toJsonString(schema, answer as never)),
    ]);
    // What is looked for is found where it is.
    expect(outputs.some((output) => output.includes('harbor.example'))).toBe(true);
    for (const output of outputs) {
      expect(output.includes('PRIVATE KEY')).toBe(false);
      expect(output.includes('"d":')).toBe(false);
      for (const key of keys) {
        // The last 40 bytes are of the scalar and the point; DER, base64 and hex.
        const scalar = key.subarray(36, 68);
        for (const form of [
          scalar,
          scalar.toString('base64'),
          scalar.toString('base64url'),
          scalar.toString('hex'),
        ]) {
          expect(output.includes(form)).toBe(false);
        }
      }
    }
  });

  it('S-40: any request to any call gets an answer of the closed set, without path, stack or upstream text', async () => {
    const allowed = new Set([
      Code.InvalidArgument,
      Code.NotFound,
      Code.FailedPrecondition,
      Code.PermissionDenied,
      Code.Unavailable,
      Code.Unimplemented,
      Code.AlreadyExists,
      Code.DeadlineExceeded,
      Code.Unknown,
      Code.ResourceExhausted,
    ]);
    const seen = new Set<string>();
    for (const service of services) {
      for (const method of service.methods as readonly DescMethod[]) {
        for (let round = 0; round < 30; round += 1) {
          const call = clients.get(service.name)?.[method.localName];
          try {
            const answer = call?.(randomMessage(method.input));
            if (method.methodKind === 'server_streaming')
              for await (const _one of answer as AsyncIterable<unknown>);
            else await answer;
          } catch (error) {
            expect(error).toBeInstanceOf(ConnectError);
            const { code, rawMessage } = error as ConnectError;
            expect(allowed, `${method.name}: ${rawMessage}`).toContain(code);
            for (const leak of [
              '/tmp',
              directory,
              'node_modules',
              'node:fs',
              'node:internal',
              '    at ',
              '.ts:',
              'ECONN',
              'ENOENT',
              'grpc',
              'SQLITE',
              'undefined',
              '[object',
            ]) {
              expect(rawMessage).not.toContain(leak);
            }
            expect(rawMessage.length, `${method.name}: ${rawMessage.slice(0, 200)}`).toBeLessThan(1000);
            seen.add(`${method.name} ${code}`);
          }
        }
      }
    }
    expect(seen.size).toBeGreaterThan(5);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }, 60_000);
});

const strings = [
  '',
  'harbor',
  'dead',
  'node-b',
  'plane',
  'harbor-workload',
  'entry.create',
  'channel.create',
  'message.send',
  '__proto__',
  '../../etc/passwd',
  '\u0000',
  '%',
  "'; DROP TABLE entry; --",
  'spiffe://harbor.example/x',
  'a/b/c',
  '"',
  'x'.repeat(5000),
  '\u202e\ud83d\ude00',
];
const pick = <T>(from: readonly T[]): T => from[randomInt(from.length)] as T;

function randomMessage(schema: DescMessage) {
  if (schema.typeName === 'google.protobuf.Struct') {
    return pick<object>([
      {},
      { entries: [] },
      {
        connection: pick(strings),
        entries: [{ spiffe_id: pick(strings), parent_id: pick(strings), selectors: [pick(strings)] }],
      },
      { id: pick(strings), set: { hint: pick(strings) } },
      { ids: [pick(strings)] },
      { name: pick(strings) },
      { channel: pick(strings), member: pick(strings), text: pick(strings) },
      { constructor: 1 },
    ]);
  }
  const message = create(schema);
  for (const field of schema.fields) {
    if (randomInt(3) === 0) continue;
    const value = randomValue(field);
    if (value === undefined) continue;
    if (field.fieldKind === 'map') Object.assign(message, { [field.localName]: { [pick(strings)]: value } });
    else if (field.fieldKind === 'list' && field.listKind === 'message')
      Object.assign(message, { [field.localName]: [randomMessage(field.message)] });
    else if (field.fieldKind === 'list') Object.assign(message, { [field.localName]: [value] });
    else if (field.fieldKind === 'message')
      Object.assign(message, { [field.localName]: randomMessage(field.message) });
    else Object.assign(message, { [field.localName]: value });
  }
  return message;
}

function randomValue(field: DescField): unknown {
  if (field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message'))
    return true;
  if (field.fieldKind === 'enum' || (field.fieldKind === 'list' && field.listKind === 'enum'))
    return randomInt(12);
  const scalar = field.scalar;
  if (scalar === undefined) return undefined;
  const names = new Map<number, () => unknown>([
    [9, () => pick(strings)],
    [8, () => randomInt(2) === 0],
    [12, () => randomBytes(8)],
    [4, () => pick([0n, 1n, 18_446_744_073_709_551_615n])],
    [3, () => pick([0n, -1n, 9_223_372_036_854_775_807n])],
    [13, () => pick([0, 1, 4_294_967_295])],
    [5, () => pick([0, -1, 2_147_483_647])],
  ]);
  return names.get(scalar)?.();
}
