import { jwkOf } from '../certificates.ts';
import { badSubjects, jsonChanges, textChanges } from './jwt.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';
import { SECONDS, tokenProperty, withClaims, withHeader } from './token.ts';

const ID_ROWS = Array.from({ length: 19 }, (_, i) => `ID-${String(i + 1).padStart(2, '0')}`);
const kind = 'wit-svid';
const property = (
  id: string,
  change: string,
  edit: Parameters<typeof tokenProperty>[2],
  more: { readonly also?: readonly string[]; readonly row?: 'fails' | 'warns' } = {},
) => tokenProperty(id, change, edit, { ...more, kind });

/** T-01 to T-12 but T-11, which warns about every WIT-SVID; and J-01, J-06, J-15, J-16 as they hold for it. */
export const witProperties: readonly CheckProperty[] = [
  ...textChanges(kind),
  ...jsonChanges(kind),
  property('T-01', 'no key id', (plan) => withHeader(plan, { kid: undefined })),
  property(
    'T-01',
    'a key id that is no text',
    (plan, random) => withHeader(plan, { kid: pick<unknown>(random, [1, null, ['k1']]) }),
    { also: ['T-12'] },
  ),
  property('T-02', 'another type', (plan, random) =>
    withHeader(plan, {
      typ: pick(random, [undefined, 'JWT', 'WIT+JWT', 'wit+jwt ', 'application/wit+jwt', null, 3]),
    }),
  ),
  property('T-03', 'an algorithm that is not allowed', (plan, random) =>
    withHeader(plan, { alg: pick(random, [undefined, 'none', 'HS256', 'EdDSA', 'ES256K', 'es256']) }),
  ),
  property(
    'T-04',
    'another header member',
    (plan, random) =>
      withHeader(plan, pick<Record<string, unknown>>(random, [{ jku: 'x' }, { x: 1 }, { b64: true }])),
    { row: 'warns' },
  ),
  property('J-06', 'crit', (plan) => withHeader(plan, { crit: ['x'], x: 1 }), { also: ['T-04'] }),
  property(
    'T-05',
    'no SPIFFE ID as subject',
    (plan, random) => withClaims(plan, { sub: pick(random, badSubjects(plan.trustDomain)) }),
    { also: ID_ROWS },
  ),
  property('T-06', 'no confirmation key', (plan, random) =>
    withClaims(plan, {
      cnf: pick<unknown>(random, [
        undefined,
        null,
        'x',
        {},
        { jwk: 'x' },
        { jwk: [] },
        { kid: 'x' },
        { 'x5t#S256': 'x' },
      ]),
    }),
  ),
  property(
    'T-06',
    'a confirmation key that is private, incomplete or without a fitting algorithm',
    async (plan, random) => {
      const holder = await jwkOf(await keyNamed('P-256', 'holder'), { alg: 'ES256' });
      const changes = [
        { d: 'AA' },
        { alg: undefined },
        { alg: 'ES384' },
        { alg: 'EdDSA' },
        { alg: 'none' },
        { alg: 'RS256' },
        { x: undefined },
        { kty: 'RSA' },
        { crv: 'P-999' },
        { kty: 'oct', k: 'AA' },
        { y: 'AA' },
      ];
      return withClaims(plan, {
        cnf: { jwk: { ...holder, ...pick<Record<string, unknown>>(random, changes) } },
      });
    },
  ),
  property('T-07', 'expired, or no expiry', (plan, random) =>
    withClaims(plan, {
      exp: pick<unknown>(random, [undefined, null, '9999999999', SECONDS, SECONDS - 1, 0]),
    }),
  ),
  property('T-08', 'not valid yet', (plan, random) =>
    withClaims(plan, { nbf: pick<unknown>(random, [SECONDS + 1, SECONDS + 0.5, '0', null]) }),
  ),
  property('T-09', 'an audience', (plan, random) =>
    withClaims(plan, { aud: pick<unknown>(random, ['x', [], null, ['a']]) }),
  ),
  property(
    'T-10',
    'an issuer that OpenID Connect could use',
    (plan, random) =>
      withClaims(plan, { iss: pick(random, ['https://example.org', 'HTTPS://example.org/x']) }),
    { row: 'warns' },
  ),
  property('T-12', 'signed by a stranger', async (plan) => ({
    ...plan,
    key: await keyNamed(plan.key.algorithm, 'stranger'),
  })),
  property(
    'T-12',
    'the key is there, for JWT-SVIDs',
    (plan) => ({ ...plan, entries: plan.entries.map((entry) => ({ ...entry, use: 'jwt-svid' })) }),
    { also: ['B-17'] },
  ),
  property('T-12', 'no bundle of that trust domain', (plan) => ({
    ...plan,
    trustDomain: 'elsewhere.example',
  })),
  property('T-12', 'a key id that the bundle does not have', (plan) => withHeader(plan, { kid: 'k9' })),
  property(
    'J-15',
    'an algorithm that does not fit the key',
    (plan) => ({
      ...withHeader(plan, { alg: plan.alg.startsWith('ES') ? 'RS256' : 'ES256' }),
      entries: plan.entries.filter(({ kid }) => kid !== 'other'),
    }),
    { also: ['T-12'] },
  ),
];
