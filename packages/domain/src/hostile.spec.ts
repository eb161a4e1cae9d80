import { beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { cryptography } from './cryptography.ts';
import { INTERNAL_ERROR, judge } from './judge.ts';
import { type JudgeInput, type Kind, kinds } from './judge-types.ts';
import { limits } from './limits.ts';
import { OID } from './oid.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  dnsName,
  jwkOf,
  keyUsage,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pem,
  type TestAuthority,
  type TestKey,
  uriName,
} from './testing/certificates.ts';
import { der, integer, octets, sequence } from './testing/der-writer.ts';
import { field } from './testing/properties/keys.ts';

const ID = 'spiffe://example.org/web';
const SECONDS = NOW.getTime() / 1000;
let root: TestAuthority;
let key: TestKey;
let leaf: Bytes;

beforeAll(async () => {
  root = await makeAuthority('example.org');
  key = await makeKey();
  leaf = (await makeLeaf(root, ID, { key })).der;
});

const judged = (kind: Kind, input: Uint8Array | string, more: Partial<JudgeInput> = {}) =>
  judge({
    kind,
    input: typeof input === 'string' ? utf8Encode(input) : input,
    bundles: new Map([['example.org', pem(root.der)]]),
    at: NOW,
    ...more,
  });

/** Never valid, never a crash, and a sentence that says why. */
async function refused(kind: Kind, input: Uint8Array | string): Promise<void> {
  const judgement = await judged(kind, input);
  expect(judgement.verdict, kind).not.toBe('valid');
  expect(judgement.reason, kind).not.toBe(INTERNAL_ERROR);
  expect(judgement.fails.length, kind).toBeGreaterThan(0);
  expect(judgement.reason.length, kind).toBeGreaterThan(10);
  expect(judgement.reason.length, kind).toBeLessThan(1500);
}

