import { execFileSync } from 'node:child_process';
import type { JsonObject } from '@bufbuild/protobuf';
import { TrustDomainService } from '@muster/api';
import { judge } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const a = 'org-a.test';
const b = 'org-b.test';
const here = { connection: 'org-a', trust_domain: b };

let real: RealConsole;
/** How each server reaches the other, as the stack set it up. */
let urls: { a: string; b: string };
beforeAll(async () => {
  real = await openRealConsole();
  const all = [await entriesOf('orgA'), await entriesOf('orgB')];
  const [onA, onB] = [await shown('orgA', b), await shown('orgB', a)];
  federated = (['orgA', 'orgB'] as const).flatMap((org, index) =>
    (all[index] ?? []).flatMap(({ id, federates_with: names = [] }) =>
      names.length > 0 ? [{ org, id, names }] : [],
    ),
  );
  urls = { a: onB?.bundle_endpoint_url ?? '', b: onA?.bundle_endpoint_url ?? '' };
  expect(urls.a).toMatch(/^https:\/\/127\.0\.0\.1:/);
});
afterAll(async () => {
  // Dissociating took the other side out of the stack's own entries.
  for (const { org, id, names } of federated)
    if (!(await namesOf(org, id)).includes(names[0] ?? ''))
      await real.act('entry.update', {
        connection: org === 'orgA' ? 'org-a' : 'org-b',
        id,
        set: { federates_with: names.map((name) => name.replace('spiffe://', '')) },
      });
  for (const { org, id, names } of federated)
    expect((await namesOf(org, id)).map(bare)).toEqual(names.map(bare));
  await real.close();
});

const bare = (name: string): string => name.replace('spiffe://', '');

interface WireEntry {
  id: string;
  federates_with?: string[];
}
const entriesOf = async (org: 'orgA' | 'orgB', ...args: string[]): Promise<WireEntry[]> =>
  (await json<{ entries?: WireEntry[] }>(['entry', 'show', ...args], org)).entries ?? [];
const namesOf = async (org: 'orgA' | 'orgB', id: string): Promise<string[]> =>
  (await entriesOf(org, '-entryID', id))[0]?.federates_with ?? [];
let federated: { org: 'orgA' | 'orgB'; id: string; names: string[] }[] = [];

interface Shown {
  trust_domain: string;
  bundle_endpoint_url: string;
  https_spiffe?: { endpoint_spiffe_id: string };
}

const json = async <T>(args: string[], org: 'orgA' | 'orgB' = 'orgA'): Promise<T> =>
  JSON.parse(await real.spireServer([...args, '-output', 'json'], org)) as T;

/** As `spire-server federation list` has it. */
async function shown(org: 'orgA' | 'orgB', peer: string): Promise<Shown | undefined> {
  const { federation_relationships: all } = await json<{ federation_relationships?: Shown[] }>(
    ['federation', 'list'],
    org,
  );
  return all?.find((one) => one.trust_domain.replace('spiffe://', '') === peer);
}

interface WireBundle {
  trust_domain: string;
  x509_authorities?: { asn1: string }[];
  jwt_authorities?: { key_id: string }[];
}

/** As `spire-server bundle list` has it. */
async function listed(org: 'orgA' | 'orgB', peer: string): Promise<WireBundle | undefined> {
  const { bundles } = await json<{ bundles?: WireBundle[] }>(['bundle', 'list'], org);
  return bundles?.find((one) => one.trust_domain.replace('spiffe://', '') === peer);
}

/** In one order: the server keeps none. */
const keysOf = (bundle: WireBundle | undefined): string[] =>
  [
    ...(bundle?.x509_authorities ?? []).map(({ asn1 }) => asn1),
    ...(bundle?.jwt_authorities ?? []).map(({ key_id }) => key_id),
  ].toSorted();

const refusal = async (action: string, input: JsonObject): Promise<string> =>
  real.plan(action, input).then(
    () => 'it was planned',
    (error: unknown) => String(error),
  );

const diagnose = (probe = false) =>
  real.client(TrustDomainService).diagnoseFederation({ connection: 'org-a', peer: b, probe });
const codes = async (probe = false) => (await diagnose(probe)).findings.map(({ code }) => code);

/** Plans and applies; the outcome of each item, done or not. */
async function applied(action: string, input: JsonObject): Promise<string> {
  return real.act(action, input).then(
    () => 'done',
    (error: unknown) => String(error),
  );
}

