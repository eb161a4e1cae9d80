import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, refusal, securityHeader, startTestNetwork } from './testing/network.ts';
import { extensionsOf, isSignedBy, splitCertificates } from './testing/x509.ts';

let network: TestNetwork;
let workload: Client<typeof SpiffeWorkloadAPI>;
let entries: Client<typeof Entry>;
let streams: AbortController;

beforeEach(async () => {
  network = await startTestNetwork();
  workload = network.workload(SpiffeWorkloadAPI);
  entries = network.server(Entry);
  streams = new AbortController();
});
afterEach(async () => {
  streams.abort();
  await network.stop();
});

const consoleId = `spiffe://${harbor}/muster/console`;
const moderator = `spiffe://${harbor}/muster/moderator`;
const web = `spiffe://${harbor}/muster/web`;

/** Opens a stream and returns what takes its next message. */
function next<T>(open: (options: object) => AsyncIterable<T>): () => Promise<T> {
  const messages = open({ ...securityHeader, signal: streams.signal })[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await messages.next();
    if (done) throw new Error('the stream ended');
    return value as T;
  };
}
const svidStream = () => next((options) => workload.fetchX509SVID({}, options));
const ids = (message: { svids: { spiffeId: string }[] }) => message.svids.map(({ spiffeId }) => spiffeId);

/** Every entry the caller has an identity from. */
async function own(): Promise<string[]> {
  const { entries: all } = await entries.listEntries({});
  return all.filter(({ spiffeId }) => spiffeId?.path.startsWith('/muster/')).map(({ id }) => id);
}

const anotherIdentity = async (over: object = {}) => {
  const [sample] = (
    await entries.listEntries({ filter: { bySpiffeId: { trustDomain: harbor, path: '/muster/console' } } })
  ).entries;
  const made = {
    spiffeId: { trustDomain: harbor, path: '/muster/extra' },
    parentId: sample?.parentId ?? {},
    selectors: [{ type: 'unix', value: 'uid:1000' }],
    ...over,
  };
  const { results } = await entries.batchCreateEntry({ entries: [made] });
  return results[0]?.entry?.id ?? '';
};

describe('the security header', () => {
  for (const [name, headers] of Object.entries<Record<string, string>>({
    missing: {},
    misspelt: { 'workload.spiffe.io': 'True' },
  }))
    it(`${name}: every method refuses`, async () => {
      const expected = '3 security header missing from request';
      expect(await refusal(workload.fetchX509SVID({}, { headers }))).toBe(expected);
      expect(await refusal(workload.fetchJWTSVID({ audience: ['a'] }, { headers }))).toBe(expected);
      expect(await refusal(workload.fetchJWTBundles({}, { headers }))).toBe(expected);
    });
});

