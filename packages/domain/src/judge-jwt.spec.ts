import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64Url } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import type { JudgeInput } from './judge-types.ts';
import {
  bundleOf,
  jwkOf,
  makeKey,
  makeToken,
  NOW,
  type TestAlgorithm,
  type TestKey,
} from './testing/certificates.ts';

const SECONDS = NOW.getTime() / 1000;
const HEADER = { alg: 'ES256', kid: 'k1', typ: 'JWT' };
const CLAIMS = { sub: 'spiffe://example.org/web', aud: 'reports', exp: SECONDS + 300, iat: SECONDS };
let key: TestKey;
let second: TestKey;
let foreign: TestKey;
let bundles: Map<string, Uint8Array>;

beforeAll(async () => {
  [key, second, foreign] = await Promise.all([makeKey(), makeKey(), makeKey()]);
  const entry = (of: TestKey, kid: string) => jwkOf(of, { use: 'jwt-svid', kid });
  bundles = new Map([
    ['example.org', bundleOf([await entry(second, 'k2'), await entry(key, 'k1')])],
    ['other.org', bundleOf([await entry(foreign, 'f1')])],
  ]);
});

function judgeToken(token: string, more: Partial<JudgeInput> = {}) {
  return judge({
    kind: 'jwt-svid',
    input: utf8Encode(token),
    bundles,
    audience: 'reports',
    at: NOW,
    ...more,
  });
}
const token = (header: object | string = {}, claims: object | string = {}, by = key) =>
  makeToken(
    by,
    typeof header === 'string' ? header : { ...HEADER, ...header },
    typeof claims === 'string' ? claims : { ...CLAIMS, ...claims },
  );

describe('an ordinary JWT-SVID', () => {
  it('is valid, and decoded without its signature', async () => {
    const text = await token();
    const judgement = await judgeToken(text);
    expect(judgement).toMatchObject({
      verdict: 'valid',
      fails: [],
      warns: [],
      decoded: {
        subject: CLAIMS.sub,
        audience: ['reports'],
        expiresAt: '2026-11-22T12:05:00Z',
        signedBy: { trustDomain: 'example.org', keyId: 'k1', keyType: 'EC P-256' },
      },
    });
    expect(JSON.stringify(judgement)).not.toContain(text.split('.')[2]);
  });

  it('is valid without kid and typ, by any key of its trust domain', async () => {
    for (const by of [key, second]) {
      expect((await judgeToken(await makeToken(by, { alg: 'ES256' }, CLAIMS))).verdict).toBe('valid');
    }
  });

  it('is valid in a federated trust domain', async () => {
    const federated = await token({ kid: 'f1' }, { sub: 'spiffe://other.org/db' }, foreign);
    expect((await judgeToken(federated, { trustDomain: 'example.org' })).verdict).toBe('valid');
  });

  it.each<[string, TestAlgorithm]>([
    ['ES384', 'P-384'],
    ['ES512', 'P-521'],
    ['RS256', 'RSA'],
    ['PS256', 'RSA-PSS'],
  ])('verifies %s', async (alg, algorithm) => {
    const signer = await makeKey(algorithm);
    const own = new Map([['example.org', bundleOf([await jwkOf(signer, { use: 'jwt-svid', kid: 'k1' })])]]);
    expect((await judgeToken(await token({ alg }, {}, signer), { bundles: own })).verdict).toBe('valid');
  });
});