describe('the federation of two real SPIRE servers', () => {
  it('is shown as spire-server shows it, and nothing is wrong with it, endpoints included', async () => {
    const { relationships, nodes, edges } = await real.client(TrustDomainService).listFederation({});
    const mine = relationships.find((one) => one.connection === 'org-a');
    expect(mine).toMatchObject({
      peer: b,
      bundleEndpointUrl: urls.b,
      hasBundle: true,
      peerConnection: 'org-b',
    });
    expect(mine?.endpointSpiffeId).toBe((await shown('orgA', b))?.https_spiffe?.endpoint_spiffe_id);
    expect(nodes.map(({ trustDomain }) => trustDomain)).toEqual([a, b]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([`${a} ${b}`, `${b} ${a}`]);
    // A rotation by another spec may be under way; the copy follows within a poll.
    const { probes } = await eventually(60, async () => {
      const answer = await diagnose(true);
      return answer.findings.every(({ severity }) => severity < 2) && answer;
    });
    expect(probes[0]).toMatchObject({
      problem: '',
      presented: `spiffe://${b}/spire/server`,
      refreshHint: '60',
    });
    expect(Number(probes[0]?.sequence)).toBeGreaterThan(0);
  });

  it('is refreshed, and its bundle is that of the other server', async () => {
    const { plan } = await real.act('federation.refresh', here);
    expect(plan.commands[0]?.line).toMatch(/^spire-server federation refresh .*-id org-b\.test$/);
    expect(keysOf(await listed('orgA', b))).toEqual(
      keysOf(await json<WireBundle>(['bundle', 'show'], 'orgB')),
    );
  });

  it('with a wrong endpoint ID is saved, refused at the refresh, found by the doctor and mended by its remedy', async () => {
    const wrong = `spiffe://${b}/somebody/else`;
    const said = await applied('federation.update', { ...here, set: { endpoint_spiffe_id: wrong } });
    expect(said).toMatch(/unexpected ID .*The endpoint proved to be spiffe:\/\/org-b\.test\/spire\/server/);
    expect((await shown('orgA', b))?.https_spiffe?.endpoint_spiffe_id).toBe(wrong);
    const { findings } = await diagnose(true);
    const found = findings.find(({ code }) => code === 'wrong-endpoint-id');
    expect(found?.detail).toContain(
      `It presents spiffe://${b}/spire/server; the relationship expects ${wrong}`,
    );
    const remedy = found?.remedies.find(({ action }) => action === 'federation.update');
    await real.act('federation.update', JSON.parse(remedy?.inputJson ?? '{}') as JsonObject);
    expect((await shown('orgA', b))?.https_spiffe?.endpoint_spiffe_id).toBe(`spiffe://${b}/spire/server`);
    expect(await codes(true)).not.toContain('wrong-endpoint-id');
  });

  it('with the wrong profile is found by the doctor, and by the server at the refresh', async () => {
    const said = await applied('federation.update', { ...here, set: { profile: 'https_web' } });
    expect(said).toMatch(/change the profile to https_spiffe/);
    const { findings } = await diagnose(true);
    const found = findings.find(({ code }) => code === 'wrong-profile');
    const remedy = found?.remedies.find(({ action }) => action === 'federation.update');
    await real.act('federation.update', JSON.parse(remedy?.inputJson ?? '{}') as JsonObject);
    expect(await shown('orgA', b)).toMatchObject({
      https_spiffe: { endpoint_spiffe_id: `spiffe://${b}/spire/server` },
    });
  });

  it('misses a key after the other side prepared one, until a refresh; the commands do the same', async () => {
    const { prepared_authority: prepared } = await json<{ prepared_authority: { authority_id: string } }>(
      ['localauthority', 'jwt', 'prepare'],
      'orgB',
    );
    const held = keysOf(await listed('orgA', b));
    // The server polls by itself every 15 s here; whoever comes first, the doctor says what is true.
    if (!held.includes(prepared.authority_id)) {
      const { findings } = await diagnose(true);
      const now = keysOf(await listed('orgA', b)).includes(prepared.authority_id);
      if (!now) {
        expect(findings.map(({ code }) => code)).toEqual(
          expect.arrayContaining(['key-missing', 'endpoint-differs']),
        );
        expect(findings.find(({ code }) => code === 'key-missing')?.detail).toContain(prepared.authority_id);
      }
    }
    const { commands } = await real.plan('federation.refresh', here);
    execFileSync('sh', [
      '-c',
      (commands[0]?.line ?? '').replace(/^spire-server/, real.stack.binaries.spireServer),
    ]);
    expect(keysOf(await listed('orgA', b))).toContain(prepared.authority_id);
    expect(await codes(true)).not.toContain('key-missing');
  });

  it('misses the keys that were taken out of the copy, and bundle.set brings them back', async () => {
    const before = await listed('orgA', b);
    const { bundles } = await real.client(TrustDomainService).listBundles({ connection: 'org-a' });
    const copy = bundles.find(({ trustDomain }) => trustDomain === b);
    const document = JSON.parse(copy?.spiffeJson ?? '{}') as { keys: { use: string }[] };
    const less = JSON.stringify({
      keys: document.keys.filter(({ use }) => use === 'x509-svid'),
      spiffe_sequence: 1,
    });
    const { result } = await real.act('bundle.set', { ...here, bundle: less });
    expect((await listed('orgA', b))?.jwt_authorities ?? []).toEqual([]);
    const found = (await diagnose()).findings;
    // Read by the server's own poll in between, they are back already.
    if (((await listed('orgA', b))?.jwt_authorities ?? []).length === 0) {
      expect(found.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['key-missing', 'no-jwt-key', 'never-fetched']),
      );
      const missing = found.find(({ code }) => code === 'key-missing');
      expect(missing?.title).toMatch(/JWT-SVIDs signed by (it|them) fail here/);
    }
    expect(result.inverse).toBe('bundle.set');
    await real.act('federation.refresh', here);
    expect(keysOf(await listed('orgA', b))).toEqual(keysOf(before));
  });
});

