import { encodeBase64 } from '../../base64.ts';
import { utf8Encode } from '../../bytes.ts';
import type { JudgeInput } from '../../judge-types.ts';
import { jwkOf, NOW } from '../certificates.ts';
import type { Random } from '../fuzz-random.ts';
import { type BundlePlan, planBundle, writeBundle } from './bundles.ts';
import { keyNamed } from './keys.ts';
import { type CheckProperty, pick } from './property.ts';

type Entry = Record<string, unknown>;

/** B-05 and F-09: a new bundle against the one held before. */
export const updateProperties: readonly CheckProperty[] = [
  update('B-05', 'the number goes back', (next) => ({
    ...next,
    members: { ...next.members, spiffe_sequence: 4 },
  })),
  update(
    'B-05',
    'the content changes and the number does not',
    (next, random) => ({
      ...next,
      entries: pick(random, [
        next.entries.slice(1),
        [...next.entries, { kty: 'X', use: 'y' }].slice(1),
        next.entries.map((entry, i) => (i === 0 ? { ...entry, x5u: 'https://x.test' } : entry)),
      ]),
      members: { ...next.members, spiffe_sequence: 5 },
    }),
    { also: ['B-18', 'B-08', 'B-09'] },
  ),
  update(
    'B-05',
    'the number goes back by one beyond 2^53',
    (next) => ({ ...next, members: { ...next.members, spiffe_sequence: '9007199254740992' } }),
    { before: '9007199254740993' },
  ),
  update(
    'F-09',
    'the number is dropped',
    (next) => ({ ...next, members: { ...next.members, spiffe_sequence: undefined } }),
    { row: 'warns', also: ['B-03', 'B-05'] },
  ),
  {
    id: 'B-05',
    change: 'nothing to compare with, or nothing that can be read',
    row: 'fails',
    also: [],
    make: async (random) => {
      const bytes = writeBundle(await planBundle(random));
      const good: JudgeInput = {
        kind: 'bundle-update',
        input: bytes,
        previous: bytes,
        bundles: new Map(),
        at: NOW,
      };
      const { previous: _previous, ...without } = good;
      return { good, bad: pick<JudgeInput>(random, [without, { ...good, previous: utf8Encode('{') }]) };
    },
  },
];

function update(
  id: string,
  change: string,
  edit: (next: BundlePlan, random: Random) => BundlePlan,
  more: {
    readonly row?: CheckProperty['row'];
    readonly also?: readonly string[];
    readonly before?: string;
  } = {},
): CheckProperty {
  return {
    id,
    change,
    row: more.row ?? 'fails',
    also: more.also ?? [],
    make: async (random) => {
      const plan = await planBundle(random);
      const before = { ...plan, members: { ...plan.members, spiffe_sequence: more.before ?? 5 } };
      const good = pick<BundlePlan>(random, [
        before,
        { ...before, entries: plan.entries.toReversed() },
        more.before === undefined
          ? { ...before, entries: plan.entries.slice(1), members: { ...before.members, spiffe_sequence: 6 } }
          : before,
      ]);
      const input = (next: BundlePlan): JudgeInput => ({
        kind: 'bundle-update',
        input: exact(next),
        previous: exact(before),
        bundles: new Map(),
        at: NOW,
      });
      return { good: input(good), bad: input(edit(before, random)) };
    },
  };
}

/** Sequence numbers given as text are written as numbers: JSON.stringify cannot write them exactly. */
function exact(plan: BundlePlan) {
  return utf8Encode(
    new TextDecoder().decode(writeBundle(plan)).replace(/"spiffe_sequence":"(\d+)"/u, '"spiffe_sequence":$1'),
  );
}

const NAMES = ['example.org', 'other.org', '__proto__', 'trust_domains', 'a'];

/** B-21 and B-22, and rows of bundles as they are told of a map. */
export const mapProperties: readonly CheckProperty[] = [
  map('B-21', 'no `trust_domains`', (text, random) =>
    pick(random, [
      text.replace('trust_domains', 'trustDomains'),
      '{"trust_domains":[]}',
      '{"trust_domains":null}',
      '[]',
      '',
      '{}',
      `\ufeff${text}`,
      `${text},`,
    ]),
  ),
  map(
    'B-21',
    'a name twice',
    (text) => text.replace('{"example.org"', '{"example.org":{"keys":[],"spiffe_sequence":1},"example.org"'),
    ['B-17'],
  ),
  map('B-21', 'a name that is no trust domain', (text, random) =>
    text.replace(
      '"example.org"',
      JSON.stringify(
        pick(random, [
          'Example.org',
          'spiffe://example.org',
          '',
          'example.org/',
          'exаmple.org',
          'a b',
          'x'.repeat(256),
        ]),
      ),
    ),
  ),
  map('B-01', 'a member twice in a bundle', (text) =>
    text.replace('"spiffe_sequence":1', '"spiffe_sequence":0,"spiffe_sequence":1'),
  ),
  map('B-01', 'a bundle that is no object', (text) =>
    text.replace('{"example.org":', '{"extra.org":"x","example.org":'),
  ),
  map('B-02', 'a bundle without keys', (text) =>
    text.replace('{"example.org":', '{"extra.org":{},"example.org":'),
  ),
  {
    ...map('B-22', 'a refresh hint inside', (text) =>
      text.replace('"spiffe_sequence":1', '"spiffe_sequence":1,"spiffe_refresh_hint":5'),
    ),
    row: 'warns',
  },
];