describe('a broken JWT-SVID', () => {
  const header = JSON.stringify(HEADER);
  const cases: readonly [string, string[], () => Promise<string>][] = [
    [
      'algorithm none',
      ['J-03'],
      async () => `${encodeBase64Url(utf8Encode('{"alg":"none"}'))}.${(await token()).split('.')[1]}.`,
    ],
    ['HS256', ['J-03'], () => token({ alg: 'HS256' })],
    ['EdDSA', ['J-03'], () => token({ alg: 'EdDSA' })],
    ['the algorithm `constructor`', ['J-03'], () => token({ alg: 'constructor' })],
    ['lower-case alg', ['J-03'], () => token({ alg: 'es256' })],
    ['another header member', ['J-02'], () => token({ jku: 'https://a.test' })],
    ['crit', ['J-02', 'J-06'], () => token({ crit: ['x'], x: 1 })],
    ['typ at+jwt', ['J-04'], () => token({ typ: 'at+jwt' })],
    ['typ jwt', ['J-04'], () => token({ typ: 'jwt' })],
    ['an unknown key id', ['J-14'], () => token({ kid: 'k9' })],
    ['a key id that is a number', ['J-14'], () => token({ kid: 1 })],
    ['the key of another trust domain', ['J-14'], () => token({ kid: 'f1' }, {}, foreign)],
    ['a signature by the wrong key', ['J-14'], () => token({}, {}, second)],
    ['alg that does not fit the key', ['J-14', 'J-15'], () => token({ alg: 'ES384' })],
    ['RS256 with an EC key', ['J-14', 'J-15'], () => token({ alg: 'RS256' })],
    ['no subject', ['J-07'], () => token({}, { sub: undefined })],
    [
      'a subject that is no SPIFFE ID',
      ['ID-12', 'J-07'],
      () => token({}, { sub: 'spiffe://example.org/../web' }),
    ],
    ['a subject that is a list', ['J-07'], () => token({}, { sub: [CLAIMS.sub] })],
    ['another trust domain without bundle', ['J-14'], () => token({}, { sub: 'spiffe://third.org/web' })],
    ['no audience', ['J-08'], () => token({}, { aud: undefined })],
    ['an empty audience list', ['J-08'], () => token({}, { aud: [] })],
    ['a number among the audiences', ['J-08'], () => token({}, { aud: ['reports', 1] })],
    ['another audience', ['J-09'], () => token({}, { aud: 'Reports' })],
    ['no expiry', ['J-11'], () => token({}, { exp: undefined })],
    ['expiry as text', ['J-11'], () => token({}, { exp: String(SECONDS + 300) })],
    [
      'expiry beyond any number',
      ['J-11'],
      () => token(header, JSON.stringify(CLAIMS).replace(/"exp":\d+/u, '"exp":1e999')),
    ],
    ['expired', ['J-12'], () => token({}, { exp: SECONDS - 1 })],
    ['expiring now', ['J-12'], () => token({}, { exp: SECONDS })],
    ['expiry 0', ['J-12'], () => token({}, { exp: 0 })],
    ['not valid yet', ['J-13'], () => token({}, { nbf: SECONDS + 1 })],
    ['nbf as text', ['J-13'], () => token({}, { nbf: 'now' })],
    [
      'a claim twice',
      ['J-16'],
      () => token(header, JSON.stringify(CLAIMS).replace('{', '{"aud":"reports",')),
    ],
    ['a header member twice', ['J-16'], () => token(header.replace('{', '{"alg":"ES256",'))],
    [
      'an escaped duplicate',
      ['J-16'],
      () => token(header, JSON.stringify(CLAIMS).replace('{', '{"\\u0061ud":"reports",')),
    ],
    ['claims that are a list', ['J-16'], () => token(header, '[]')],
    ['a byte order mark', ['J-16'], () => token(header, `\ufeff${JSON.stringify(CLAIMS)}`)],
  ];
  it.each(cases)('%s fails %j', async (_name, fails, make) => {
    const judgement = await judgeToken(await make());
    expect(judgement.fails).toEqual(fails);
    expect(judgement.verdict).toBe('invalid');
  });

  const shapes: readonly [string, (good: string) => string][] = [
    ['padding', (good) => `${good}=`],
    ['a trailing line end', (good) => `${good}\n`],
    ['a leading space', (good) => ` ${good}`],
    ['two parts', (good) => good.split('.').slice(0, 2).join('.')],
    ['four parts', (good) => `${good}.`],
    ['the other alphabet', (good) => `${good.slice(0, -2)}+/`],
    ['JSON serialization', () => '{"payload":"","signatures":[]}'],
    ['too many bytes', () => 'a'.repeat(65537)],
  ];
  it.each(shapes)('with %s cannot be read', async (_name, change) => {
    expect(await judgeToken(change(await token()))).toMatchObject({ verdict: 'unreadable', fails: ['J-01'] });
  });

  it('ends in bits that belong to no byte, whatever else is wrong with it (RFC 4648 3.5)', async () => {
    const good = await token();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // An ES256 signature has 64 bytes: of the last letter two bits are data and four are spare.
    const last = alphabet.indexOf(good.at(-1) ?? '');
    const ending = async (flip: number) =>
      judgeToken(`${good.slice(0, -1)}${alphabet[last ^ flip]}`).then(({ verdict, fails }) => [
        verdict,
        fails,
      ]);
    expect(await ending(0b00_0001)).toEqual(['invalid', ['J-01']]);
    expect(await ending(0b01_0000)).toEqual(['invalid', ['J-14']]);
    expect(await ending(0b01_0001)).toEqual(['invalid', ['J-01', 'J-14']]);
  });

  it('has a flipped signature bit', async () => {
    const good = await token();
    const flipped = good.slice(0, -4) + (good.at(-4) === 'A' ? 'B' : 'A') + good.slice(-3);
    expect((await judgeToken(flipped)).fails).toEqual(['J-14']);
  });

  it('is never valid without bundle or without an audience to compare with', async () => {
    const good = await token();
    expect((await judgeToken(good, { bundles: new Map() })).fails).toEqual(['J-14']);
    const { audience: _none, ...rest } = {
      kind: 'jwt-svid' as const,
      input: utf8Encode(good),
      bundles,
      at: NOW,
      audience: '',
    };
    expect((await judge(rest)).fails).toEqual(['J-09']);
  });

  it('does not fall for keys of another use', async () => {
    for (const use of ['sig', 'x509-svid', 'wit-svid', 'JWT-SVID', undefined]) {
      const own = new Map([['example.org', bundleOf([await jwkOf(key, { use, kid: 'k1' })])]]);
      expect((await judgeToken(await token(), { bundles: own })).fails).toEqual(['J-14', 'B-17']);
    }
  });

  it('does not fall for a bundle that says a member twice', async () => {
    const text = new TextDecoder().decode(bundles.get('example.org')).replace('{', '{"keys":[],');
    expect(
      (await judgeToken(await token(), { bundles: new Map([['example.org', utf8Encode(text)]]) })).fails,
    ).toEqual(['J-14']);
  });

  it('warns about several audiences and long lives, takes fractions of seconds', async () => {
    expect(await judgeToken(await token({}, { aud: ['reports', 'b'] }))).toMatchObject({
      verdict: 'valid',
      warns: ['J-10'],
    });
    expect(await judgeToken(await token({}, { exp: SECONDS + 31_536_000 }))).toMatchObject({
      verdict: 'valid',
      warns: ['J-17'],
    });
    expect((await judgeToken(await token({}, { exp: SECONDS + 0.5 }))).verdict).toBe('valid');
  });

  it('keeps big numbers and prototype names as they are', async () => {
    const claims = JSON.stringify(CLAIMS).replace(
      '{',
      '{"n":9007199254740993,"__proto__":{"polluted":1},"constructor":2,',
    );
    const { verdict, decoded } = await judgeToken(await token(header, claims));
    expect(verdict).toBe('valid');
    expect(decoded).toMatchObject({
      claims: expect.arrayContaining([
        { name: 'n', value: '9007199254740993' },
        { name: 'constructor', value: '2' },
      ]),
    });
    expect('polluted' in {}).toBe(false);
  });
});

