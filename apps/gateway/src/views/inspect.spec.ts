import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import {
  AgentService,
  BundleEndpointProfile,
  ContextTone,
  EndpointKind,
  EndpointProblem,
  InspectService,
  SvidKind,
  TrustDomainService,
} from '@muster/api';
import type { GetContextRequestSchema, GetContextResponse, X509Svid } from '@muster/api';
import { judge } from '@muster/domain/judge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedBundle } from '../inspect/probe.ts';
import { startHarness, startSpire, temporaryDirectory, until } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

const td = 'harbor.example';
let spire: Awaited<ReturnType<typeof startSpire>>;
let harness: Harness;
/** As with no `probe.allow` of its own. */
let strict: Harness;
let endpoint: { url: string; id: string };

beforeAll(async () => {
  spire = await startSpire();
  const config = (allow: string[]) => ({
    config: { connections: spire.connections, file: 'muster.yaml', probe: { allow } },
  });
  harness = await startHarness(spire.connections, config(['127.0.0.0/8']));
  strict = await startHarness(spire.connections);
  await Promise.all([harness.console.ready, strict.console.ready]);
  // Both servers of both consoles are read whole: what is compared here is not what a list waits for.
  for (const one of [harness, strict])
    for (const name of ['harbor.example', 'lighthouse.example'])
      await until(
        () => one.entries.listEntries({ trustDomains: [name] }),
        ({ freshness }) => freshness?.asOf !== undefined && !freshness.refreshing,
      );
  const { relationships } = await harness.client(TrustDomainService).listFederation({});
  const [one] = relationships.filter(({ bundleEndpointUrl }) => bundleEndpointUrl.includes('127.0.0.1'));
  endpoint = { url: one?.bundleEndpointUrl ?? '', id: one?.endpointSpiffeId ?? '' };
  expect(endpoint.url).toMatch(/^https:\/\/127\.0\.0\.1:/u);
});
afterAll(async () => {
  await Promise.all([harness.console.close(), strict.console.close()]);
  await spire.stop();
});

const svidOf = async (connection = 'harbor-workload'): Promise<X509Svid> =>
  (
    await until(
      () => harness.svids.listSvids({ connection }),
      ({ svids }) => svids.length > 0,
    )
  ).svids[0] as X509Svid;

function factsOf(svid: X509Svid): MessageInitShape<typeof GetContextRequestSchema> {
  const leaf = new X509Certificate(svid.chainPem);
  return {
    spiffeId: svid.spiffeId,
    kind: SvidKind.X509,
    serialNumber: leaf.serialNumber,
    fingerprint: createHash('sha256').update(leaf.raw).digest('hex'),
    notBefore: timestampFromDate(new Date(leaf.validFrom)),
    expiresAt: timestampFromDate(new Date(leaf.validTo)),
  };
}

/** As the inspector's page takes them from the document. */
async function decodedFacts(svid: X509Svid): Promise<MessageInitShape<typeof GetContextRequestSchema>> {
  const { decoded } = await judge({
    kind: 'x509-svid',
    input: new TextEncoder().encode(svid.chainPem),
    bundles: new Map(),
    at: new Date(),
  });
  if (decoded.type !== 'x509-svid') throw new Error('not decoded');
  const [leaf] = decoded.certificates;
  return { ...factsOf(svid), signer: leaf?.authorityKeyId ?? '', dnsNames: [...(leaf?.dnsNames ?? [])] };
}

const ask = (request: MessageInitShape<typeof GetContextRequestSchema>, of = harness) =>
  of.client(InspectService).getContext(request);
const codes = ({ findings }: GetContextResponse) => findings.map(({ code }) => code);
const finding = ({ findings }: GetContextResponse, code: string) => findings.find((one) => one.code === code);
const refused = async (request: MessageInitShape<typeof GetContextRequestSchema>): Promise<string> =>
  ask(request).then(
    () => 'it was answered',
    (error: unknown) => (error instanceof ConnectError ? error.rawMessage : String(error)),
  );

