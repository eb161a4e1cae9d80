import { encodeBase64 } from '../../base64.ts';
import { type Bytes, utf8Encode } from '../../bytes.ts';
import type { JudgeInput, Kind } from '../../judge-types.ts';
import {
  bundleOf,
  caExtensions,
  jwkOf,
  keyUsage,
  makeAuthority,
  makeLeaf,
  NOW,
  pem,
  type TestAuthority,
  type TestKey,
  x509Entry,
} from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';

type Entry = Record<string, unknown>;

/** A bundle still to be written; `members` stand beside `keys`. */
export interface BundlePlan {
  readonly authority: TestAuthority;
  readonly entries: readonly Entry[];
  readonly members: Entry;
}

const authorities = new Map<string, Promise<TestAuthority>>();

function authorityNamed(algorithm: TestKey['algorithm']): Promise<TestAuthority> {
  const known = authorities.get(algorithm);
  if (known) return known;
  const made = keyNamed(algorithm, 'authority').then((key) => makeAuthority('example.org', { key }));
  authorities.set(algorithm, made);
  return made;
}

export async function planBundle(random: Random): Promise<BundlePlan> {
  const authority = await authorityNamed(pick(random, ['P-256', 'P-384', 'P-521', 'RSA', 'Ed25519']));
  const jwt = await jwkOf(await keyNamed(pick(random, ['P-256', 'P-521', 'RSA']), 'jwt'), {
    use: 'jwt-svid',
    kid: pick(random, ['k1', 'ключ', '__proto__']),
  });
  const wit = await jwkOf(await keyNamed('P-384', 'wit'), { use: 'wit-svid', kid: 'w1' });
  const entries = [await x509Entry(authority), jwt, wit];
  return {
    authority,
    entries: pick(random, [entries, entries.toReversed()]),
    members: {
      spiffe_sequence: pick(random, [0, 1, 9_007_199_254_740_991]),
      spiffe_refresh_hint: pick(random, [0, 300, 2_419_200]),
      ...pick<Entry>(random, [{}, { note: 'kept as it is', nested: [{ a: null }] }]),
    },
  };
}

export function writeBundle(plan: BundlePlan): Bytes {
  return bundleOf(plan.entries, plan.members);
}

function input(kind: Kind, bytes: Bytes, more: Partial<JudgeInput> = {}): JudgeInput {
  return { kind, input: bytes, bundles: new Map(), at: NOW, ...more };
}

type Edit = (plan: BundlePlan, random: Random) => BundlePlan | Promise<BundlePlan>;
interface More {
  readonly also?: readonly string[];
  readonly row?: CheckProperty['row'];
}

/** A property of the JSON of a bundle. */
export function bundleProperty(id: string, change: string, edit: Edit, more: More = {}): CheckProperty {
  return {
    id,
    change,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const plan = await planBundle(random);
      return {
        good: input('bundle', writeBundle(plan)),
        bad: input('bundle', writeBundle(await edit(plan, random))),
      };
    },
  };
}

/** A property of the bytes of a bundle. */
export function bundleBytesProperty(
  id: string,
  change: string,
  edit: (text: string, random: Random) => string | Bytes,
  also: readonly string[] = [],
): CheckProperty {
  return {
    id,
    change,
    row: 'fails',
    also,
    make: async (random) => {
      const bytes = writeBundle(await planBundle(random));
      const bad = edit(new TextDecoder().decode(bytes), random);
      return {
        good: input('bundle', bytes),
        bad: input('bundle', typeof bad === 'string' ? utf8Encode(bad) : bad),
      };
    },
  };
}

export function withEntry(plan: BundlePlan, use: string, change: Entry): BundlePlan {
  return {
    ...plan,
    entries: plan.entries.map((entry) => (entry['use'] === use ? { ...entry, ...change } : entry)),
  };
}

const withMembers = (plan: BundlePlan, members: Entry): BundlePlan => ({
  ...plan,
  members: { ...plan.members, ...members },
});
const anyUse = (random: Random) => pick(random, ['x509-svid', 'jwt-svid', 'wit-svid']);

