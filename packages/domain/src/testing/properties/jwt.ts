import { encodeBase64Url } from '../../base64.ts';
import { utf8Encode } from '../../bytes.ts';
import { jwkOf } from '../certificates.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';
import {
  prefixed,
  SECONDS,
  textProperty,
  tokenInput,
  type TokenPlan,
  planToken,
  tokenProperty,
  withClaims,
  withHeader,
} from './token.ts';

const ID_ROWS = Array.from({ length: 19 }, (_, i) => `ID-${String(i + 1).padStart(2, '0')}`);

export const badSubjects = (trustDomain: string): readonly unknown[] => [
  undefined,
  '',
  3,
  [`spiffe://${trustDomain}/web`],
  `https://${trustDomain}/web`,
  `spiffe://${trustDomain}/`,
  `spiffe://${trustDomain}//x`,
  `spiffe://${trustDomain}/a/../b`,
  `spiffe://${trustDomain}/a%2fb`,
  `spiffe://${trustDomain}/web?x=y`,
  `spiffe://${trustDomain}:8080/web`,
  `spiffe://u@${trustDomain}/web`,
  `spiffe://${trustDomain}/web `,
  `spiffe://${trustDomain}/wеb`,
];

/** J-01 to J-17. */
export const jwtProperties: readonly CheckProperty[] = [
  ...textChanges('jwt-svid'),
  tokenProperty('J-02', 'a header member that is not alg, kid or typ', (plan, random) =>
    withHeader(
      plan,
      pick(random, [
        { jku: 'https://x.test' },
        { x5c: [] },
        { cty: 'JWT' },
        { b64: true },
        { '': 1 },
        { Alg: 'x' },
        { jwk: {} },
      ]),
    ),
  ),
  tokenProperty('J-03', 'an algorithm that is not allowed', (plan, random) =>
    withHeader(plan, {
      alg: pick(random, [
        undefined,
        'none',
        'None',
        'HS256',
        'EdDSA',
        'ES256K',
        'es256',
        'RS1',
        'constructor',
        '',
        3,
        null,
      ]),
    }),
  ),
  tokenProperty('J-04', 'another type', (plan, random) =>
    withHeader(plan, {
      typ: pick(random, [
        'jwt',
        'jose',
        'at+jwt',
        'wit+jwt',
        'JWT ',
        '',
        null,
        3,
        ['JWT'],
        'application/jwt',
      ]),
    }),
  ),
  tokenProperty(
    'J-06',
    'crit',
    (plan, random) => withHeader(plan, { crit: pick<unknown>(random, [['exp'], [], ['alg'], null]) }),
    { also: ['J-02'] },
  ),
  tokenProperty(
    'J-07',
    'no SPIFFE ID as subject',
    (plan, random) => withClaims(plan, { sub: pick(random, badSubjects(plan.trustDomain)) }),
    { also: ID_ROWS },
  ),
  tokenProperty('J-08', 'no audience', (plan, random) =>
    withClaims(plan, {
      aud: pick<unknown>(random, [undefined, [], null, 3, {}, [3], ['reports', 3], [['reports']], true]),
    }),
  ),
  tokenProperty('J-09', 'meant for somebody else', (plan, random) =>
    withClaims(plan, {
      aud: pick<unknown>(random, ['Reports', 'reports ', ['other'], '', 'reports/', 'reportѕ']),
    }),
  ),
  tokenProperty('J-09', 'no audience to compare with', (plan) => ({ ...plan, audience: undefined })),
  tokenProperty(
    'J-10',
    'several audiences, or one for a whole trust domain',
    (plan, random) =>
      pick(random, [
        withClaims(plan, { aud: ['reports', 'billing'] }),
        { ...withClaims(plan, { aud: 'spiffe://example.org' }), audience: 'spiffe://example.org' },
        { ...withClaims(plan, { aud: ['spiffe://example.org/'] }), audience: 'spiffe://example.org/' },
      ]),
    { row: 'warns' },
  ),
  tokenProperty('J-11', 'no number as expiry', (plan, random) =>
    withClaims(plan, {
      exp: pick<unknown>(random, [undefined, null, '4102444800', [], {}, true, '2099-01-01T00:00:00Z']),
    }),
  ),
  tokenProperty('J-12', 'expired', (plan, random) =>
    withClaims(plan, { exp: pick(random, [SECONDS, SECONDS - 0.001, SECONDS - 1, SECONDS - 3600, 0, -1]) }),
  ),
  tokenProperty('J-13', 'not valid yet', (plan, random) =>
    withClaims(plan, {
      nbf: pick<unknown>(random, [SECONDS + 1, SECONDS + 0.5, SECONDS + 9e9, '0', null, []]),
    }),
  ),
  tokenProperty('J-14', 'signed by a stranger', async (plan) => ({
    ...plan,
    key: await keyNamed(plan.key.algorithm, 'stranger'),
  })),
  tokenProperty('J-14', 'a key id that the bundle does not have', (plan, random) =>
    withHeader(plan, { kid: pick<unknown>(random, ['k9', 'K1', 'k1 ', 1, null, []]) }),
  ),
  tokenProperty(
    'J-14',
    'the key is there, for another use',
    (plan, random) => ({
      ...plan,
      entries: [
        ...plan.entries.filter(({ use }) => use !== 'jwt-svid'),
        ...plan.entries.map((entry) => ({
          ...entry,
          use: pick(random, ['wit-svid', 'x509-svid', 'sig', 'JWT-SVID', 'jwt', '', undefined]),
        })),
      ],
    }),
    { also: ['B-17'] },
  ),
  tokenProperty('J-14', 'no bundle of that trust domain', (plan) =>
    withClaims({ ...plan, trustDomain: 'elsewhere.example' }, {}),
  ),
  jwtWithOtherBundle(),
  tokenProperty(
    'J-15',
    'an algorithm that does not fit the key',
    (plan, random) => {
      const wrong = plan.alg.startsWith('ES')
        ? ['RS256', 'PS512', plan.alg === 'ES256' ? 'ES384' : 'ES256']
        : ['ES256', 'ES512'];
      return {
        ...withHeader(plan, { alg: pick(random, wrong) }),
        entries: plan.entries.filter(({ kid }) => kid !== 'other'),
      };
    },
    { also: ['J-14'] },
  ),
  tokenProperty(
    'J-15',
    'an algorithm that the JWK does not allow',
    (plan) => ({
      ...plan,
      entries: plan.entries.map((entry) => ({ ...entry, alg: plan.alg === 'ES256' ? 'ES384' : 'ES256' })),
    }),
    { also: ['J-14'] },
  ),
  tokenProperty(
    'J-15',
    'an RSA key below 2048 bits',
    async (plan) => {
      const key = await keyNamed('RSA-1024', 'short');
      return {
        ...withHeader(plan, { alg: 'RS256', kid: 'short' }),
        alg: 'RS256',
        key,
        entries: [await jwkOf(key, { use: 'jwt-svid', kid: 'short' })],
      };
    },
    { also: ['J-14'] },
  ),
  ...jsonChanges('jwt-svid'),
  tokenProperty(
    'J-17',
    'a long life',
    (plan, random) =>
      withClaims(plan, { iat: undefined, exp: SECONDS + pick(random, [90_000, 31_536_000, 9e15]) }),
    { row: 'warns' },
  ),
];