describe('a WIT-SVID', () => {
  const witBundles = async () =>
    new Map([['example.org', bundleOf([await jwkOf(key, { use: 'wit-svid', kid: 'k1' })])]]);
  const wit = async (header: object = {}, claims: object = {}) =>
    makeToken(
      key,
      { alg: 'ES256', kid: 'k1', typ: 'wit+jwt', ...header },
      { sub: CLAIMS.sub, exp: SECONDS + 300, cnf: { jwk: await jwkOf(second, { alg: 'ES256' }) }, ...claims },
    );
  const judgeIt = async (text: string) => judgeToken(text, { kind: 'wit-svid', bundles: await witBundles() });

  it('is valid, with the warning that it proves nothing alone', async () => {
    expect(await judgeIt(await wit())).toMatchObject({ verdict: 'valid', warns: ['T-11'] });
  });

  const cases: readonly [string, string[], object, object][] = [
    ['no kid', ['T-01'], { kid: undefined }, {}],
    ['typ JWT', ['T-02'], { typ: 'JWT' }, {}],
    ['alg none', ['T-03'], { alg: 'none' }, {}],
    ['no cnf', ['T-06'], {}, { cnf: undefined }],
    ['cnf without alg', ['T-06'], {}, { cnf: { jwk: { kty: 'EC', crv: 'P-256', x: 'A', y: 'A' } } }],
    ['expired', ['T-07'], {}, { exp: SECONDS }],
    ['nbf in the future', ['T-08'], {}, { nbf: SECONDS + 9 }],
    ['aud', ['T-09'], {}, { aud: 'x' }],
    ['a bad subject', ['ID-13', 'T-05'], {}, { sub: 'spiffe://example.org/' }],
    ['a crit', ['J-06', 'T-04'], { crit: ['x'], x: 1 }, {}],
  ];
  it.each(cases)('with %s fails %j', async (_name, fails, header, claims) => {
    expect((await judgeIt(await wit(header, claims))).fails).toEqual(fails);
  });

  it('is warned about for other header members and for an issuer that OpenID Connect could use', async () => {
    expect((await judgeIt(await wit({ x: 1 }, { iss: 'https://example.org' }))).warns).toEqual([
      'T-04',
      'T-10',
      'T-11',
    ]);
  });

  it('is not verified by a jwt-svid key', async () => {
    expect((await judgeToken(await wit(), { kind: 'wit-svid' })).fails).toEqual(['B-17', 'T-12']);
  });
});