describe('bad input', () => {
  it.each<[string, JsonObject, RegExp]>([
    [
      'federation.create',
      { ...here, bundle_endpoint_url: 'https://x.test/', profile: 'https_web' },
      /has a relationship with org-b\.test already/,
    ],
    [
      'federation.create',
      { connection: 'org-a', trust_domain: a, bundle_endpoint_url: 'https://x.test/' },
      /trust_domain: .*own trust domain/,
    ],
    [
      'federation.create',
      { connection: 'org-a', trust_domain: 'x.test', bundle_endpoint_url: 'http://x.test/' },
      /bundle_endpoint_url: .*https/,
    ],
    [
      'federation.update',
      { connection: 'org-a', trust_domain: 'x.test', set: { profile: 'https_web' } },
      /trust_domain: .*no relationship with x\.test/,
    ],
    ['federation.delete', { connection: 'org-a', trust_domain: 'x.test' }, /trust_domain: /],
    ['federation.refresh', { connection: 'org-a', trust_domain: 'x.test' }, /trust_domain: /],
    [
      'bundle.delete',
      { connection: 'org-a', trust_domain: 'x.test' },
      /trust_domain: .*no bundle of x\.test/,
    ],
    [
      'bundle.set',
      { connection: 'org-a', trust_domain: 'x.test', from: 'org-b' },
      /from: org-b issues for org-b\.test/,
    ],
    [
      'bundle.set',
      { connection: 'org-a', trust_domain: 'x.test', bundle: '{"keys":[]}' },
      /bundle: it holds no authority/,
    ],
  ])('of %s %j is refused, naming the field, and changes nothing', async (action, input, words) => {
    const before = [await real.spireServer(['federation', 'list']), keysOf(await listed('orgA', b)).join()];
    expect(await refusal(action, input)).toMatch(words);
    expect([await real.spireServer(['federation', 'list']), keysOf(await listed('orgA', b)).join()]).toEqual(
      before,
    );
    expect(await listed('orgA', 'x.test')).toBeUndefined();
  });
});

