import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import type { JudgeInput, Kind } from './judge-types.ts';
import {
  bundleOf,
  caExtensions,
  jwkOf,
  makeAuthority,
  makeCertificate,
  makeKey,
  makeLeaf,
  NOW,
  type TestAuthority,
  type TestKey,
  x509Entry,
} from './testing/certificates.ts';

const generate = promisify(generateKeyPair);
type Entry = Record<string, unknown>;
let root: TestAuthority;
let key: TestKey;
let x509: Entry;
let jwt: Entry;

beforeAll(async () => {
  root = await makeAuthority('example.org');
  key = await makeKey();
  x509 = await x509Entry(root);
  jwt = await jwkOf(key, { use: 'jwt-svid', kid: 'k1' });
});

const judgeAs = (kind: Kind, input: Uint8Array | string, more: Partial<JudgeInput> = {}) =>
  judge({
    kind,
    input: typeof input === 'string' ? utf8Encode(input) : input,
    bundles: new Map(),
    at: NOW,
    ...more,
  });

describe('a SPIFFE bundle', () => {
  it('is valid and decoded', async () => {
    expect(await judgeAs('bundle', bundleOf([x509, jwt]))).toMatchObject({
      verdict: 'valid',
      fails: [],
      warns: [],
      decoded: {
        sequence: '1',
        refreshHint: '300',
        keyCount: 2,
        keys: [
          { use: 'x509-svid', usable: true },
          { use: 'jwt-svid', keyId: 'k1' },
        ],
      },
    });
  });

  it('keeps a sequence beyond 2^53 exact', async () => {
    const text = new TextDecoder()
      .decode(bundleOf([jwt]))
      .replace('"spiffe_sequence":1', '"spiffe_sequence":18446744073709551615');
    expect(await judgeAs('bundle', text)).toMatchObject({
      verdict: 'valid',
      decoded: { sequence: '18446744073709551615' },
    });
  });

  const cases: readonly [string, string, string[], string[], () => unknown[] | Promise<unknown[]>, Entry?][] =
    [
      ['no key', 'valid', [], ['B-17'], () => []],
      [
        'no sequence and no hint',
        'valid',
        [],
        ['B-03', 'B-06'],
        () => [jwt],
        { spiffe_sequence: undefined, spiffe_refresh_hint: undefined },
      ],
      ['a sequence as text', 'invalid', ['B-04'], [], () => [jwt], { spiffe_sequence: '1' }],
      ['a broken hint', 'invalid', ['B-07'], [], () => [jwt], { spiffe_refresh_hint: 1.5 }],
      ['no kty', 'invalid', ['B-08'], [], () => [jwt, { ...jwt, kty: undefined, kid: 'x' }]],
      ['an unknown kty', 'valid', [], ['B-08'], () => [jwt, { kty: 'X', use: 'jwt-svid', kid: 'x' }]],
      ['no use', 'invalid', ['B-09'], [], () => [jwt, { ...jwt, use: undefined, kid: 'x' }]],
      ['an unknown use', 'valid', [], ['B-09'], () => [jwt, { ...jwt, use: 'JWT-SVID', kid: 'x' }]],
      ['a kid on an X.509 key', 'invalid', ['B-10'], [], () => [{ ...x509, kid: 'x' }]],
      ['no x5c', 'invalid', ['B-11'], ['B-17'], () => [{ ...x509, x5c: undefined }]],
      [
        'two certificates',
        'invalid',
        ['B-11'],
        [],
        () => [{ ...x509, x5c: [encodeBase64(root.der), encodeBase64(root.der)] }],
      ],
      [
        'base64url x5c',
        'invalid',
        ['B-12'],
        ['B-17'],
        () => [{ ...x509, x5c: [`${encodeBase64(root.der).slice(0, -4)}-_==`] }],
      ],
      [
        'a leaf as authority',
        'invalid',
        ['B-12'],
        ['B-13'],
        async () => {
          const leaf = await makeLeaf(root, 'spiffe://example.org/a');
          return [await jwkOf(leaf.key, { use: 'x509-svid', x5c: [encodeBase64(leaf.der)] })];
        },
      ],
      [
        'an intermediate as authority',
        'valid',
        [],
        ['B-13'],
        async () => [await x509Entry(await makeAuthority('example.org', { subject: 'I', parent: root }))],
      ],
      [
        'another key in x5c',
        'invalid',
        ['B-14'],
        ['B-17'],
        async () => [await jwkOf(key, { use: 'x509-svid', x5c: [encodeBase64(root.der)] })],
      ],
      ['no kid on a JWT key', 'invalid', ['B-15'], [], () => [{ ...jwt, kid: undefined }]],
      ['one kid twice', 'valid', [], ['B-16'], () => [jwt, jwt]],
      ['one kid twice, one for WIT', 'invalid', ['B-16'], [], () => [jwt, { ...jwt, use: 'wit-svid' }]],
      ['no kid on a WIT key', 'invalid', ['B-23'], [], () => [{ ...jwt, use: 'wit-svid', kid: undefined }]],
      ['a member nobody defined', 'valid', [], ['B-18'], () => [{ ...jwt, alg: 'ES256' }]],
      ['a private key', 'valid', [], ['B-19'], () => [{ ...jwt, d: 'c2VjcmV0LWNhbmFyeQ' }]],
      ['a key without its numbers', 'invalid', ['B-01'], ['B-17'], () => [{ ...jwt, x: undefined }]],
      ['an EC key without a curve', 'invalid', ['B-01'], ['B-17'], () => [{ ...jwt, crv: undefined }]],
      ['a curve nobody here knows', 'valid', [], ['B-17'], () => [{ ...jwt, crv: 'P-999' }]],
      ['a key that is text', 'invalid', ['B-01'], [], () => [jwt, 'key']],
    ];
  it.each(cases)('with %s is %s', async (_name, verdict, fails, warns, keys, members) => {
    const judgement = await judgeAs('bundle', bundleOf(await keys(), members));
    expect([judgement.verdict, judgement.fails, judgement.warns]).toEqual([verdict, fails, warns]);
    expect(JSON.stringify(judgement)).not.toContain('c2VjcmV0');
  });

  it('ignores a CA whose kind of key it cannot use, and calls nothing wrong', async () => {
    const generated = await generate('ec', { namedCurve: 'secp256k1' });
    const spki = new Uint8Array(generated.publicKey.export({ type: 'spki', format: 'der' }));
    const certificate = await makeCertificate({
      subject: 'K',
      issuer: 'K',
      key: { ...root.key, spki },
      signer: root.key,
      extensions: caExtensions('example.org'),
    });
    const jwk = generated.publicKey.export({ format: 'jwk' });
    const entry = { ...jwk, use: 'x509-svid', x5c: [encodeBase64(certificate)] };
    const judgement = await judgeAs('bundle', bundleOf([x509, entry]));
    expect(judgement).toMatchObject({ verdict: 'valid', fails: [], warns: ['B-13', 'B-14'] });
  });

  it('is unreadable when it is no JSON object or has no list of keys', async () => {
    for (const [text, fails] of [
      ['[]', 'B-01'],
      ['{', 'B-01'],
      ['{}', 'B-02'],
      ['{"keys":{}}', 'B-02'],
      ['{"keys":[]} x', 'B-01'],
    ] as const) {
      expect(await judgeAs('bundle', text)).toMatchObject({ verdict: 'unreadable', fails: [fails] });
    }
  });

  it('fails with a member twice, at the top or in a key', async () => {
    const text = new TextDecoder().decode(bundleOf([jwt]));
    for (const twice of [
      text.replace('{', '{"spiffe_sequence":2,'),
      text.replace('"kty"', '"use":"jwt-svid","kty"'),
    ]) {
      expect((await judgeAs('bundle', twice)).fails).toEqual(['B-01']);
    }
  });

  it('warns about a key that another trust domain has too', async () => {
    const bundles = new Map([['other.org', bundleOf([jwt])]]);
    expect((await judgeAs('bundle', bundleOf([jwt]), { bundles, trustDomain: 'example.org' })).warns).toEqual(
      ['B-20'],
    );
  });
});