describe('beyond the specifications, of an X.509-SVID', () => {
  it('that a Workload API hands out now: its entry, its agent, the active authority, and that it is the newest', async () => {
    const svid = await svidOf();
    const context = await ask(await decodedFacts(svid));
    expect(codes(context)).toEqual(
      expect.arrayContaining(['entry-issues', 'agent-serves', 'authority-active', 'live-same', 'trust-own']),
    );
    expect(context.tone).toBe(ContextTone.GOOD);
    expect(context.summary).toMatch(/issue.*; signed by the active authority\./u);
    expect(context.entries.every(({ entry }) => entry?.spiffeId === svid.spiffeId)).toBe(true);
    expect(context.entries.some(({ couldIssue }) => couldIssue)).toBe(true);
    expect(context.command?.line).toContain(`-spiffeID ${svid.spiffeId}`);
    for (const { connection, asOf } of context.findings.filter(({ code }) => code.startsWith('entry-')))
      expect([connection, asOf !== undefined]).toEqual(['harbor', true]);
  });

  it('of another trust domain says by how many entries it is authenticated here, and what is not known', async () => {
    const context = await ask(await decodedFacts(await svidOf('lighthouse-workload')));
    expect(codes(context)).toContain('trust-federated');
    expect(finding(context, 'trust-federated')?.links[0]?.link).toBe(
      '/entries?td=harbor.example&fed=lighthouse.example',
    );
    expect(finding(context, 'trust-others')?.tone).toBe(ContextTone.UNKNOWN);
  });

  it('whose entry is deleted: gone, by whom and when, at once', async () => {
    const spiffe_id = `spiffe://${td}/inspect/short-lived`;
    const { agents } = await harness.client(AgentService).listAgents({ trustDomains: [td] });
    const entry = {
      spiffe_id,
      parent_id: agents[0]?.id ?? '',
      selectors: ['unix:uid:8123'],
      x509_svid_ttl: 600,
    };
    const made = await harness.apply(
      (await harness.plan('entry.create', { connection: 'harbor', entries: [entry] })).digest,
    );
    const id = made.items[0]?.id ?? '';
    const at = Date.now();
    const facts = {
      spiffeId: spiffe_id,
      kind: SvidKind.X509,
      notBefore: timestampFromDate(new Date(at)),
      expiresAt: timestampFromDate(new Date(at + 600_000)),
    };
    const before = await ask(facts);
    expect(finding(before, 'entry-issues')?.text).toContain(id);
    expect(before.summary).toMatch(/which key signed it is not known/u);

    await harness.apply((await harness.plan('entry.delete', { connection: 'harbor', ids: [id] })).digest);
    const after = await ask(facts);
    expect(after.entries).toEqual([]);
    expect(finding(after, 'entry-gone')?.text).toContain(`Entry ${id} was deleted`);
    expect(finding(after, 'entry-gone')?.text).toContain('Done from here: Delete 1 entry');
    expect(finding(after, 'entry-gone')?.text).toContain('SPIRE revokes none');
    expect(after).toMatchObject({ summary: 'Its entry is gone.', tone: ContextTone.DANGER });
    expect(after.gone).toMatchObject([{ entryId: id, target: spiffe_id }]);

    // One that begins after that was not issued for the entry.
    const later = await ask({
      ...facts,
      notBefore: timestampFromDate(new Date(Date.now() + 5000)),
    });
    expect(codes(later)).toContain('entry-gone-before');
    // And one that has expired by now is nobody's worry.
    const over = await ask({
      ...facts,
      notBefore: timestampFromDate(new Date(at - 20_000)),
      expiresAt: timestampFromDate(new Date(at - 10_000)),
    });
    expect(finding(over, 'entry-gone')?.tone).toBe(ContextTone.PLAIN);

    // Another console sees it on the server before its own next reading does.
    const elsewhere = await ask(facts, strict);
    expect(codes(elsewhere).some((code) => code === 'entry-gone' || code === 'entry-none')).toBe(true);
  });

  it('that an entry could not have issued as it is: why not', async () => {
    const svid = await svidOf();
    const facts = await decodedFacts(svid);
    const long = { ...facts, expiresAt: timestampFromDate(new Date(Date.now() + 400 * 86_400_000)) };
    expect(codes(await ask(long))).toContain('ttl-long');
    const named = await ask({ ...facts, dnsNames: ['evil.example'] });
    expect(finding(named, 'entry-does-not-fit')?.text).toContain('evil.example');
    expect(named.entries.every(({ couldIssue, reason }) => !couldIssue && reason !== '')).toBe(true);
    const early = await ask({ ...facts, notBefore: timestampFromDate(new Date('2020-01-01T00:00:00Z')) });
    expect(finding(early, 'entry-does-not-fit')?.text).toMatch(/created at .* after the SVID was issued/u);
  });

  it('signed by a key that nobody here has', async () => {
    const context = await ask({ ...(await decodedFacts(await svidOf())), signer: 'ab'.repeat(20) });
    expect(context).toMatchObject({ tone: ContextTone.DANGER });
    expect(finding(context, 'authority-none')?.text).toContain('abababababab…');
  });

  it('minted here, which leaves no trace on the server, is told by the record of it', async () => {
    const spiffeId = `spiffe://${td}/inspect/minted`;
    await harness.apply(
      (await harness.plan('svid.mintJwt', { connection: 'harbor', spiffeId, audience: ['inspect'] })).digest,
    );
    const context = await ask({
      spiffeId,
      kind: SvidKind.JWT,
      audiences: ['inspect'],
      notBefore: timestampFromDate(new Date()),
      expiresAt: timestampFromDate(new Date(Date.now() + 300_000)),
    });
    expect(codes(context)).toEqual(
      expect.arrayContaining(['entry-none', 'minted-here', 'replay-until', 'audience-one']),
    );
    expect(finding(context, 'minted-here')?.links[0]?.link).toMatch(/^\/activity\?id=/u);
  });
});