/** J-01, and the signature as bytes; of both kinds of token. */
export function textChanges(kind: TokenPlan['kind']): readonly CheckProperty[] {
  const also = kind === 'wit-svid' ? { kind } : {};
  const signature = kind === 'wit-svid' ? 'T-12' : 'J-14';
  return [
    textProperty(
      'J-01',
      'something around it',
      (token, random) =>
        pick(random, [
          `${token}\n`,
          ` ${token}`,
          `${token}.`,
          `\ufeff${token}`,
          `Bearer ${token}`,
          `${token}\0`,
        ]),
      also,
    ),
    textProperty(
      'J-01',
      'padding, or another alphabet',
      (token, random) =>
        pick(random, [
          `${token}=`,
          `${token}==`,
          token.replace('.', '=.'),
          `${token.slice(0, -2)}+/`,
          token.replace('.', '\n.'),
        ]),
      also,
    ),
    textProperty(
      'J-01',
      'parts missing or too many',
      (token, random) =>
        pick(random, [
          token.split('.').slice(0, 2).join('.'),
          token.split('.')[0] ?? '',
          `${token}.${token}`,
          '..a.',
          '',
        ]),
      also,
    ),
    textProperty(
      'J-01',
      'JSON serialization',
      (token, random) => {
        const [p = '', payload = '', sig = ''] = token.split('.');
        return JSON.stringify(
          pick<object>(random, [
            { protected: p, payload, signature: sig },
            { payload, signatures: [{ protected: p, signature: sig }] },
          ]),
        );
      },
      also,
    ),
    textProperty(
      'J-01',
      'bits that belong to no byte',
      (token) => {
        const [header = ''] = token.split('.');
        return `${header}${header.length % 4 === 0 ? 'AB' : header.length % 4 === 2 ? 'B' : 'AAB'}${token.slice(header.length)}`;
      },
      { ...also, also: ['J-16'] },
    ),
    textProperty(
      signature,
      'one bit of the signature',
      (token) => `${token.slice(0, -6)}${token.at(-6) === 'A' ? 'B' : 'A'}${token.slice(-5)}`,
      also,
    ),
    textProperty(signature, 'no signature', (token) => token.slice(0, token.lastIndexOf('.') + 1), also),
    textProperty(
      signature,
      'other claims than those signed',
      (token) => {
        const [header = '', claims = '', sig = ''] = token.split('.');
        const text = atob(claims.replaceAll('-', '+').replaceAll('_', '/')).replace('{', '{ ');
        return [header, encodeBase64Url(utf8Encode(text)), sig].join('.');
      },
      also,
    ),
  ];
}

