import { beforeAll, describe, expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { limits } from './limits.ts';
import { nearestSigner } from './nearest-signer.ts';
import type { KnownBundle, NearestSigner } from './nearest-types.ts';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  pem,
  type TestAuthority,
  type TestExtension,
  type TestKey,
  x509Entry,
} from './testing/certificates.ts';
import { caExtensions, leafExtensions } from './testing/certificates.ts';
import { der, octets, sequence } from './testing/der-writer.ts';

const keyId = (hex: string): TestExtension => ({ oid: '2.5.29.14', value: octets(Buffer.from(hex, 'hex')) });
const issuerKeyId = (hex: string): TestExtension => ({
  oid: '2.5.29.35',
  value: sequence(der(0x80, Buffer.from(hex, 'hex'))),
});

let a: TestAuthority;
let before: TestAuthority;
let b: TestAuthority;
let jwtA: TestKey;
let jwtB: TestKey;
let bundleA: KnownBundle;
let olderA: KnownBundle;
let bundleB: KnownBundle;
const until = new Date('2026-11-20T00:00:00Z');

beforeAll(async () => {
  a = await makeAuthority('org-a.test', { extensions: [...caExtensions('org-a.test'), keyId('aa01')] });
  before = await makeAuthority('org-a.test', { subject: 'CA before' });
  b = await makeAuthority('org-b.test');
  jwtA = await makeKey();
  jwtB = await makeKey();
  const entry = async (authority: TestAuthority, key: TestKey, kid: string) =>
    bundleOf([await x509Entry(authority), await jwkOf(key, { use: 'jwt-svid', kid })]);
  bundleA = {
    trustDomain: 'org-a.test',
    source: 'spire-a',
    chosen: true,
    bytes: await entry(a, jwtA, 'k-a'),
  };
  bundleB = {
    trustDomain: 'spiffe://org-b.test',
    source: 'spire-b',
    bytes: await entry(b, jwtB, 'k-b'),
  };
  olderA = {
    trustDomain: 'org-a.test',
    source: 'spire-a',
    bytes: await entry(before, await makeKey(), 'k-a'),
    older: { until },
  };
});

const all = () => [bundleA, bundleB, olderA];
const certificate = (bytes: Uint8Array, known = all()) =>
  nearestSigner({ kind: 'x509-svid', input: bytes, known });
const token = async (key: TestKey, kid: string | undefined, known = all(), sub = 'spiffe://org-a.test/web') =>
  nearestSigner({
    kind: 'jwt-svid',
    input: utf8Encode(
      await makeToken(
        key,
        { alg: 'ES256', ...(kid !== undefined && { kid }) },
        { sub, aud: ['x'], exp: 4e9 },
      ),
    ),
    known,
  });
const told = (near: NearestSigner | undefined) =>
  near?.keys.map(({ relation, places }) => `${relation} ${places[0]?.trustDomain}`);

describe('a certificate', () => {
  it('was signed by the authority of its own bundle', async () => {
    const leaf = await makeLeaf(a, 'spiffe://org-a.test/web');
    const near = await certificate(leaf.der);
    expect(told(near)).toEqual(['signed org-a.test']);
    expect(near?.keys[0]).toMatchObject({
      keyType: 'EC P-256',
      keyId: 'aa01',
      name: 'CN=CA org-a.test',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/u),
      words: 'The leaf was signed by this key of the bundle of “org-a.test” (spire-a).',
    });
    expect(near?.complete).toBe(true);
  });
  it('was signed by an authority that has been rotated out, and says when', async () => {
    const leaf = await makeLeaf(before, 'spiffe://org-a.test/web');
    const near = await certificate(leaf.der);
    expect(told(near)).toEqual(['signed org-a.test']);
    expect(near?.keys[0]?.words).toContain('had until 2026-11-20T00:00:00Z. It has been rotated out since');
  });
  it('was signed by another trust domain', async () => {
    const leaf = await makeLeaf(b, 'spiffe://org-a.test/web');
    const near = await certificate(leaf.der);
    expect(told(near)).toEqual(['signed org-b.test']);
    expect(near?.keys[0]?.words).toContain('That is not the trust domain of its SPIFFE ID, “org-a.test”');
  });
  it('was signed by a copy that was not judged against', async () => {
    const leaf = await makeLeaf(before, 'spiffe://org-a.test/web');
    const other = { ...olderA, source: 'spire-2' };
    delete (other as { older?: unknown }).older;
    const near = await certificate(leaf.der, [bundleA, other]);
    expect(near?.keys[0]?.words).toContain('spire-2). The bundle that it was judged against does not have');
  });
  it('has an intermediate: it is the intermediate that the bundle’s key signed', async () => {
    const middle = await makeAuthority('org-a.test', { subject: 'Middle', parent: a });
    const leaf = await makeLeaf(middle, 'spiffe://org-a.test/web');
    const near = await certificate(pem(leaf.der, middle.der));
    expect(near?.keys[0]?.words).toMatch(/^The CA certificate “CN=Middle” was signed by this key/u);
  });
  it('does not say an intermediate was signed when the leaf is not by it', async () => {
    const middle = await makeAuthority('org-a.test', { subject: 'Middle', parent: a });
    const other = await makeAuthority('org-a.test', { subject: 'Middle' });
    const leaf = await makeLeaf(other, 'spiffe://org-a.test/web');
    expect(told(await certificate(pem(leaf.der, middle.der)))).toEqual([]);
  });
  it('asks for a key identifier that another key has', async () => {
    const stranger = await makeAuthority('org-a.test', { subject: 'Another' });
    const leaf = await makeLeaf(stranger, 'spiffe://org-a.test/web', {
      extensions: [...leafExtensions('spiffe://org-a.test/web'), issuerKeyId('aa01')],
    });
    const near = await certificate(leaf.der);
    expect(told(near)).toEqual(['key-id org-a.test']);
    expect(near?.keys[0]?.words).toContain('The certificate was changed after it was signed, or another key');
    expect(near?.compared).toContain('Compared with 6 keys of 2 bundles and 1 older copy');
    expect(near?.compared).toContain('the key identifier aa01');
  });
  it('names an issuer whose key is another', async () => {
    const twin = await makeAuthority('org-a.test');
    const leaf = await makeLeaf(twin, 'spiffe://org-a.test/web');
    const near = await certificate(leaf.der);
    expect(told(near)).toEqual(['name org-a.test']);
    expect(near?.keys[0]?.words).toContain('most likely that of an authority before or after a rotation');
  });
  it('resembles nothing: that is said, with what was compared', async () => {
    const stranger = await makeAuthority('org-c.test', { subject: 'Stranger' });
    const leaf = await makeLeaf(stranger, 'spiffe://org-a.test/web');
    const near = await certificate(leaf.der);
    expect(near?.keys).toEqual([]);
    expect(near?.compared).toMatch(/^None of them made the signature/u);
    expect((await certificate(leaf.der, []))?.compared).toContain('No key is known to compare with');
  });
});