/** B-01 to B-20 and B-23 on the JSON of a bundle. */
export const bundleProperties: readonly CheckProperty[] = [
  bundleBytesProperty('B-01', 'no JSON object', (text, random) =>
    pick<string | Bytes>(random, [
      `[${text}]`,
      '',
      'null',
      `${text}x`,
      `\ufeff${text}`,
      `${text}\0`,
      text.slice(0, -1),
      new Uint8Array([...text].flatMap((char) => [0, char.charCodeAt(0) & 255])),
    ]),
  ),
  bundleBytesProperty(
    'B-01',
    'a member twice',
    (text, random) =>
      pick(random, [
        text.replace('{', '{"spiffe_sequence":7,'),
        text.replace('"kty"', '"kid":"z","kid":"z","kty"'),
        text.replace('{', '{"\\u006beys":[],'),
      ]),
    ['B-10', 'B-16'],
  ),
  bundleProperty('B-01', 'a key that is no JSON object', (plan, random) => ({
    ...plan,
    entries: [...plan.entries, pick<unknown>(random, ['key', null, 3, []]) as Entry],
  })),
  bundleProperty('B-01', 'a key without its numbers', (plan, random) =>
    withEntry(plan, pick(random, ['jwt-svid', 'wit-svid']), { x: undefined, n: undefined }),
  ),
  bundleBytesProperty('B-02', 'no list of keys', (_text, random) =>
    pick(random, ['{}', '{"keys":{}}', '{"keys":null}', '{"Keys":[]}']),
  ),
  bundleProperty('B-03', 'no sequence number', (plan) => withMembers(plan, { spiffe_sequence: undefined }), {
    row: 'warns',
  }),
  bundleProperty('B-04', 'a sequence number that is no integer', (plan, random) =>
    withMembers(plan, { spiffe_sequence: pick<unknown>(random, ['1', 1.5, null, true, [], 1e300]) }),
  ),
  bundleProperty('B-06', 'no refresh hint', (plan) => withMembers(plan, { spiffe_refresh_hint: undefined }), {
    row: 'warns',
  }),
  bundleProperty('B-07', 'a refresh hint that is no number of seconds', (plan, random) =>
    withMembers(plan, { spiffe_refresh_hint: pick<unknown>(random, ['300', 0.5, null, -1, {}]) }),
  ),
  bundleProperty('B-08', 'no kty', (plan, random) =>
    withEntry(plan, anyUse(random), { kty: pick<unknown>(random, [undefined, null, 3]) }),
  ),
  bundleProperty(
    'B-08',
    'a kty that nobody knows',
    (plan, random) => withEntry(plan, anyUse(random), { kty: pick(random, ['ec', 'AKP', '']) }),
    { row: 'warns' },
  ),
  bundleProperty('B-09', 'no use', (plan, random) =>
    withEntry(plan, anyUse(random), { use: pick<unknown>(random, [undefined, null, 1]) }),
  ),
  bundleProperty(
    'B-09',
    'a use that nobody knows',
    (plan, random) =>
      withEntry(plan, anyUse(random), { use: pick(random, ['sig', 'X509-SVID', 'ssh-svid', '']) }),
    { row: 'warns' },
  ),
  bundleProperty('B-10', 'a kid on an X.509 key', (plan, random) =>
    withEntry(plan, 'x509-svid', { kid: pick(random, ['x', '']) }),
  ),
  bundleProperty('B-11', 'no certificate, or two', (plan, random) => {
    const der = encodeBase64(plan.authority.der);
    return withEntry(plan, 'x509-svid', {
      x5c: pick<unknown>(random, [undefined, [], [der, der], null, der]),
    });
  }),
  bundleProperty('B-12', 'no base64 of DER', (plan, random) => {
    const der = encodeBase64(plan.authority.der);
    const bad = [
      `${der.slice(0, 60)}\n${der.slice(60)}`,
      der.replaceAll('=', '').replaceAll('+', '-').replace(/.$/u, '_'),
      encodeBase64(pem(plan.authority.der)),
      encodeBase64(new Uint8Array([...plan.authority.der, 0])),
      '',
      3,
    ];
    return withEntry(plan, 'x509-svid', { x5c: [pick<unknown>(random, bad)] });
  }),
  bundleProperty(
    'B-12',
    'a certificate that is no CA',
    async (plan) => {
      const leaf = await makeLeaf(plan.authority, 'spiffe://example.org/web', {
        key: await keyNamed('P-256', 'leaf'),
      });
      const entry = await jwkOf(leaf.key, { use: 'x509-svid', x5c: [encodeBase64(leaf.der)] });
      return { ...plan, entries: [...plan.entries, entry] };
    },
    { also: ['B-13'] },
  ),
  bundleProperty('B-12', 'a CA that may not sign certificates', async (plan) => {
    const key = await keyNamed('P-256', 'no signer');
    const extensions = [...caExtensions('example.org').slice(0, 2), keyUsage([6])];
    const authority = await makeAuthority('example.org', { key, extensions });
    return { ...plan, entries: [...plan.entries, await x509Entry(authority)] };
  }),
  bundleProperty(
    'B-13',
    'a CA that is not self-signed',
    async (plan) => {
      const parent = await authorityNamed('P-256');
      const child = await makeAuthority('example.org', {
        key: await keyNamed('P-256', 'child'),
        parent,
        subject: 'Child',
      });
      return { ...plan, entries: [...plan.entries, await x509Entry(child)] };
    },
    { row: 'warns' },
  ),
  bundleProperty('B-14', 'another key than in the certificate', async (plan, random) => {
    const other = await jwkOf(await keyNamed('P-256', 'unrelated'));
    const bare = { n: undefined, e: undefined, crv: undefined, x: undefined, y: undefined };
    return withEntry(plan, 'x509-svid', pick<Entry>(random, [{ ...bare, ...other }, bare]));
  }),
  bundleProperty('B-15', 'no kid on a key for JWT-SVIDs', (plan) =>
    withEntry(plan, 'jwt-svid', { kid: undefined }),
  ),
  bundleProperty(
    'B-16',
    'a kid twice',
    (plan) => ({
      ...plan,
      entries: [...plan.entries, ...plan.entries.filter(({ use }) => use === 'jwt-svid')],
    }),
    { row: 'warns' },
  ),
  bundleProperty('B-16', 'the kid of a WIT-SVID key on another key', (plan) =>
    withEntry(plan, 'jwt-svid', { kid: 'w1' }),
  ),
  bundleProperty(
    'B-17',
    'no key, or none that can be used',
    (plan, random) => ({
      ...plan,
      entries: pick(random, [[], [{ kty: 'EC', crv: 'P-999', use: 'jwt-svid', kid: 'k' }]]),
    }),
    { row: 'warns' },
  ),
  bundleProperty(
    'B-18',
    'a member that no specification defines',
    (plan, random) =>
      withEntry(
        plan,
        anyUse(random),
        pick<Entry>(
          random,
          [
            { alg: 'ES256' },
            { key_ops: ['verify'] },
            { x: undefined, 'x5t#S256': 'AA' },
            { constructor: 1 },
          ].filter((entry) => !('x' in entry)),
        ),
      ),
    { row: 'warns' },
  ),
  bundleProperty(
    'B-19',
    'a private key',
    (plan, random) =>
      withEntry(plan, anyUse(random), { [pick(random, ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])]: 'AAAA' }),
    { row: 'warns' },
  ),
  sharedKey(),
  bundleProperty('B-23', 'no kid on a key for WIT-SVIDs', (plan) =>
    withEntry(plan, 'wit-svid', { kid: undefined }),
  ),
  ...certificateBundleProperties(),
];