describe('of an agent’s SVID', () => {
  it('its serial number says whether it is the current one; a banned one is told', async () => {
    const { agents } = await harness
      .client(AgentService)
      .listAgents({ trustDomains: [td], page: { limit: 1000 } });
    const now = Date.now() / 1000;
    const live = agents.find(({ banned, expiresAt }) => !banned && Number(expiresAt?.seconds) > now);
    const facts = { spiffeId: live?.id ?? '', kind: SvidKind.X509 };
    expect(live?.serialNumber).toMatch(/^[0-9]+$/u);
    const current = BigInt(live?.serialNumber ?? 0).toString(16);
    expect(codes(await ask({ ...facts, serialNumber: current }))).toContain('agent-current');
    expect(codes(await ask({ ...facts, serialNumber: `${current}0` }))).toContain('agent-other-serial');
    expect(codes(await ask(facts))).toContain('agent-serial-unknown');
    const banned = agents.find((one) => one.banned);
    expect(banned).toBeDefined();
    expect(await ask({ ...facts, spiffeId: banned?.id ?? '' })).toMatchObject({
      summary: 'This agent is banned.',
      tone: ContextTone.DANGER,
    });
    expect(codes(await ask({ ...facts, spiffeId: `spiffe://${td}/spire/agent/x509pop/none` }))).toContain(
      'agent-gone',
    );
  });

  it.each([
    ['/spire/server', 'server-own'],
    ['', 'no-path'],
    ['/spire/other', 'reserved-path'],
  ])('spiffe://…%s: %s', async (path, code) => {
    expect(codes(await ask({ spiffeId: `spiffe://${td}${path}`, kind: SvidKind.X509 }))).toContain(code);
  });
});

describe('what it could be used for', () => {
  const spiffeId = `spiffe://${td}/inspect/token`;
  it.each<[string[], string, ContextTone]>([
    [[], 'audience-empty', ContextTone.DANGER],
    [['db'], 'audience-one', ContextTone.GOOD],
    [['db', 'web'], 'audience-wide', ContextTone.WARNING],
    [['*'], 'audience-wildcard', ContextTone.DANGER],
    [['https://*.example'], 'audience-wildcard', ContextTone.DANGER],
    [[' '], 'audience-wildcard', ContextTone.DANGER],
    [['any'], 'audience-wildcard', ContextTone.DANGER],
  ])('a token for %j: %s', async (audiences, code, tone) => {
    expect(finding(await ask({ spiffeId, kind: SvidKind.JWT, audiences }), code)?.tone).toBe(tone);
  });

  it('power over the server is told', async () => {
    const id = `spiffe://${td}/inspect/power`;
    const entry = {
      spiffe_id: id,
      parent_id: `spiffe://${td}/inspect/none`,
      selectors: ['unix:uid:8124'],
      admin: true,
      downstream: true,
    };
    await harness.apply(
      (await harness.plan('entry.create', { connection: 'harbor', entries: [entry] })).digest,
    );
    const context = await ask({ spiffeId: id, kind: SvidKind.X509 });
    expect(codes(context)).toEqual(expect.arrayContaining(['power-admin', 'power-downstream']));
    // What it may do is no fault of the document.
    expect(context.summary).not.toMatch(/admin/u);
  });

  it('a trust domain that nobody here serves: unknown, with why', async () => {
    const context = await ask({ spiffeId: 'spiffe://elsewhere.example/web', kind: SvidKind.X509 });
    expect(context).toMatchObject({ tone: ContextTone.UNKNOWN, entries: [], gone: [] });
    expect(context.summary).toContain('No server of elsewhere.example is connected');
  });
});