function map(
  id: string,
  change: string,
  edit: (text: string, random: Random) => string,
  also: readonly string[] = [],
): CheckProperty {
  return {
    id,
    change,
    row: 'fails',
    also,
    make: async (random) => {
      const second = pick(random, NAMES.slice(1));
      const plan = await planBundle(random);
      const bundle = (entries: readonly Entry[]) => JSON.stringify({ keys: entries, spiffe_sequence: 1 });
      const other = await jwkOf(await keyNamed('P-256', 'unrelated'), { use: 'jwt-svid', kid: 'u' });
      const text = `{"trust_domains":{"example.org":${bundle(plan.entries)},${JSON.stringify(second)}:${bundle([other])}}}`;
      const input = (bytes: string): JudgeInput => ({
        kind: 'bundle-map',
        input: utf8Encode(bytes),
        bundles: new Map(),
        at: NOW,
      });
      return { good: input(text), bad: input(edit(text, random)) };
    },
  };
}

/** `key.jwt`: W-08, W-09 and the rows of a standard JWK Set. */
export const jwtBundleProperties: readonly CheckProperty[] = [
  keyFile('W-08', 'not the own trust domain', (sets) => rename(sets, 'example.org', 'third.org')),
  keyFile(
    'W-09',
    'a key for another use',
    (sets, random) => change(sets, { use: pick(random, ['x509-svid', 'wit-svid', 'enc', 'JWT-SVID']) }),
    ['B-17'],
  ),
  keyFile('B-01', 'a value that is no JWK Set in base64', (sets, random) => ({
    ...sets,
    'more.org': pick(random, [
      '*',
      '',
      encodeBase64(utf8Encode('[]')),
      encodeBase64(utf8Encode('{')),
      '{"keys":[]}',
    ]),
  })),
  keyFile('B-01', 'an incomplete key', (sets) => change(sets, { x: undefined, n: undefined }), ['B-17']),
  keyFile('B-02', 'no list of keys', (sets) => ({ ...sets, 'more.org': encodeBase64(utf8Encode('{}')) })),
  keyFile('B-08', 'no kty', (sets) => change(sets, { kty: undefined }), ['B-17']),
  keyFile('B-15', 'no kid', (sets) => change(sets, { kid: undefined })),
  keyFile('B-21', 'a name that is no trust domain', (sets, random) =>
    rename(sets, 'other.org', pick(random, ['Other.org', '', 'https://other.org', 'other.org/x'])),
  ),
  keyFile(
    'B-21',
    'a trust domain by its name and by its ID',
    (sets) => ({ ...sets, 'spiffe://example.org': encodeBase64(utf8Encode('{"keys":[]}')) }),
    ['B-17'],
  ),
  { ...keyFile('B-16', 'a kid twice', (sets, random) => twice(sets, random)), row: 'warns' },
  {
    ...keyFile('B-17', 'no keys', (sets) => ({
      ...sets,
      'more.org': encodeBase64(utf8Encode('{"keys":[]}')),
    })),
    row: 'warns',
  },
  { ...keyFile('B-19', 'a private key', (sets) => change(sets, { d: 'AAAA' })), row: 'warns' },
];

type Sets = Readonly<Record<string, string>>;

function keyFile(
  id: string,
  text: string,
  edit: (sets: Sets, random: Random) => Sets,
  also: readonly string[] = [],
): CheckProperty {
  return {
    id,
    change: `${text} (key.jwt)`,
    row: 'fails',
    also,
    make: async (random) => {
      const use = pick(random, [undefined, 'jwt-svid', 'sig']);
      const set = async (name: string) =>
        encodeBase64(
          utf8Encode(
            JSON.stringify({
              keys: [
                await jwkOf(await keyNamed(pick(random, ['P-256', 'RSA']), name), {
                  kid: name,
                  use,
                  ...pick<Entry>(random, [{}, { alg: 'X' }]),
                }),
              ],
            }),
          ),
        );
      const sets = {
        [pick(random, ['example.org', 'example.org'])]: await set('one'),
        'other.org': await set('two'),
      };
      const input = (value: Sets): JudgeInput => ({
        kind: 'bundle-map',
        input: utf8Encode(JSON.stringify(value)),
        bundles: new Map(),
        trustDomain: 'example.org',
        at: NOW,
      });
      return { good: input(sets), bad: input(edit(sets, random)) };
    },
  };
}

function rename(sets: Sets, from: string, to: string): Sets {
  return Object.fromEntries(Object.entries(sets).map(([name, value]) => [name === from ? to : name, value]));
}

function edit(sets: Sets, how: (keys: readonly Entry[]) => readonly Entry[]): Sets {
  const { keys } = JSON.parse(atob(sets['example.org'] ?? '')) as { keys: Entry[] };
  return { ...sets, 'example.org': encodeBase64(utf8Encode(JSON.stringify({ keys: how(keys) }))) };
}

const change = (sets: Sets, members: Entry) =>
  edit(sets, (keys) => keys.map((key) => ({ ...key, ...members })));
const twice = (sets: Sets, _random: Random) => edit(sets, (keys) => [...keys, ...keys]);