/** J-16 for header and claims; of both kinds of token. */
export function jsonChanges(kind: TokenPlan['kind']): readonly CheckProperty[] {
  const more = kind === 'wit-svid' ? { kind } : {};
  return [
    tokenProperty(
      'J-16',
      'a claim twice',
      (plan, random) => ({
        ...plan,
        claimsText: prefixed(plan.claims, pick(random, ['"sub":"x"', '"\\u0065xp":1', '"a":1,"a":1'])),
      }),
      more,
    ),
    tokenProperty(
      'J-16',
      'a header member twice',
      (plan, random) => ({
        ...plan,
        headerText: prefixed(plan.header, pick(random, ['"alg":"none"', '"\\u0061lg":"x"'])),
      }),
      more,
    ),
    tokenProperty(
      'J-16',
      'claims that are no JSON object',
      (plan, random) => ({
        ...plan,
        claimsText: pick(random, [
          '[]',
          '"x"',
          'null',
          '',
          '{',
          `${JSON.stringify(plan.claims)}x`,
          `\ufeff${JSON.stringify(plan.claims)}`,
        ]),
      }),
      more,
    ),
    tokenProperty(
      'J-16',
      'a header that is no JSON object',
      (plan, random) => ({
        ...plan,
        headerText: pick(random, [
          '[]',
          '1',
          '',
          `${JSON.stringify(plan.header)}{}`,
          `{'alg':'ES256'}`,
          `\ufeff${JSON.stringify(plan.header)}`,
        ]),
      }),
      more,
    ),
  ];
}

/** The key is in a bundle, but of another trust domain than that of the subject. */
function jwtWithOtherBundle(): CheckProperty {
  return {
    id: 'J-14',
    change: 'signed by a key of another trust domain, whose bundle is there',
    row: 'fails',
    also: [],
    make: async (random) => {
      const plan = await planToken(random);
      const good = await tokenInput(plan);
      const key = await keyNamed(plan.key.algorithm, 'own');
      const own = await tokenInput({
        ...plan,
        entries: [await jwkOf(key, { use: 'jwt-svid', kid: plan.header['kid'] ?? 'z' })],
      });
      const [entries] = [...own.bundles.values()];
      const foreign = good.bundles.get(plan.trustDomain);
      if (!entries || !foreign) throw new Error('There is no bundle.');
      return {
        good,
        bad: {
          ...good,
          bundles: new Map([
            [plan.trustDomain, entries],
            ['foreign.example', foreign],
          ]),
        },
      };
    },
  };
}