function sharedKey(): CheckProperty {
  return {
    id: 'B-20',
    change: 'a key of another trust domain',
    row: 'warns',
    also: [],
    make: async (random) => {
      const plan = await planBundle(random);
      const other = await planBundle(random);
      const unrelated = bundleOf([
        await jwkOf(await keyNamed('P-256', 'unrelated'), { use: 'jwt-svid', kid: 'u' }),
      ]);
      const bytes = writeBundle(plan);
      return {
        good: input('bundle', bytes, {
          trustDomain: 'example.org',
          bundles: new Map([
            ['other.org', unrelated],
            ['example.org', bytes],
          ]),
        }),
        bad: input('bundle', bytes, {
          trustDomain: 'example.org',
          bundles: new Map([
            ['other.org', writeBundle({ ...other, entries: [plan.entries[random(3)] ?? {}] })],
          ]),
        }),
      };
    },
  };
}

/** PEM and DER of CA certificates. */
function certificateBundleProperties(): readonly CheckProperty[] {
  const property = (
    id: string,
    change: string,
    edit: (text: string, plan: BundlePlan, random: Random) => string | Bytes | Promise<string | Bytes>,
    more: More = {},
  ): CheckProperty => ({
    id,
    change: `${change} (PEM)`,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const plan = await planBundle(random);
      const bytes = pick(random, [pem(plan.authority.der), plan.authority.der]);
      const bad = await edit(new TextDecoder().decode(pem(plan.authority.der)), plan, random);
      return {
        good: input('bundle', bytes),
        bad: input('bundle', typeof bad === 'string' ? utf8Encode(bad) : bad),
      };
    },
  });
  return [
    property('B-01', 'broken', (text, plan, random) =>
      pick<string | Bytes>(random, [
        text.replace('-----END', '----END'),
        text.replace('BEGIN CERTIFICATE', 'BEGIN TRUSTED'),
        text.replace(/\n.{4}/u, '\n*'),
        plan.authority.der.subarray(0, 90),
        new Uint8Array([...plan.authority.der, 0]),
      ]),
    ),
    property(
      'B-12',
      'a certificate that is no CA',
      async (text, plan) => {
        const leaf = await makeLeaf(plan.authority, 'spiffe://example.org/web', {
          key: await keyNamed('P-256', 'leaf'),
        });
        return text + new TextDecoder().decode(pem(leaf.der));
      },
      { also: ['B-13'] },
    ),
    property(
      'B-13',
      'a CA that is not self-signed',
      async (text) => {
        const child = await makeAuthority('example.org', {
          key: await keyNamed('P-256', 'child'),
          parent: await authorityNamed('P-256'),
          subject: 'Child',
        });
        return text + new TextDecoder().decode(pem(child.der));
      },
      { row: 'warns' },
    ),
  ];
}