describe('X.509-SVIDs', () => {
  it('are valid: key, chain, names and extensions', async () => {
    const { svids } = await svidStream()();
    expect(svids.map(({ spiffeId, hint }) => [spiffeId, hint])).toEqual([
      [consoleId, ''],
      [moderator, 'moderator'],
      [web, 'web'],
    ]);
    for (const svid of svids) {
      const [leaf] = splitCertificates(svid.x509Svid) as [X509Certificate];
      const [root] = splitCertificates(svid.bundle) as [X509Certificate];
      expect(await isSignedBy(leaf, root)).toBe(true);
      expect(leaf.checkIssued(root)).toBe(true);
      expect(leaf.subjectAltName).toContain(`URI:${svid.spiffeId}`);
      const key = createPrivateKey({ key: Buffer.from(svid.x509SvidKey), format: 'der', type: 'pkcs8' });
      expect(leaf.checkPrivateKey(key)).toBe(true);
      expect(leaf.ca).toBe(false);
      // Key usage, critical: digitalSignature, keyEncipherment, keyAgreement.
      expect(extensionsOf(leaf).get('!551d0f')?.toString('hex')).toBe('030203a8');
      expect(Date.parse(leaf.validTo) - Date.now()).toBeLessThanOrEqual(240_000);
    }
    expect(new Set(svids.map(({ x509Svid }) => splitCertificates(x509Svid)[0]?.serialNumber)).size).toBe(3);
  });

  it('come with the bundles the identities federate with', async () => {
    const { federatedBundles } = await svidStream()();
    expect(Object.keys(federatedBundles)).toEqual([`spiffe://${lighthouse}`]);
    const own = await network.server(Bundle, lighthouse).getBundle({});
    expect(Buffer.from(federatedBundles[`spiffe://${lighthouse}`] ?? [])).toEqual(
      Buffer.from(own.x509Authorities[0]?.asn1 ?? []),
    );
  });

  it('are rotated at half of their life, with new keys', async () => {
    const message = svidStream();
    const before = await message();
    network.advance(130);
    const after = await message();
    expect(ids(after)).toEqual(ids(before));
    for (const [index, svid] of after.svids.entries())
      expect(svid.x509SvidKey).not.toEqual(before.svids[index]?.x509SvidKey);
  });

  it('an entry made for the caller appears, and vanishes when deleted', async () => {
    const message = svidStream();
    expect(ids(await message())).toHaveLength(3);
    const id = await anotherIdentity();
    expect(ids(await message())).toContain(`spiffe://${harbor}/muster/extra`);
    await entries.batchDeleteEntry({ ids: [id] });
    expect(ids(await message())).toHaveLength(3);
  });

  it('an entry for other selectors, or under another parent, changes nothing', async () => {
    await anotherIdentity({ selectors: [{ type: 'unix', value: 'uid:1' }] });
    await anotherIdentity({ parentId: { trustDomain: harbor, path: '/elsewhere' } });
    expect(ids(await svidStream()())).toHaveLength(3);
  });

  it('an entry under an alias of the agent counts', async () => {
    const agents = (await network.server(Agent).listAgents({ filter: { byAttestationType: 'x509pop' } }))
      .agents;
    const alias = { trustDomain: harbor, path: '/node/hosts' };
    await entries.batchCreateEntry({
      entries: [
        {
          spiffeId: alias,
          parentId: { trustDomain: harbor, path: '/spire/server' },
          selectors: agents[0]?.selectors.slice(0, 1) ?? [],
        },
      ],
    });
    await anotherIdentity({ parentId: alias });
    expect(ids(await svidStream()())).toHaveLength(4);
  });

  it('of two entries with one hint only the older is served', async () => {
    await anotherIdentity({ hint: 'web' });
    expect(ids(await svidStream()())).toEqual([consoleId, moderator, web]);
  });

  it('deleting the last entry ends the stream', async () => {
    const message = svidStream();
    await message();
    await entries.batchDeleteEntry({ ids: await own() });
    expect(await refusal(message())).toBe('7 no identity issued');
    expect(await refusal(workload.fetchX509Bundles({}, securityHeader))).toBe('7 no identity issued');
    expect(await refusal(workload.fetchJWTSVID({ audience: ['a'] }, securityHeader))).toBe(
      '7 no identity issued',
    );
  });

  it('a banned agent issues nothing', async () => {
    const [agent] = (await network.server(Agent).listAgents({ filter: { byAttestationType: 'x509pop' } }))
      .agents;
    await network.server(Agent).banAgent({ id: agent?.id ?? {} });
    expect(await refusal(svidStream()())).toBe('7 no identity issued');
  });

  it('activating a prepared authority keeps them, tainting the old one replaces them', async () => {
    const authority = network.server(LocalAuthority);
    const message = svidStream();
    const before = await message();
    const old = (await authority.getX509AuthorityState({})).active?.authorityId ?? '';
    const { preparedAuthority } = await authority.prepareX509Authority({});
    const prepared = await message();
    expect(splitCertificates(prepared.svids[0]?.bundle ?? new Uint8Array())).toHaveLength(2);
    await authority.activateX509Authority({ authorityId: preparedAuthority?.authorityId ?? '' });
    await authority.taintX509Authority({ authorityId: old });
    const after = await message();
    expect(prepared.svids[0]?.x509Svid).toEqual(before.svids[0]?.x509Svid);
    expect(after.svids[0]?.x509Svid).not.toEqual(before.svids[0]?.x509Svid);
    const roots = splitCertificates(after.svids[0]?.bundle ?? new Uint8Array());
    const [leaf] = splitCertificates(after.svids[0]?.x509Svid ?? new Uint8Array()) as [X509Certificate];
    expect(leaf.checkIssued(roots[1] as X509Certificate)).toBe(true);
  });
});

describe('bundles', () => {
  it('X.509: the own and the federated, again on every change', async () => {
    const message = next((options) => workload.fetchX509Bundles({}, options));
    const { bundles } = await message();
    expect(Object.keys(bundles).sort()).toEqual([`spiffe://${harbor}`, `spiffe://${lighthouse}`]);
    await network.server(LocalAuthority, lighthouse).prepareX509Authority({});
    const changed = await message();
    expect(splitCertificates(changed.bundles[`spiffe://${lighthouse}`] ?? new Uint8Array())).toHaveLength(2);
  });

  it('JWT: JWK sets without a use', async () => {
    const { bundles } = await next((options) => workload.fetchJWTBundles({}, options))();
    const set = JSON.parse(Buffer.from(bundles[`spiffe://${harbor}`] ?? []).toString()) as { keys: object[] };
    expect(set.keys).toHaveLength(1);
    expect(Object.keys(set.keys[0] ?? {}).sort()).toEqual(['crv', 'kid', 'kty', 'x', 'y']);
  });
});