describe('a bundle with entries', () => {
  it('is not deleted under restrict, dissociates them, and deletes them only when told so', async () => {
    const peer = 'partner.test';
    const where = { connection: 'org-a', trust_domain: peer };
    // Any trust domain’s authorities do for a partner that does not exist: its SVIDs are never checked here.
    const { issueAuthority, spki, subjectKeyId } = await import('../../packages/practice/src/spire/x509.ts');
    const { generateKeyPairSync, X509Certificate } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issuer = {
      name: { organization: 'Partner' },
      key: privateKey,
      subjectKeyId: subjectKeyId(spki(privateKey)),
    };
    const day = 86_400_000;
    const root = issueAuthority(peer, issuer, {
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
    });
    await real.act('bundle.set', { ...where, bundle: new X509Certificate(root).toString() });
    expect(keysOf(await listed('orgA', peer))).toEqual([root.toString('base64')]);

    const entry = {
      spiffe_id: `spiffe://${a}/fed/x`,
      parent_id: real.stack.orgA.nodeId,
      selectors: ['unix:uid:4343'],
    };
    const make = async () =>
      (
        await real.act('entry.create', {
          connection: 'org-a',
          entries: [{ ...entry, federates_with: [peer] }],
        })
      ).ids[0] ?? '';
    const entryOf = async (id: string) => {
      const { entries } = await json<{ entries?: { federates_with?: string[] }[] }>([
        'entry',
        'show',
        '-entryID',
        id,
      ]);
      return entries?.[0];
    };
    const id = await make();
    expect(await refusal('bundle.delete', where)).toMatch(
      /mode: 1 entry federates with partner\.test \(spiffe:\/\/org-a\.test\/fed\/x\)/,
    );
    await real.act('bundle.delete', { ...where, mode: 'dissociate' });
    expect((await entryOf(id))?.federates_with ?? []).toEqual([]);
    expect(await listed('orgA', peer)).toBeUndefined();
    await real.act('entry.delete', { ids: [id] });

    await real.act('bundle.set', { ...where, bundle: new X509Certificate(root).toString() });
    const doomed = await make();
    const { plan } = await real.act('bundle.delete', { ...where, mode: 'delete' });
    expect(plan).toMatchObject({ destructive: true, title: 'Delete the bundle of partner.test and 1 entry' });
    await expect(entryOf(doomed)).rejects.toThrow(/entry not found/);
    expect(await listed('orgA', peer)).toBeUndefined();
  });
});

describe('a pair', () => {
  it('is ended on both real servers and made from nothing in one plan; then an SVID of the other side validates', async () => {
    const { result: ended } = await real.act('federation.unpair', {
      left: { connection: 'org-a' },
      right: { connection: 'org-b' },
      bundles: 'dissociate',
    });
    expect(await shown('orgA', b)).toBeUndefined();
    expect(await shown('orgB', a)).toBeUndefined();
    expect(await listed('orgA', b)).toBeUndefined();
    expect(await listed('orgB', a)).toBeUndefined();

    const { plan, result } = await real.act('federation.pair', {
      left: { connection: 'org-a', bundle_endpoint_url: urls.a },
      right: { connection: 'org-b', bundle_endpoint_url: urls.b },
    });
    expect(plan.changes).toHaveLength(6);
    expect(await shown('orgA', b)).toMatchObject({ bundle_endpoint_url: urls.b });
    expect(await shown('orgB', a)).toMatchObject({ bundle_endpoint_url: urls.a });
    expect(keysOf(await listed('orgA', b))).toEqual(
      keysOf(await json<WireBundle>(['bundle', 'show'], 'orgB')),
    );
    expect(result.inverse).toBe('federation.unpair');
    expect(ended.inverse).toBe('federation.pair');

    // Judged by org-b’s copy alone, as spire-server gives it out.
    const copy = await real.spireServer(
      ['bundle', 'list', '-id', `spiffe://${a}`, '-format', 'spiffe'],
      'orgB',
    );
    const svid = await eventually(
      30,
      async () => (await real.svids.listSvids({ connection: 'org-a-agent' })).svids[0],
    );
    const judged = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(svid.chainPem),
      bundles: new Map([[a, new TextEncoder().encode(copy)]]),
      at: new Date(),
    });
    expect([judged.verdict, judged.fails]).toEqual(['valid', []]);
  });

  it('leaves the doctor with nothing to say', async () => {
    const { findings } = await real.client(TrustDomainService).diagnoseFederation({ probe: true });
    expect(findings.filter(({ severity }) => severity > 1)).toEqual([]);
  });

  it('on one side alone is made and ended again with create and delete', async () => {
    const gone = await real.act('federation.delete', { ...here, bundle: 'dissociate' });
    expect(await shown('orgA', b)).toBeUndefined();
    expect(await listed('orgA', b)).toBeUndefined();
    await expect(codes()).rejects.toThrow(/no server that was asked has a relationship or a bundle/u);
    await real.act('federation.create', {
      ...here,
      bundle_endpoint_url: urls.b,
      profile: 'https_spiffe',
      from: 'org-b',
    });
    expect(await shown('orgA', b)).toMatchObject({ bundle_endpoint_url: urls.b });
    expect(gone.result.inverse).toBe('federation.create');
  });
});