describe('a bundle update', () => {
  const update = (before: Entry, after: Entry, keys: unknown[] = [jwt]) =>
    judgeAs('bundle-update', bundleOf(keys, after), { previous: bundleOf([jwt], before) });

  it('grows, stays or fails B-05', async () => {
    const grown = [jwt, x509];
    expect((await update({ spiffe_sequence: 1 }, { spiffe_sequence: 2 }, grown)).verdict).toBe('valid');
    expect((await update({ spiffe_sequence: 1 }, { spiffe_sequence: 1 })).verdict).toBe('valid');
    expect((await update({ spiffe_sequence: 1 }, { spiffe_sequence: 1 }, grown)).fails).toEqual(['B-05']);
    expect((await update({ spiffe_sequence: 2 }, { spiffe_sequence: 1 })).fails).toEqual(['B-05']);
    expect((await judgeAs('bundle-update', bundleOf([jwt]))).fails).toEqual(['B-05']);
  });

  it('warns when the order cannot be told', async () => {
    expect(await update({ spiffe_sequence: 1 }, { spiffe_sequence: undefined })).toMatchObject({
      verdict: 'valid',
      warns: ['B-03', 'B-05', 'F-09'],
    });
  });

  it('compares sequences exactly', async () => {
    const at = (sequence: string) =>
      new TextDecoder()
        .decode(bundleOf([jwt]))
        .replace('"spiffe_sequence":1', `"spiffe_sequence":${sequence}`);
    const previous = utf8Encode(at('9007199254740993'));
    expect((await judgeAs('bundle-update', at('9007199254740992'), { previous })).fails).toEqual(['B-05']);
    expect((await judgeAs('bundle-update', at('9007199254740994'), { previous })).fails).toEqual([]);
  });
});

describe('a bundle map', () => {
  const map = (text: string) => judgeAs('bundle-map', `{"trust_domains":${text}}`);
  const inner = (entry: Entry) => JSON.stringify({ keys: [entry], spiffe_sequence: 1 });

  it('is valid, or refused as a whole for a name that is wrong or occurs twice', async () => {
    expect(await map(`{"example.org":${inner(jwt)},"other.org":${inner(x509)}}`)).toMatchObject({
      verdict: 'valid',
      fails: [],
      warns: [],
    });
    expect((await map(`{"example.org":${inner(jwt)},"example.org":${inner(x509)}}`)).fails).toEqual(['B-21']);
    expect((await map(`{"Example.org":${inner(jwt)}}`)).fails).toEqual(['B-21']);
    expect((await map(`{"__proto__":${inner(jwt)}}`)).verdict).toBe('valid');
    expect((await map('[]')).verdict).toBe('unreadable');
    expect((await map(`{"a":3}`)).fails).toContain('B-01');
  });

  it('warns about refresh hints inside and keys shared', async () => {
    const hint = JSON.stringify({ keys: [jwt], spiffe_sequence: 1, spiffe_refresh_hint: 5 });
    expect((await map(`{"a.org":${inner(jwt)},"b.org":${hint}}`)).warns).toEqual(['B-20', 'B-22']);
  });
});