describe('what is asked is refused by its field', () => {
  const spiffeId = `spiffe://${td}/x`;
  it.each<[string, MessageInitShape<typeof GetContextRequestSchema>, RegExp]>([
    ['no ID', {}, /^spiffe_id: /u],
    ['an ID with a port', { spiffeId: 'spiffe://a:1/x' }, /^spiffe_id: .*SPIFFE ID-/u],
    ['a long ID', { spiffeId: `spiffe://a/${'x'.repeat(3000)}` }, /^spiffe_id: /u],
    ['a serial number in words', { spiffeId, serialNumber: 'twelve' }, /^serial_number: /u],
    ['a fingerprint of another length', { spiffeId, fingerprint: 'ab'.repeat(40) }, /^fingerprint: /u],
    ['too many audiences', { spiffeId, audiences: Array.from({ length: 65 }, () => 'a') }, /^audiences: /u],
    ['a long audience', { spiffeId, audiences: ['x'.repeat(3000)] }, /^audiences\[0\]: /u],
    ['too many names', { spiffeId, dnsNames: Array.from({ length: 101 }, () => 'a') }, /^dns_names: /u],
    ['no moment', { spiffeId, notBefore: { seconds: 10n ** 15n, nanos: 0 } }, /^not_before: /u],
  ])('%s', async (_what, request, words) => expect(await refused(request)).toMatch(words));
});

const probe = (request: Parameters<ReturnType<typeof inspector>['probeEndpoint']>[0], of = harness) =>
  inspector(of).probeEndpoint(request);
const inspector = (of: Harness) => of.client(InspectService);

describe('a bundle endpoint, probed', () => {
  it('hands over the document that its bundle and its SPIFFE ID vouch for, to the byte', async () => {
    const found = await probe({ target: endpoint.url, endpointSpiffeId: endpoint.id });
    expect(found).toMatchObject({
      kind: EndpointKind.BUNDLE,
      problem: EndpointProblem.UNSPECIFIED,
      reason: '',
      presentedId: endpoint.id,
      trustDomain: endpoint.id.split('/')[2],
      address: endpoint.url.replace(/^https:\/\/([^/]+).*$/u, '$1'),
    });
    const judged = await judge({
      kind: 'bundle',
      input: Uint8Array.from(found.document),
      bundles: new Map(),
      at: new Date(),
    });
    expect(judged.verdict).toBe('valid');
    expect(found.authenticatedBy).toContain(endpoint.id);
  });

  it('S-23: is no such endpoint by the other profile, and by another ID', async () => {
    expect(await probe({ target: endpoint.url })).toMatchObject({
      problem: EndpointProblem.PROFILE,
      presentedId: endpoint.id,
      document: new Uint8Array(),
    });
    expect(await probe({ target: endpoint.url, endpointSpiffeId: `${endpoint.id}/x` })).toMatchObject({
      problem: EndpointProblem.IDENTITY,
      document: new Uint8Array(),
    });
    expect(
      await probe({ target: endpoint.url, endpointSpiffeId: 'spiffe://nobody.example/x' }),
    ).toMatchObject({
      problem: EndpointProblem.NO_AUTHORITY,
      reason: expect.stringContaining('nobody.example'),
    });
  });

  it.each<[string, Parameters<typeof probe>[0], RegExp]>([
    [
      'plain http',
      { target: 'http://a.example/', kind: EndpointKind.BUNDLE },
      /^target: It must use the https scheme/u,
    ],
    [
      'an ID where none belongs',
      {
        target: 'https://a.example/',
        profile: BundleEndpointProfile.HTTPS_WEB,
        endpointSpiffeId: 'spiffe://a/b',
      },
      /^endpoint_spiffe_id: /u,
    ],
    [
      'no ID where one belongs',
      { target: 'https://a.example/', profile: BundleEndpointProfile.HTTPS_SPIFFE },
      /^endpoint_spiffe_id: /u,
    ],
    ['no connection of that name', { target: 'https://a.example/', connection: 'nope' }, /^connection: /u],
    ['a TLS target with a path', { target: 'a.example:1/x', kind: EndpointKind.TLS }, /^target: /u],
    ['a TLS target without a port', { target: 'a.example' }, /^target: Its port is missing/u],
    ['a name that is none', { target: 'a.example:1', serverName: '127.0.0.1' }, /^server_name: /u],
  ])('%s is refused by its field', async (_what, request, words) => {
    const error = await probe(request).catch((reason: unknown) => reason);
    expect(error instanceof ConnectError ? error.rawMessage : '').toMatch(words);
  });
});

