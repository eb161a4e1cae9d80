import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ContextTone,
  EndpointProblem,
  type GetContextRequestSchema,
  type GetContextResponse,
  InspectService,
  SvidKind,
} from '@muster/api';
import { type Decoded, judge, type Judgement, type Kind } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const execute = promisify(execFile);
const a = 'org-a.test';
const b = 'org-b.test';
const id = `spiffe://${a}/real/inspected`;

let real: RealConsole;
let folder: string;
let entry: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-inspect-'));
  real = await openRealConsole();
  // By the field's own tool: this console has no record of it.
  const made = JSON.parse(
    await real.spireServer([
      ...['entry', 'create', '-spiffeID', id, '-parentID', real.stack.orgA.nodeId],
      ...['-selector', `unix:uid:${process.getuid?.()}`, '-x509SVIDTTL', '600', '-jwtSVIDTTL', '240'],
      ...['-hint', 'inspected', '-output', 'json'],
    ]),
  ) as { results: { entry: { id: string } }[] };
  entry = made.results[0]?.entry.id ?? '';
  expect(entry).not.toBe('');
});
afterAll(async () => {
  await real.spireServer(['entry', 'delete', '-entryID', entry]).catch(() => '');
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

const inspect = () => real.client(InspectService);
const codes = ({ findings }: GetContextResponse) => findings.map(({ code }) => code);
const textOf = ({ findings }: GetContextResponse, code: string) =>
  findings.find((one) => one.code === code)?.text ?? '';

async function decodedOf(kind: Kind, input: Uint8Array): Promise<Judgement> {
  return judge({ kind, input: Uint8Array.from(input), bundles: new Map(), at: new Date() });
}

/** As the page takes them from the document; nothing else of it goes to the gateway. */
function factsOf(decoded: Decoded): MessageInitShape<typeof GetContextRequestSchema> {
  const when = (text: string | undefined) => timestampFromDate(new Date(text ?? 0));
  if (decoded.type === 'x509-svid') {
    const [leaf] = decoded.certificates;
    if (!leaf?.spiffeId) throw new Error('no SVID');
    return {
      spiffeId: leaf.spiffeId,
      kind: SvidKind.X509,
      serialNumber: leaf.serial,
      signer: leaf.authorityKeyId ?? '',
      fingerprint: leaf.fingerprint,
      notBefore: when(leaf.notBefore),
      expiresAt: when(leaf.notAfter),
      dnsNames: [...leaf.dnsNames],
    };
  }
  if (decoded.type !== 'jwt-svid') throw new Error('no SVID');
  return {
    spiffeId: decoded.subject ?? '',
    kind: SvidKind.JWT,
    signer: decoded.keyId ?? '',
    audiences: [...decoded.audience],
    notBefore: when(decoded.issuedAt),
    expiresAt: when(decoded.expiresAt),
  };
}

/** What the real agent hands out, by its own command. */
async function fetched(): Promise<MessageInitShape<typeof GetContextRequestSchema>> {
  const socket = ['-socketPath', real.stack.orgA.agentSocket];
  return eventually(30, async () => {
    await execute(real.stack.binaries.spireAgent, ['api', 'fetch', 'x509', '-write', folder, ...socket]);
    for (let index = 0; index < 10; index += 1) {
      const pem = readFileSync(join(folder, `svid.${index}.pem`));
      const { decoded } = await decodedOf('x509-svid', pem);
      const facts = factsOf(decoded);
      if (facts.spiffeId === id) return facts;
    }
    return undefined;
  });
}

describe('an SVID that a real agent fetched', () => {
  it('its entry, its agent and the active authority are found, as spire-server has them', async () => {
    const facts = await fetched();
    const context = await inspect().getContext(facts);
    expect(codes(context)).toEqual(
      expect.arrayContaining(['entry-issues', 'authority-active', 'trust-federated']),
    );
    expect(context.tone).toBe(ContextTone.GOOD);
    expect(context.entries.map((one) => [one.entry?.id, one.couldIssue])).toEqual([[entry, true]]);
    expect(textOf(context, 'entry-issues')).toContain('It sets a TTL of 10 min, which this one has.');
    const shown = JSON.parse(
      await real.spireServer(['localauthority', 'x509', 'show', '-output', 'json']),
    ) as { active: { authority_id: string } };
    expect(facts.signer).toBe(shown.active.authority_id);
  }, 60_000);

  it('a JWT-SVID: the key that signed it, and until when it can be replayed', async () => {
    const { token } = await real.svids.fetchJwtSvid({
      connection:
        (await real.connections.listConnections({})).connections.find(
          ({ address }) => address === `unix://${real.stack.orgA.agentSocket}`,
        )?.name ?? '',
      audience: 'inspect-real',
      spiffeId: id,
    });
    const { decoded } = await decodedOf('jwt-svid', new TextEncoder().encode(token));
    const context = await inspect().getContext(factsOf(decoded));
    expect(codes(context)).toEqual(
      expect.arrayContaining(['entry-issues', 'authority-active', 'replay-until', 'audience-one']),
    );
    expect(textOf(context, 'entry-issues')).toContain('It sets a TTL of 4 min, which this one has.');
  }, 30_000);

  it('minted by spire-server, with a TTL that the entry does not give, does not fit', async () => {
    const minted = JSON.parse(
      await real.spireServer(['x509', 'mint', '-spiffeID', id, '-ttl', '2h', '-output', 'json']),
    ) as { x509_svid: string[] };
    const der = Buffer.from(minted.x509_svid[0] ?? '', 'base64');
    const { decoded } = await decodedOf('x509-svid', der);
    const context = await inspect().getContext(factsOf(decoded));
    expect(codes(context)).toContain('entry-does-not-fit');
    expect(textOf(context, 'entry-does-not-fit')).toMatch(/lives for 2 h, and the entry sets 10 min/u);
  });

  it('the agent’s own SVID is told from an older one by its serial number', async () => {
    const { agents } = JSON.parse(await real.spireServer(['agent', 'list', '-output', 'json'])) as {
      agents: { id: { trust_domain: string; path: string }; x509svid_serial_number: string }[];
    };
    const [agent] = agents;
    const spiffeId = `spiffe://${agent?.id.trust_domain}${agent?.id.path}`;
    const serial = BigInt(agent?.x509svid_serial_number ?? 0).toString(16);
    const ask = (serialNumber: string) =>
      inspect().getContext({ spiffeId, kind: SvidKind.X509, serialNumber });
    expect(codes(await ask(serial))).toContain('agent-current');
    expect(codes(await ask('1'))).toContain('agent-other-serial');
  });

  it('its entry deleted by spire-server: gone, at once, and since when once a reading has seen it', async () => {
    const facts = await fetched();
    await inspect().getContext(facts);
    await real.spireServer(['entry', 'delete', '-entryID', entry]);
    const now = await inspect().getContext(facts);
    expect(now).toMatchObject({ summary: 'Its entry is gone.', tone: ContextTone.DANGER, entries: [] });
    const later = await eventually(30, async () => {
      const context = await inspect().getContext(facts);
      return context.gone.length > 0 && context;
    });
    expect(later.gone[0]).toMatchObject({ entryId: entry, target: id });
    expect(textOf(later, 'entry-gone')).toMatch(
      new RegExp(`Entry ${entry} was deleted between .* and `, 'u'),
    );
    expect(textOf(later, 'entry-gone')).toContain('Made elsewhere');
    // An SVID that begins after that was not issued for it.
    const after = await inspect().getContext({
      ...facts,
      notBefore: timestampFromDate(new Date(Date.now() + 60_000)),
      expiresAt: timestampFromDate(new Date(Date.now() + 600_000)),
    });
    expect(codes(after)).toContain('entry-gone-before');
  }, 90_000);
});

describe('endpoints of real SPIRE servers', () => {
  it('the TLS endpoint of the server API: its chain as presented, which its bundle vouches for', async () => {
    const target = `127.0.0.1:${real.stack.orgA.serverPort}`;
    const found = await inspect().probeEndpoint({ target });
    expect(found).toMatchObject({
      problem: EndpointProblem.UNSPECIFIED,
      address: target,
      protocol: 'TLSv1.3',
      alpn: 'h2',
      keyProved: true,
      asksClientCertificate: true,
    });
    const bundle = await real.spireServer(['bundle', 'show', '-format', 'spiffe']);
    const judged = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(found.chainPem),
      bundles: new Map([[a, new TextEncoder().encode(bundle)]]),
      at: new Date(),
    });
    expect(judged.verdict).toBe('valid');
    expect(judged.decoded).toMatchObject({
      chainComplete: true,
      certificates: [{ spiffeId: `spiffe://${a}/spire/server` }],
    });
    const context = await inspect().getContext(factsOf(judged.decoded));
    expect(codes(context)).toEqual(expect.arrayContaining(['server-own', 'authority-active']));
    // And it is judged invalid by the bundle of the other.
    const other = await real.spireServer(['bundle', 'show', '-format', 'spiffe'], 'orgB');
    const wrong = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(found.chainPem),
      bundles: new Map([[a, new TextEncoder().encode(other)]]),
      at: new Date(),
    });
    expect(wrong.verdict).toBe('invalid');
  });

  it('openssl sees the same certificates', async () => {
    const target = `127.0.0.1:${real.stack.orgA.serverPort}`;
    const { chainPem } = await inspect().probeEndpoint({ target });
    const running = execute('openssl', ['s_client', '-connect', target, '-showcerts', '-alpn', 'h2']);
    // Else it waits for what to send.
    running.child.stdin?.end();
    const seen = await running.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
    const prints = (text: string) =>
      [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu)].map(
        ([pem]) => new X509Certificate(pem).fingerprint256,
      );
    expect(prints(chainPem)).toEqual(prints(seen.stdout));
    expect(prints(chainPem).length).toBeGreaterThan(0);
  });

  it('the bundle endpoint of the other: authenticated by the copy held here, and its document is valid', async () => {
    const target = `https://127.0.0.1:${real.stack.orgB.bundlePort}`;
    const found = await inspect().probeEndpoint({ target, endpointSpiffeId: `spiffe://${b}/spire/server` });
    expect(found).toMatchObject({
      problem: EndpointProblem.UNSPECIFIED,
      presentedId: `spiffe://${b}/spire/server`,
      trustDomain: b,
    });
    const { verdict, decoded } = await decodedOf('bundle', found.document);
    expect(verdict).toBe('valid');
    expect(decoded.type).toBe('bundle');
    const shown = JSON.parse(await real.spireServer(['bundle', 'show', '-format', 'spiffe'], 'orgB')) as {
      keys: { use: string; kid?: string; x?: string }[];
    };
    const served = JSON.parse(Buffer.from(found.document).toString()) as typeof shown;
    const points = ({ keys }: typeof shown) =>
      keys.map(({ use, kid = '', x = '' }) => `${use} ${kid} ${x}`).toSorted();
    expect(points(served)).toEqual(points(shown));
    expect(createPublicKey({ key: served.keys[0] as never, format: 'jwk' }).asymmetricKeyType).toBe('ec');
    // By another ID it is refused, and nothing is handed over.
    expect(
      await inspect().probeEndpoint({ target, endpointSpiffeId: `spiffe://${a}/spire/server` }),
    ).toMatchObject({ problem: EndpointProblem.IDENTITY, document: new Uint8Array() });
    expect(await inspect().probeEndpoint({ target })).toMatchObject({ problem: EndpointProblem.PROFILE });
  });
});