describe('a token', () => {
  it('was signed by the key of its bundle, by an older one, or by that of another trust domain', async () => {
    expect(told(await token(jwtA, 'k-a'))).toEqual(['signed org-a.test']);
    const foreign = await token(jwtB, 'k-b');
    expect(foreign?.keys[0]?.words).toContain(
      'a key of “org-b.test” (spire-b). That is not the trust domain',
    );
    expect(told(await token(jwtB, undefined))).toEqual(['signed org-b.test']);
  });
  it('names a key of another trust domain that did not sign it', async () => {
    const near = await token(await makeKey(), 'k-b');
    expect(told(near)).toEqual(['key-id org-b.test']);
    expect(near?.keys[0]?.words).toContain('The wrong trust domain may be in the ID');
  });
  it('was changed after it was signed: the key id is right, the signature is not', async () => {
    const near = await token(await makeKey(), 'k-a');
    expect(told(near)).toEqual(['key-id org-a.test', 'key-id org-a.test']);
    expect(near?.keys[0]?.places[0]?.older).toBeUndefined();
    expect(near?.keys[0]?.words).toContain('The token was changed after it was signed');
  });
  it('was signed by a key that the bundle has for another kind', async () => {
    const bytes = bundleOf([await jwkOf(jwtA, { use: 'wit-svid', kid: 'k-a' })]);
    const near = await token(jwtA, 'k-a', [{ trustDomain: 'org-a.test', source: 'x', bytes }]);
    expect(near?.keys[0]?.words).toContain('has for wit-svid, not for jwt-svid');
  });
  it('tells nothing of its signature', async () => {
    const text = await makeToken(jwtB, { alg: 'ES256', kid: 'k-b' }, { sub: 'spiffe://org-a.test/web' });
    const near = await nearestSigner({ kind: 'jwt-svid', input: utf8Encode(text), known: all() });
    expect(JSON.stringify(near)).not.toContain(text.split('.')[2]);
  });
});

describe('bounds', () => {
  it('are kept: signatures are counted, and what was not tried is said', async () => {
    const keys = await Promise.all(
      Array.from({ length: 3 }, async (_, i) => jwkOf(await makeKey(), { use: 'jwt-svid', kid: `n${i}` })),
    );
    // The same few keys under many names are many candidates.
    const many = Array.from({ length: limits.signatureChecks + 20 }, (_, i) => ({
      ...keys[i % 3],
      kid: `k${i}`,
    }));
    const near = await token(await makeKey(), 'none', [
      { trustDomain: 'org-a.test', source: 'x', bytes: bundleOf(many) },
    ]);
    expect(near).toMatchObject({ keys: [], complete: false });
    expect(near?.compared).toContain('The search ended after 100 signatures; 20 keys not tried.');
  });
  it('leave out bundles beyond 4 MiB and those that cannot be read', async () => {
    const huge = { trustDomain: 'org-a.test', source: 'x', bytes: new Uint8Array(limits.bundleBytes + 1) };
    const broken = { trustDomain: 'org-a.test', source: 'y', bytes: utf8Encode('{"keys":3}') };
    const near = await token(jwtA, 'k-a', [broken, huge]);
    expect(near).toMatchObject({ keys: [], complete: false });
    expect(near?.compared).toContain('2 bundles could not be read or too large');
  });
  it('hostile names are text, and other documents have no signer', async () => {
    const hostile = { ...bundleB, trustDomain: '__proto__', source: 'spire-b' };
    expect(told(await token(jwtB, 'k-b', [hostile]))).toEqual(['signed __proto__']);
    expect(
      (await token(jwtB, 'k-b', [{ ...bundleB, trustDomain: 'a\u202eb' }]))?.keys[0]?.places[0]?.trustDomain,
    ).toBe('a\\u{202e}b');
    for (const kind of ['bundle', 'spiffe-id', 'x509-svid', 'jwt-svid'] as const)
      expect(await nearestSigner({ kind, input: utf8Encode('lorem'), known: all() })).toBeUndefined();
  });
});