describe('S-15: what is no bundle', () => {
  it.each([
    ['a page of the network', '<h1>CANARY-4711</h1>'],
    ['JSON of another kind', '{"CANARY-4711":true}'],
    [
      'S-13: a private key',
      '{"keys":[{"kty":"EC","use":"jwt-svid","kid":"a","crv":"P-256","x":"AA","y":"AA","d":"CANARY-4711"}]}',
    ],
    [
      'S-13: a private key behind a member that is there twice',
      '{"keys":[{"kty":"EC","d":"CANARY-4711","x":"a","x":"b"}],"keys":[]}',
    ],
  ])('%s is not handed on', (_what, text) => {
    const failure = ((): string => {
      try {
        return `handed on: ${Buffer.from(checkedBundle(new TextEncoder().encode(text))).toString()}`;
      } catch (error) {
        return String(error);
      }
    })();
    expect(failure).not.toContain('handed on');
    expect(failure).not.toContain('CANARY');
  });
});

describe('a TLS endpoint, probed', () => {
  it('hands over what it presents, which is then judged', async () => {
    const target = endpoint.url.replace(/^https:\/\/([^/]+).*$/u, '$1');
    const found = await probe({ target });
    expect(found).toMatchObject({
      kind: EndpointKind.TLS,
      problem: EndpointProblem.UNSPECIFIED,
      address: target,
      keyProved: true,
      serverName: '',
    });
    expect(found.command?.line).toContain(`openssl s_client -connect ${target}`);
    const judged = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(found.chainPem),
      bundles: new Map(),
      at: new Date(),
    });
    expect(judged.decoded).toMatchObject({ certificates: [{ spiffeId: endpoint.id }] });
  });

  it('S-15: is not asked on this machine unless the configuration permits it, and it says how', async () => {
    let connections = 0;
    const sink = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    sink.listen(0, '127.0.0.1');
    await once(sink, 'listening');
    const { port } = sink.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      for (const request of [{ target: `${host}:${port}` }, { target: `https://${host}:${port}/` }]) {
        const found = await probe(request, strict);
        expect(found).toMatchObject({ problem: EndpointProblem.POLICY, address: '', chainPem: '' });
        expect(found.remedy).toContain('probe: { allow: [');
      }
    }
    expect(connections).toBe(0);
    await probe({ target: `127.0.0.1:${port}` });
    expect(connections).toBe(1);
    sink.close();
  });

  it('S-16: no field leads to a Workload API', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'agent.sock');
    let connections = 0;
    const sink = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    sink.listen(path);
    await once(sink, 'listening');
    for (const target of [`unix://${path}`, path, `https://unix:${path}`, `http+unix://${path}`])
      for (const kind of [EndpointKind.UNSPECIFIED, EndpointKind.TLS, EndpointKind.BUNDLE])
        expect(await probe({ target, kind }).catch((error: unknown) => error)).toBeInstanceOf(ConnectError);
    expect(connections).toBe(0);
    sink.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('S-40: what answers there is told in our words only', async () => {
    const server = createHttpsServer(() => {});
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // It has no certificate at all.
    const found = await probe({ target: `127.0.0.1:${port}` });
    expect(found).toMatchObject({ problem: EndpointProblem.NETWORK, chainPem: '', certificates: 0 });
    expect(found.reason).toMatch(/^It ends the handshake/u);
    server.close();
  });
});
