import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, toHex, utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import type { JudgeInput } from './judge-types.ts';
import { OID } from './oid.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  type CertificateOptions,
  dnsName,
  extendedKeyUsage,
  keyUsage,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  NOW,
  pem,
  pemOf,
  pkcs8,
  type TestAlgorithm,
  type TestAuthority,
  type TestExtension,
  type TestKey,
  uriName,
  x509Entry,
} from './testing/certificates.ts';
import { integer, octets, sequence } from './testing/der-writer.ts';

const ID = 'spiffe://example.org/web';
let root: TestAuthority;
let other: TestAuthority;
let leafKey: TestKey;
let bundles: Map<string, Uint8Array>;

beforeAll(async () => {
  root = await makeAuthority('example.org');
  other = await makeAuthority('other.org');
  leafKey = await makeKey();
  bundles = new Map([
    ['example.org', bundleOf([await x509Entry(root)])],
    ['other.org', bundleOf([await x509Entry(other)])],
  ]);
});

function judgeX(input: Uint8Array, more: Partial<JudgeInput> = {}) {
  return judge({ kind: 'x509-svid', input, bundles, at: NOW, ...more });
}

async function leaf(options: Partial<CertificateOptions> = {}, authority = root): Promise<Uint8Array> {
  return (await makeLeaf(authority, ID, { key: leafKey, ...options })).der;
}

/** Leaf extensions with some replaced (by OID) or, with no value, left out. */
function changed(...changes: readonly (TestExtension | string)[]): readonly TestExtension[] {
  const oids = changes.map((change) => (typeof change === 'string' ? change : change.oid));
  return [
    ...leafExtensions(ID).filter((extension) => !oids.includes(extension.oid)),
    ...changes.filter((change) => typeof change !== 'string'),
  ];
}

describe('an ordinary X509-SVID', () => {
  it('is valid as DER and as PEM, with every row of the sheet answered', async () => {
    const svid = await leaf();
    for (const input of [svid, pem(new Uint8Array(svid))]) {
      const judgement = await judgeX(input);
      expect(judgement.fails).toEqual([]);
      expect(judgement.warns).toEqual([]);
      expect(judgement.verdict).toBe('valid');
      expect(judgement.checks.filter((check) => check.verdict === 'not-checked')).toEqual([]);
    }
  });

  it('is decoded with its chain', async () => {
    const { decoded } = await judgeX(await leaf());
    expect(decoded).toMatchObject({
      type: 'x509-svid',
      chainComplete: true,
      bundle: 'example.org',
      certificates: [
        {
          spiffeId: ID,
          spiffeIdValid: true,
          serial: '1234',
          keyType: 'EC P-256',
          isCa: false,
          issuer: 'CN=CA example.org',
        },
      ],
      chain: [{ source: 'document' }, { source: 'bundle', certificate: { isCa: true } }],
    });
  });

  it('is valid in a federated trust domain, by the bundle of that one only', async () => {
    const svid = (await makeLeaf(other, 'spiffe://other.org/web')).der;
    expect((await judgeX(svid, { trustDomain: 'example.org' })).verdict).toBe('valid');
    const only = new Map([['example.org', bundles.get('example.org') ?? new Uint8Array()]]);
    expect((await judgeX(svid, { trustDomain: 'example.org', bundles: only })).fails).toEqual(['X-14']);
  });

  it('takes a PEM file of CAs as a bundle, with text and CRLF around the blocks', async () => {
    const text = new TextDecoder().decode(pem(root.der)).replaceAll('\n', '\r\n');
    const bundle = utf8Encode(`our root\r\n${text}\r\nend`);
    expect((await judgeX(await leaf(), { bundles: new Map([['example.org', bundle]]) })).verdict).toBe(
      'valid',
    );
  });

  it.each<TestAlgorithm>(['P-384', 'P-521', 'RSA', 'RSA-PSS', 'Ed25519'])(
    'verifies signatures by %s',
    async (algorithm) => {
      const ca = await makeAuthority('example.org', { algorithm });
      const good = await leaf({}, ca);
      const bad = await leaf({ breakSignature: true }, ca);
      const own = new Map([['example.org', pem(ca.der)]]);
      expect((await judgeX(good, { bundles: own })).verdict).toBe('valid');
      expect((await judgeX(bad, { bundles: own })).fails).toEqual(['X-15']);
    },
  );

  it('may have an absent basicConstraints, DNS names and an upper-case scheme (with a warning)', async () => {
    const svid = await leaf({
      extensions: changed(OID.basicConstraints, altNames([uriName(ID), dnsName('web.test')], true)),
    });
    expect((await judgeX(svid)).verdict).toBe('valid');
    const upper = await leaf({ extensions: changed(altNames([uriName('SPIFFE://example.org/web')], true)) });
    expect(await judgeX(upper)).toMatchObject({ verdict: 'valid', warns: ['ID-01'] });
  });
});