/** How many signatures are checked while `run` goes on: steps, not time, so that a slow machine tells the same. */
async function signatures(run: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(cryptography(), 'verify');
  try {
    await run();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

const repeated = (text: string, times: number) => text.repeat(times);
const nestedDer = (depth: number, tag = 0x30) => {
  // Long form throughout: each level is five bytes and the rest.
  const out = new Uint8Array(depth * 6);
  for (let i = 0; i < depth; i++) {
    const left = out.length - (i + 1) * 6;
    out.set([tag, 0x84, left >>> 24, (left >>> 16) & 255, (left >>> 8) & 255, left & 255], i * 6);
  }
  return out;
};

describe('bytes that are nothing, or far too much', () => {
  const inputs: readonly (readonly [string, () => Uint8Array | string])[] = [
    ['nothing', () => ''],
    ['one NUL', () => '\0'],
    ['a megabyte of NUL', () => new Uint8Array(1 << 20)],
    ['five megabytes of base64', () => repeated('QUJD', 1_300_000)],
    [
      'five megabytes of base64 in PEM',
      () => `-----BEGIN CERTIFICATE-----\n${repeated('QUJD', 1_300_000)}\n-----END CERTIFICATE-----\n`,
    ],
    ['a megabyte of dashes', () => repeated('-', 1 << 20)],
    ['boundaries without end', () => repeated('-----BEGIN CERTIFICATE-----\n', 9000)],
    ['spaces after dashes', () => `-- ${repeated(' ', 250_000)}x`],
    ['two hundred thousand line ends', () => repeated('\r\n', 200_000)],
    ['JSON nested a hundred thousand deep', () => repeated('[', 100_000)],
    ['JSON objects nested a hundred thousand deep', () => repeated('{"a":', 100_000)],
    ['a megabyte in one JSON string', () => `{"${repeated('a', 1 << 20)}`],
    ['a hundred thousand members', () => `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`).join()}}`],
    ['a number of a million digits', () => `{"keys":[],"spiffe_sequence":${repeated('9', 1_000_000)}}x`],
    ['ASN.1 nested ten thousand deep', () => nestedDer(10_000)],
    ['context tags nested ten thousand deep', () => nestedDer(10_000, 0xa0)],
    ['an indefinite length', () => Uint8Array.of(0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0)],
    ['a length beyond the end', () => Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
    ['a length of a length of 127', () => Uint8Array.of(0x30, 0xff, 1, 2, 3)],
    ['a length that is not minimal', () => Uint8Array.of(0x30, 0x82, 0, 1, 0)],
    ['dots', () => repeated('.', 60_000)],
    ['varints without end', () => new Uint8Array(100_000).fill(0xff)],
    ['a protobuf group', () => Uint8Array.of(0x0b, 0x0c)],
    [
      'UTF-16 with its mark',
      () => Uint8Array.of(0xfe, 0xff, ...[...ID].flatMap((char) => [0, char.charCodeAt(0)])),
    ],
    [
      'the other UTF-16',
      () => Uint8Array.of(0xff, 0xfe, ...[...'{"keys":[]}'].flatMap((char) => [char.charCodeAt(0), 0])),
    ],
    ['a byte order mark', () => '\ufeff'],
    ['half a surrogate as UTF-8', () => Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['overlong UTF-8', () => Uint8Array.of(0xc0, 0xaf)],
    ['prototype names', () => '{"__proto__":{"keys":[]},"constructor":{"prototype":1},"toString":[]}'],
  ];
  it.each(inputs)('%s: refused in every kind, with a reason', async (_name, make) => {
    const input = make();
    for (const kind of kinds) await refused(kind, input);
  });
});

describe('documents within bounds that want to cost much', () => {
  it('a thousand certificates are counted and not read', async () => {
    const many = concatBytes(...Array.from({ length: 1000 }, () => leaf));
    for (const input of [many, pem(...Array.from({ length: 1000 }, () => leaf))]) {
      const count = await signatures(async () => {
        const judgement = await judged('x509-svid', input);
        expect(judgement.fails).toEqual(['X-01']);
      });
      expect(count).toBe(0);
    }
  });

  it('certificates that all sign each other end the search, with and without a way out', async () => {
    const shared = await makeKey();
    const make = (serial: number, more = {}) =>
      makeAuthority('example.org', { subject: 'Knot', key: shared, serial, ...more });
    const knot = await Promise.all(Array.from({ length: 98 }, (_, serial) => make(serial)));
    const svid = await makeLeaf(knot[0] as TestAuthority, ID, { key });
    const way = await make(99, { parent: root });
    const chain = (...cas: readonly TestAuthority[]) => concatBytes(svid.der, ...cas.map((ca) => ca.der));
    const lost = await signatures(async () => {
      expect((await judged('x509-svid', chain(...knot))).fails).toEqual(['X-15']);
    });
    expect(lost).toBeLessThanOrEqual(limits.signatureChecks);
    expect((await judged('x509-svid', chain(way, ...knot.slice(0, 4)))).verdict).toBe('valid');
    expect((await judged('x509-svid', chain(...knot.slice(0, 4), way))).verdict).toBe('valid');
  });

  it('a bundle with a thousand authorities of one name is searched within bounds', async () => {
    const twins = await Promise.all(
      Array.from({ length: 400 }, (_, serial) => makeAuthority('example.org', { serial, key })),
    );
    const count = await signatures(async () => {
      const bundles = new Map([['example.org', pem(...twins.map((twin) => twin.der))]]);
      expect((await judged('x509-svid', leaf, { bundles })).fails).toEqual(['X-15']);
    });
    expect(count).toBeLessThanOrEqual(limits.signatureChecks);
  });

  it('ten thousand keys for a token without key id are tried within bounds', async () => {
    const jwk = await jwkOf(await makeKey(), { use: 'jwt-svid' });
    const keys = Array.from({ length: 10_000 }, (_, i) => ({ ...jwk, kid: `k${i}` }));
    const token = await makeToken(key, { alg: 'ES256' }, { sub: ID, aud: 'a', exp: SECONDS + 9 });
    const count = await signatures(async () => {
      const judgement = await judged('jwt-svid', token, {
        audience: 'a',
        bundles: new Map([['example.org', bundleOf(keys)]]),
      });
      expect(judgement.fails).toEqual(['J-14']);
    });
    expect(count).toBeLessThanOrEqual(limits.signatureChecks);
  });

  it('an RSA key with a huge exponent or modulus is never used', async () => {
    const token = await makeToken(key, { alg: 'RS256', kid: 'k' }, { sub: ID, aud: 'a', exp: SECONDS + 9 });
    const number = (bytes: number) =>
      encodeBase64(new Uint8Array(bytes).fill(0xff))
        .replace(/=+$/u, '')
        .replaceAll('+', '-')
        .replaceAll('/', '_');
    for (const rsa of [
      { n: number(256), e: number(256) },
      { n: number(8000), e: 'AQAB' },
      { n: number(256), e: 'AQ' },
    ]) {
      const bundles = new Map([
        ['example.org', bundleOf([{ kty: 'RSA', use: 'jwt-svid', kid: 'k', ...rsa }])],
      ]);
      const count = await signatures(async () => {
        const { fails } = await judged('jwt-svid', token, { audience: 'a', bundles });
        expect(fails).toContain('J-14');
      });
      expect(count).toBe(0);
    }
  });

  it('many names against many constraints are refused before they are compared', async () => {
    const subtree = (i: number) => sequence(der(0x82, utf8Encode(`n${i}.test`)));
    const above = await makeAuthority('example.org', {
      subject: 'Constrained',
      parent: root,
      extensions: [
        altNames([uriName('spiffe://example.org')]),
        basicConstraints(true),
        keyUsage([5]),
        {
          oid: OID.nameConstraints,
          critical: true,
          value: sequence(der(0xa1, ...Array.from({ length: 1500 }, (_, i) => subtree(i)))),
        },
      ],
    });
    const names = Array.from({ length: 1500 }, (_, i) => dnsName(`m${i}.test`));
    const svid = await makeLeaf(above, ID, {
      key,
      extensions: [altNames([uriName(ID), ...names], true), ...leafExtensions(ID).slice(1)],
    });
    const judgement = await judged('x509-svid', concatBytes(svid.der, above.der));
    expect(judgement.fails).toEqual(['X-21']);
    expect(judgement.reason).toContain('too many names');
  });

  it('a response of many SVIDs with many authorities each spends one budget', async () => {
    const twins = await Promise.all(
      Array.from({ length: 40 }, (_, serial) => makeAuthority('example.org', { serial, key })),
    );
    const bundle = concatBytes(...twins.map((twin) => twin.der));
    const one = field(
      1,
      concatBytes(field(1, utf8Encode(ID)), field(2, leaf), field(3, Uint8Array.of(0x30)), field(4, bundle)),
    );
    const count = await signatures(async () => {
      await refused('workload-x509-response', concatBytes(...Array.from({ length: 99 }, () => one)));
    });
    expect(count).toBeLessThanOrEqual(limits.signatureChecks + 1);
    await refused(
      'workload-x509-response',
      concatBytes(...Array.from({ length: 100_000 }, () => field(1, Uint8Array.of(0x0a, 0)))),
    );
  });

  it('a map of many bundles spends one budget on what is self-signed', async () => {
    const entry = { ...(await jwkOf(root.key)), use: 'x509-svid', x5c: [encodeBase64(root.der)] };
    const map = Object.fromEntries(
      Array.from({ length: 900 }, (_, i) => [`td${i}`, { keys: [entry], spiffe_sequence: 1 }]),
    );
    const count = await signatures(async () => {
      expect((await judged('bundle-map', JSON.stringify({ trust_domains: map }))).verdict).toBe('valid');
    });
    expect(count).toBeLessThanOrEqual(200);
  });

  it('bundles of strangers are asked whose key it was within one budget', async () => {
    const bundles = new Map(Array.from({ length: 600 }, (_, i) => [`td${i}.test`, pem(root.der)] as const));
    const svid = await makeLeaf(await makeAuthority('example.org', { subject: 'CA example.org' }), ID, {
      key,
    });
    const count = await signatures(async () => {
      const all = new Map([...bundles, ['example.org', pem(root.der)] as const]);
      expect((await judged('x509-svid', svid.der, { bundles: all })).fails).toEqual(['X-15']);
    });
    expect(count).toBeLessThanOrEqual(2 * limits.signatureChecks);
  });
});

describe('certificates with odd contents', () => {
  const odd: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
    [
      'an extension nested a thousand deep',
      async () => (await withExtension(OID.subjectAltName, nestedDer(1000))).der,
    ],
    [
      'a path length of a hundred bytes',
      async () =>
        (await withExtension(OID.basicConstraints, sequence(der(0x02, new Uint8Array(100).fill(1))))).der,
    ],
    [
      'a negative path length',
      async () => (await withExtension(OID.basicConstraints, sequence(der(0x02, Uint8Array.of(0xff))))).der,
    ],
    [
      'a boolean that is BER',
      async () => (await withExtension(OID.basicConstraints, sequence(der(0x01, Uint8Array.of(1))))).der,
    ],
    ['key usage that is empty', async () => (await withExtension(OID.keyUsage, der(0x03))).der],
    [
      'key usage with unused bits set',
      async () => (await withExtension(OID.keyUsage, der(0x03, Uint8Array.of(7, 0xff)))).der,
    ],
    [
      'a name of an unknown form',
      async () => (await withExtension(OID.subjectAltName, sequence(der(0x8f)))).der,
    ],
    [
      'a constructed URI name',
      async () => (await withExtension(OID.subjectAltName, sequence(der(0xa6, utf8Encode(ID))))).der,
    ],
    [
      'octets in pieces',
      async () => (await withExtension(OID.subjectKeyId, der(0x24, octets(Uint8Array.of(1))))).der,
    ],
    [
      'integers that are not minimal',
      async () =>
        (
          await withExtension(
            OID.basicConstraints,
            sequence(der(0x01, Uint8Array.of(0xff)), der(0x02, Uint8Array.of(0, 1))),
          )
        ).der,
    ],
    ['an empty extension', async () => (await withExtension(OID.keyUsage, new Uint8Array())).der],
    [
      'extended key usage of no purpose',
      async () => (await withExtension(OID.extendedKeyUsage, sequence())).der,
    ],
  ];
  const withExtension = (oid: string, value: Uint8Array) =>
    makeLeaf(root, ID, {
      key,
      extensions: [...leafExtensions(ID).filter((item) => item.oid !== oid), { oid, critical: true, value }],
    });
  it.each(odd)('%s: refused, and the extension named', async (_name, make) => {
    const judgement = await judged('x509-svid', await make());
    expect(judgement.fails).toEqual(expect.arrayContaining(['X-01']));
    expect(judgement.checks.find(({ id }) => id === 'X-01')?.evidence).toContain('2.5.29.');
  });

  it('a serial number of a hundred kilobytes is only a number', async () => {
    const { der: svid } = await makeLeaf(root, ID, { key });
    expect((await judged('x509-svid', svid)).verdict).toBe('valid');
    const long = concatBytes(Uint8Array.of(1), new Uint8Array(100_000));
    await refused(
      'x509-svid',
      sequence(sequence(der(0xa0, integer(2)), der(0x02, long)), sequence(), der(0x03, Uint8Array.of(0))),
    );
  });

  it('look-alike names are not equal, and neither is text of another normal form', async () => {
    const twin = await makeAuthority('example.org', { subject: 'CA ехample.org', key: root.key });
    const bundles = new Map([['example.org', pem(twin.der)]]);
    expect((await judged('x509-svid', leaf, { bundles })).fails).toEqual(['X-17']);
  });
});

describe('names of the prototype as keys', () => {
  it('are trust domains and key ids like any other', async () => {
    for (const name of ['constructor', '__proto__', 'tostring', 'valueof']) {
      const authority = await makeAuthority(name);
      const svid = await makeLeaf(authority, `spiffe://${name}/web`, { key });
      const bundles = new Map([[name, pem(authority.der)]]);
      expect((await judged('x509-svid', svid.der, { bundles })).verdict).toBe('valid');
      expect((await judged('x509-svid', svid.der, { bundles: new Map() })).fails).toEqual(['X-14']);
      const claims = { sub: `spiffe://${name}/web`, aud: name, exp: SECONDS + 9 };
      const token = await makeToken(key, { alg: 'ES256', kid: name }, claims);
      const known = new Map([[name, bundleOf([await jwkOf(key, { use: 'jwt-svid', kid: name })])]]);
      expect((await judged('jwt-svid', token, { audience: name, bundles: known })).verdict).toBe('valid');
    }
  });
});