describe('JWT-SVIDs', () => {
  const fetch = (request: object) => workload.fetchJWTSVID(request, securityHeader);
  const validate = (svid: string, audience = 'a') =>
    workload.validateJWTSVID({ audience, svid }, securityHeader);

  it('one for each identity, signed by the key of the bundle', async () => {
    const { svids } = await fetch({ audience: ['a'] });
    expect(ids({ svids })).toEqual([consoleId, moderator, web]);
    const [key] = (await network.server(Bundle).getBundle({})).jwtAuthorities;
    for (const { spiffeId, svid } of svids) {
      expect(decodeProtectedHeader(svid).kid).toBe(key?.keyId);
      expect(decodeJwt(svid)).toMatchObject({ sub: spiffeId, aud: ['a'] });
      expect((await validate(svid)).spiffeId).toBe(spiffeId);
    }
  });

  it('one for the identity asked for', async () => {
    expect(ids(await fetch({ audience: ['a'], spiffeId: web }))).toEqual([web]);
    expect(await refusal(fetch({ audience: ['a'], spiffeId: `spiffe://${harbor}/other` }))).toBe(
      '7 no identity issued',
    );
  });

  it('need an audience that says something', async () => {
    expect(await refusal(fetch({}))).toBe('3 audience must be specified');
    expect(await refusal(fetch({ audience: [''] }))).toMatch(/^14 /);
  });

  it('stay the same for an audience until half of their life', async () => {
    const token = async () => (await fetch({ audience: ['a'], spiffeId: web })).svids[0]?.svid;
    const first = await token();
    expect(await token()).toBe(first);
    network.advance(160);
    expect(await token()).not.toBe(first);
  });

  it('are valid for a minute after they expired', async () => {
    const [{ svid } = { svid: '' }] = (await fetch({ audience: ['a'] })).svids;
    network.advance(340);
    expect((await validate(svid)).claims).toMatchObject({ sub: consoleId });
    network.advance(30);
    expect(await refusal(validate(svid))).toBe('3 token has expired');
  });

  it('are refused with the reason', async () => {
    const [{ svid } = { svid: '' }] = (await fetch({ audience: ['a'] })).svids;
    expect(await refusal(validate(svid, 'zz'))).toBe('3 expected audience in ["zz"] (audience=["a"])');
    const [head, body, signature = ''] = svid.split('.');
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    expect(await refusal(validate(`${head}.${body}.${flipped}`))).toBe(
      '3 go-jose/go-jose: error in cryptographic primitive',
    );
    expect(await refusal(validate('junk'))).toMatch(/^3 /);
    expect(await refusal(workload.validateJWTSVID({ svid }, securityHeader))).toBe(
      '3 audience must be specified',
    );
  });

  it('of a revoked key are refused', async () => {
    const authority = network.server(LocalAuthority);
    const [{ svid } = { svid: '' }] = (await fetch({ audience: ['a'] })).svids;
    const kid = decodeProtectedHeader(svid).kid ?? '';
    const { preparedAuthority } = await authority.prepareJWTAuthority({});
    await authority.activateJWTAuthority({ authorityId: preparedAuthority?.authorityId ?? '' });
    expect((await fetch({ audience: ['a'] })).svids[0]?.svid).toBe(svid);
    await authority.taintJWTAuthority({ authorityId: kid });
    expect((await validate(svid)).spiffeId).toBe(consoleId);
    expect((await fetch({ audience: ['a'] })).svids[0]?.svid).not.toBe(svid);
    await authority.revokeJWTAuthority({ authorityId: kid });
    expect(await refusal(validate(svid))).toBe(`3 public key "${kid}" not found in trust domain "${harbor}"`);
  });

  it('of a federated trust domain lose their other claims; of an unknown one are refused', async () => {
    const id = { trustDomain: lighthouse, path: '/pilot' };
    const { svid } = await network.server(SVID, lighthouse).mintJWTSVID({ id, audience: ['a'] });
    const { claims } = await validate(svid?.token ?? '');
    expect(Object.keys(claims ?? {}).sort()).toEqual(['aud', 'exp', 'sub']);
    await entries.batchDeleteEntry({ ids: await own() });
    expect(await refusal(validate(svid?.token ?? ''))).toBe(
      `3 no keys found for trust domain "${lighthouse}"`,
    );
  });
});