describe('a broken X509-SVID', () => {
  const HOUR = 3_600_000;
  const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
  const cases: readonly [string, string[], () => Promise<Uint8Array>][] = [
    ['expired', ['X-16'], () => leaf({ notBefore: at(-3), notAfter: at(-1) })],
    ['not yet valid', ['X-16'], () => leaf({ notBefore: at(1), notAfter: at(2) })],
    ['a bad signature', ['X-15'], () => leaf({ breakSignature: true })],
    ['signed by a stranger of the same name', ['X-15'], async () => leaf({ signer: await makeKey() })],
    [
      'a CA as leaf',
      ['X-05', 'X-08', 'X-09', 'X-10', 'X-26', 'X-27'],
      () => leaf({ extensions: changed(basicConstraints(true), keyUsage([5, 6])) }),
    ],
    ['cA alone', ['X-05', 'X-27'], () => leaf({ extensions: changed(basicConstraints(true)) })],
    ['no URI name', ['X-02'], () => leaf({ extensions: changed(altNames([dnsName('web.test')], true)) })],
    [
      'two URI names',
      ['X-02'],
      () => leaf({ extensions: changed(altNames([uriName(ID), uriName('https://a.test')], true)) }),
    ],
    [
      'two SAN extensions',
      ['X-02', 'X-22'],
      () => leaf({ extensions: [...leafExtensions(ID), altNames([uriName(ID)])] }),
    ],
    ['no path', ['X-04'], () => leaf({ extensions: leafExtensions('spiffe://example.org') })],
    [
      'a dot segment',
      ['ID-12', 'X-03'],
      () => leaf({ extensions: leafExtensions('spiffe://example.org/a/../b') }),
    ],
    ['no key usage', ['X-06'], () => leaf({ extensions: changed(OID.keyUsage) })],
    ['key usage not critical', ['X-07'], () => leaf({ extensions: changed(keyUsage([0], false)) })],
    ['no digitalSignature', ['X-08'], () => leaf({ extensions: changed(keyUsage([2])) })],
    ['keyCertSign', ['X-09', 'X-26', 'X-27'], () => leaf({ extensions: changed(keyUsage([0, 5])) })],
    ['cRLSign', ['X-10', 'X-26'], () => leaf({ extensions: changed(keyUsage([0, 6])) })],
    ['serverAuth alone', ['X-11'], () => leaf({ extensions: changed(extendedKeyUsage(OID.serverAuth)) })],
    [
      'empty subject, SAN not critical',
      ['X-13'],
      () => leaf({ extensions: changed(altNames([uriName(ID)])) }),
    ],
    [
      'an unknown critical extension',
      ['X-22'],
      () =>
        leaf({ extensions: [...leafExtensions(ID), { oid: '1.2.3.4', critical: true, value: octets() }] }),
    ],
    ['a wrong issuer name', ['X-17'], () => leaf({ issuer: 'Somebody else' })],
    ['a foreign authority', ['X-14', 'X-15'], () => leaf({}, other)],
    [
      'a broken extension',
      ['X-01', 'X-22'],
      () => leaf({ extensions: [...leafExtensions(ID), { oid: OID.subjectKeyId, value: integer(1) }] }),
    ],
  ];
  it.each(cases)('%s fails %j', async (_name, fails, make) => {
    const judgement = await judgeX(await make());
    expect(judgement.fails).toEqual(fails);
    expect(judgement.verdict).toBe('invalid');
  });

  it('is only warned about when it lacks extended key usage', async () => {
    expect(await judgeX(await leaf({ extensions: changed(OID.extendedKeyUsage) }))).toMatchObject({
      verdict: 'valid',
      warns: ['X-12'],
    });
  });

  it('is unreadable with bytes left over, a private key beside it or no certificate at all', async () => {
    const svid = await leaf();
    const key = pemOf('PRIVATE KEY', await pkcs8(leafKey));
    for (const input of [
      concatBytes(svid, Uint8Array.of(0)),
      concatBytes(pem(new Uint8Array(svid)), key),
      new Uint8Array(),
      utf8Encode('hello'),
    ]) {
      expect(await judgeX(input)).toMatchObject({ verdict: 'unreadable', fails: ['X-01'] });
    }
  });

  it('counts validity to the second, both ends inclusive', async () => {
    const svid = await leaf({ notBefore: at(0), notAfter: at(0.5) });
    const verdict = async (ms: number) => (await judgeX(svid, { at: new Date(NOW.getTime() + ms) })).verdict;
    expect(await Promise.all([verdict(-1), verdict(0), verdict(HOUR / 2), verdict(HOUR / 2 + 1)])).toEqual([
      'invalid',
      'valid',
      'valid',
      'invalid',
    ]);
  });

  it('reads the year 9999', async () => {
    const { decoded } = await judgeX(await leaf({ notAfter: new Date('9999-12-31T23:59:59Z') }));
    expect(decoded).toMatchObject({ certificates: [{ notAfter: '9999-12-31T23:59:59Z' }] });
  });

  it('is never valid without a bundle, with a broken or with an empty one', async () => {
    const svid = await leaf();
    const withBundle = (bundle: Uint8Array) => judgeX(svid, { bundles: new Map([['example.org', bundle]]) });
    const none = await judgeX(svid, { bundles: new Map() });
    expect(none).toMatchObject({ verdict: 'invalid', fails: ['X-14'] });
    expect(none.reason).toContain('signature is not verified');
    expect((await withBundle(utf8Encode('{"keys":3}'))).fails).toEqual(['X-14']);
    expect((await withBundle(bundleOf([]))).fails).toEqual(['X-15', 'B-17']);
    const signing = { ...(await x509Entry(root)), use: 'sig' };
    expect((await withBundle(bundleOf([signing]))).fails).toEqual(['X-15', 'B-17']);
    // An entry whose x5c holds another key than the JWK vouches for nothing.
    const mixed = { ...(await x509Entry(other)), x5c: (await x509Entry(root))['x5c'] };
    expect((await withBundle(bundleOf([mixed]))).fails).toEqual(['X-15', 'B-17']);
  });
});

