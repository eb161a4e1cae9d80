import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import type { JudgeInput, Kind } from './judge-types.ts';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  NOW,
  pem,
  pemOf,
  pkcs8,
  type TestAuthority,
  type TestKey,
  x509Entry,
} from './testing/certificates.ts';

let root: TestAuthority;
let second: TestAuthority;
let key: TestKey;
let leaf: Bytes;

beforeAll(async () => {
  [root, second, key] = await Promise.all([
    makeAuthority('example.org'),
    makeAuthority('example.org', { algorithm: 'P-384' }),
    makeKey(),
  ]);
  leaf = (await makeLeaf(root, 'spiffe://example.org/web', { key })).der;
});

const judgeAs = (kind: Kind, input: Uint8Array | string, more: Partial<JudgeInput> = {}) =>
  judge({
    kind,
    input: typeof input === 'string' ? utf8Encode(input) : input,
    bundles: new Map(),
    at: NOW,
    ...more,
  });

describe('CA certificates as a bundle', () => {
  it('are one in PEM, with text and CRLF around, and in DER', async () => {
    const text = new TextDecoder().decode(pem(root.der, second.der));
    for (const input of [
      text,
      `# roots\r\n${text.replaceAll('\n', '\r\n')}`,
      concatBytes(root.der, second.der),
    ]) {
      const judgement = await judgeAs('bundle', input);
      expect(judgement).toMatchObject({
        verdict: 'valid',
        fails: [],
        // It says that this is not the JSON that federation needs.
        warns: ['B-01'],
        decoded: { type: 'bundle', keyCount: 2, keys: [{ use: 'x509-svid', usable: true }, {}] },
      });
      expect(judgement.checks.find(({ id }) => id === 'B-04')?.verdict).toBe('not-applicable');
    }
  });

  it('verify an SVID in every form', async () => {
    for (const bundle of [
      pem(root.der),
      root.der,
      concatBytes(second.der, root.der),
      bundleOf([await x509Entry(root)]),
    ])
      expect(
        (await judgeAs('x509-svid', leaf, { bundles: new Map([['example.org', bundle]]) })).verdict,
      ).toBe('valid');
    for (const bundle of [second.der, pem(second.der)])
      expect(
        (await judgeAs('x509-svid', leaf, { bundles: new Map([['example.org', bundle]]) })).fails,
      ).toEqual(['X-15']);
  });

  it('fail by the row of what is wrong', async () => {
    expect((await judgeAs('bundle', pem(root.der, leaf))).fails).toEqual(['B-12']);
    expect(
      await judgeAs('bundle', concatBytes(pem(root.der), pemOf('PRIVATE KEY', await pkcs8(key)))),
    ).toMatchObject({
      verdict: 'unreadable',
      fails: ['B-01'],
      warns: ['B-19'],
    });
    expect((await judgeAs('bundle', concatBytes(root.der, Uint8Array.of(0)))).fails).toEqual(['B-01']);
  });

  it('never show a private key that is beside them', async () => {
    const secret = await pkcs8(key);
    const text = JSON.stringify(
      await judgeAs('bundle', concatBytes(pem(root.der), pemOf('PRIVATE KEY', secret))),
    );
    expect(text).not.toContain(encodeBase64(secret).slice(40, 80));
  });

  it('replace each other without a number, which is warned about', async () => {
    const same = await judgeAs('bundle-update', pem(root.der, second.der), {
      previous: pem(second.der, root.der),
    });
    expect(same).toMatchObject({ verdict: 'valid', warns: ['B-01', 'B-05', 'F-09'] });
    expect(same.checks.find(({ id }) => id === 'B-05')?.evidence).toContain('the same');
    const other = await judgeAs('bundle-update', pem(second.der), { previous: pem(root.der) });
    expect(other.checks.find(({ id }) => id === 'B-05')?.evidence).not.toContain('the same');
    const shared = new Map([['other.org', pem(root.der)]]);
    expect(
      (await judgeAs('bundle', root.der, { bundles: shared, trustDomain: 'example.org' })).warns,
    ).toContain('B-20');
  });
});

describe('key.jwt of spiffe-helper', () => {
  const jwks = (keys: readonly unknown[]) => encodeBase64(utf8Encode(JSON.stringify({ keys })));

  it('is judged as JWT bundles: base64 of a JWK Set for each trust domain, without use', async () => {
    const [one, two] = [await jwkOf(key, { kid: 'a' }), await jwkOf(await makeKey('RSA'), { kid: 'b' })];
    const file = JSON.stringify({ 'example.org': jwks([one]), 'other.org': jwks([two]) });
    const judgement = await judgeAs('bundle-map', file, { trustDomain: 'example.org' });
    expect(judgement).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
    expect(judgement.decoded).toMatchObject({
      type: 'bundle-map',
      bundles: [
        {
          trustDomain: 'example.org',
          keys: [{ use: 'jwt-svid', keyId: 'a', keyType: 'EC P-256', usable: true }],
        },
        { trustDomain: 'other.org', keys: [{ keyId: 'b', keyType: 'RSA 2048' }] },
      ],
    });
    expect(judgement.checks.filter(({ verdict }) => verdict === 'not-checked')).toEqual([]);
  });

  it('takes the SPIFFE IDs that the Workload API itself has as keys', async () => {
    const file = JSON.stringify({
      'spiffe://example.org': jwks([await jwkOf(key, { kid: 'a', use: 'jwt-svid' })]),
    });
    expect(await judgeAs('bundle-map', file)).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
    expect(await judgeAs('bundle-map', file, { trustDomain: 'third.org' })).toMatchObject({
      fails: ['W-08'],
    });
  });

  it('is not read as a bundle map, nor a bundle map as it', async () => {
    expect((await judgeAs('bundle-map', '{}')).fails).toEqual(['B-21']);
    expect((await judgeAs('bundle-map', '{"trust_domains":"eA=="}')).fails).toEqual(['B-21']);
    expect((await judgeAs('bundle-map', '{"example.org":{"keys":[]}}')).fails).toEqual(['B-21']);
    expect((await judgeAs('bundle-map', `{"example.org":"${jwks([])}","x":1}`)).fails).toEqual(['B-21']);
    const twice = `{"example.org":"${jwks([])}","example.org":"${jwks([])}"}`;
    expect((await judgeAs('bundle-map', twice)).fails).toEqual(['B-21']);
  });
});