describe('the private key', () => {
  const pair = (key: Uint8Array | undefined, input: Uint8Array) =>
    judgeX(input, { kind: 'x509-svid-keypair', ...(key ? { key } : {}) });

  it.each<TestAlgorithm>(['P-256', 'P-521', 'RSA', 'Ed25519'])(
    'matches by signing, %s',
    async (algorithm) => {
      const key = await makeKey(algorithm);
      const svid = await leaf({ key });
      const secret = await pkcs8(key);
      expect((await pair(secret, svid)).verdict).toBe('valid');
      expect((await pair(pemOf('PRIVATE KEY', secret), svid)).verdict).toBe('valid');
      expect((await pair(await pkcs8(await makeKey(algorithm)), svid)).fails).toEqual(['X-28']);
    },
  );

  it('fails when absent, encrypted, of another format or with bytes after it', async () => {
    const svid = await leaf();
    const secret = await pkcs8(leafKey);
    const encrypted = sequence(sequence(), octets());
    for (const key of [
      undefined,
      encrypted,
      pemOf('EC PRIVATE KEY', secret),
      concatBytes(secret, Uint8Array.of(0)),
      await pkcs8(await makeKey('RSA')),
    ]) {
      expect((await pair(key, svid)).fails).toEqual(['X-28']);
    }
  });

  it('is never repeated in the answer', async () => {
    const secret = await pkcs8(leafKey);
    const text = JSON.stringify(await pair(secret, await leaf()));
    const { d = '' } = await crypto.subtle.exportKey('jwk', leafKey.pair.privateKey);
    expect(d.length).toBeGreaterThan(40);
    expect(text).not.toContain(d);
    expect(text).not.toContain(toHex(secret).slice(-64));
  });
});
