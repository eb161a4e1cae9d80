import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from './bytes.ts';
import { judge } from './judge.ts';
import { OID } from './oid.ts';
import {
  altNames,
  basicConstraints,
  caExtensions,
  keyUsage,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  NOW,
  pem,
  type TestAuthority,
  type TestExtension,
  type TestKey,
  uriConstraints,
  uriName,
} from './testing/certificates.ts';
import { der, integer, octets, oid, sequence } from './testing/der-writer.ts';

const ID = 'spiffe://example.org/web';
const HOUR = 3_600_000;
let root: TestAuthority;
let leafKey: TestKey;
let middleKey: TestKey;

beforeAll(async () => {
  [leafKey, middleKey] = [await makeKey(), await makeKey()];
  root = await makeAuthority('example.org');
});

const san = altNames([uriName('spiffe://example.org')]);
const subjectKeyId = (...bytes: number[]): TestExtension => ({
  oid: OID.subjectKeyId,
  value: octets(Uint8Array.of(...bytes)),
});
const authorityKeyId = (...bytes: number[]): TestExtension => ({
  oid: OID.authorityKeyId,
  value: sequence(der(0x80, Uint8Array.of(...bytes))),
});

/** An intermediate of one fixed name and key, so that several are candidates for the same step. */
const middle = (options: Parameters<typeof makeAuthority>[1] = {}) =>
  makeAuthority('example.org', { subject: 'Middle', key: middleKey, parent: root, ...options });
const leafOf = async (authority: TestAuthority, ...more: readonly TestExtension[]) =>
  (await makeLeaf(authority, ID, { key: leafKey, extensions: [...leafExtensions(ID), ...more] })).der;

function judgeChain(anchors: readonly TestAuthority[], svid: Bytes, ...cas: readonly TestAuthority[]) {
  const input = concatBytes(svid, ...cas.map((ca) => ca.der));
  const bundles = new Map([['example.org', pem(...anchors.map((anchor) => anchor.der))]]);
  return judge({ kind: 'x509-svid', input, bundles, at: NOW });
}

describe('several candidates for one step: the good one is found, wherever it stands', () => {
  const bad: readonly (readonly [string, () => Promise<TestAuthority>])[] = [
    [
      'expired',
      () => middle({ notAfter: new Date(NOW.getTime() - HOUR / 2), notBefore: new Date(0), serial: 9 }),
    ],
    ['no CA', () => middle({ extensions: [san, basicConstraints(false), keyUsage([5])], serial: 9 })],
    [
      'without keyCertSign',
      () => middle({ extensions: [san, basicConstraints(true), keyUsage([6])], serial: 9 }),
    ],
    ['of a spoilt signature', () => middle({ breakSignature: true, serial: 9 })],
    ['signed by a stranger', async () => middle({ parent: { ...root, key: await makeKey() }, serial: 9 })],
    [
      'constrained to another host',
      () =>
        middle({ extensions: [...caExtensions('example.org'), uriConstraints(['other.org'])], serial: 9 }),
    ],
    [
      'with a critical extension nobody knows',
      () =>
        middle({
          extensions: [...caExtensions('example.org'), { oid: '1.2.3', critical: true, value: octets() }],
          serial: 9,
        }),
    ],
    ['of another key', async () => middle({ key: await makeKey(), serial: 9 })],
    ['issued by nobody', () => middle({ parent: { ...root, name: 'Nobody' }, serial: 9 })],
  ];
  it.each(bad)('beside one that is %s', async (_name, make) => {
    const good = await middle();
    const other = await make();
    const svid = await leafOf(good);
    for (const cas of [
      [good, other],
      [other, good],
      [other, other, good],
    ])
      expect((await judgeChain([root], svid, ...cas)).verdict).toBe('valid');
    expect((await judgeChain([root], svid, other)).verdict).toBe('invalid');
  });

  it('among authorities of one name and key, of which one is renewed', async () => {
    const old = await makeAuthority('example.org', {
      key: root.key,
      notAfter: new Date(NOW.getTime() - 1000),
      serial: 1,
    });
    const svid = await leafOf(root);
    for (const anchors of [
      [root, old],
      [old, root],
    ])
      expect((await judgeChain(anchors, svid)).verdict).toBe('valid');
    expect((await judgeChain([old], svid)).fails).toEqual(['X-16']);
  });
});

describe('authorities that sign each other', () => {
  it('are followed to the one in the bundle, and round no circle', async () => {
    const [keyA, keyB] = [await makeKey(), await makeKey()];
    const a = await makeAuthority('example.org', { subject: 'A', key: keyA });
    const b = await makeAuthority('example.org', { subject: 'B', key: keyB });
    const aByB = await makeAuthority('example.org', { subject: 'A', key: keyA, parent: b });
    const bByA = await makeAuthority('example.org', { subject: 'B', key: keyB, parent: a });
    const svid = await leafOf(a);
    expect((await judgeChain([b], svid, aByB, bByA)).verdict).toBe('valid');
    expect((await judgeChain([b], svid, bByA, aByB)).verdict).toBe('valid');
    expect((await judgeChain([root], svid, aByB, bByA)).fails).toEqual(['X-15']);
    // The old root, the new root, and the link between them, as they are served while a root is replaced.
    expect((await judgeChain([a, b], svid, aByB, bByA, a, b)).verdict).toBe('valid');
  });

  it('an intermediate in the bundle ends the path, whoever signed it', async () => {
    const inner = await middle();
    const svid = await leafOf(inner);
    expect(await judgeChain([inner], svid)).toMatchObject({ verdict: 'valid', fails: [] });
    expect(await judgeChain([inner], svid, inner, root)).toMatchObject({ verdict: 'valid', fails: [] });
  });

  it('S-18: ten certificates are no more than three, and there is an end to it', async () => {
    const cas: TestAuthority[] = [root];
    for (let i = 0; i < 9; i++)
      cas.push(await makeAuthority('example.org', { subject: `Level ${i}`, parent: cas.at(-1) ?? root }));
    const svid = await leafOf(cas.at(-2) ?? root);
    expect((await judgeChain([root], svid, ...cas.slice(1))).verdict).toBe('valid');
    expect((await judgeChain([root], svid, ...cas.slice(2))).fails).toEqual(['X-15']);
    const longer = await leafOf(cas.at(-1) ?? root);
    expect((await judgeChain([root], longer, ...cas.slice(1))).fails).toEqual(['X-15']);
  });
});

describe('key identifiers', () => {
  it('help to find the authority and decide nothing (RFC 5280 6.1)', async () => {
    const named = await makeAuthority('example.org', {
      key: root.key,
      extensions: [...caExtensions('example.org'), subjectKeyId(1, 2)],
    });
    const fits = await judgeChain([named], await leafOf(named, authorityKeyId(1, 2)));
    expect([fits.verdict, fits.warns]).toEqual(['valid', []]);
    const differs = await judgeChain([named], await leafOf(named, authorityKeyId(3, 4)));
    expect([differs.verdict, differs.fails, differs.warns]).toEqual(['valid', [], ['X-17']]);
    const none = await judgeChain([root], await leafOf(root, authorityKeyId(3, 4)));
    expect([none.verdict, none.warns]).toEqual(['valid', []]);
  });

  it('the right identifier with the wrong key is no signature', async () => {
    const named = await makeAuthority('example.org', {
      extensions: [...caExtensions('example.org'), subjectKeyId(1, 2)],
    });
    const svid = await leafOf({ ...root, name: named.name }, authorityKeyId(1, 2));
    expect((await judgeChain([named], svid)).fails).toEqual(['X-15']);
    expect((await judgeChain([named, root], svid)).verdict).toBe('valid');
  });
});

describe('certificate policies (RFC 5280 6.1)', () => {
  const [P1, P2, ANY] = ['1.2.3.1', '1.2.3.2', '2.5.29.32.0'];
  const policies = (...ids: string[]): TestExtension => ({
    oid: OID.certificatePolicies,
    value: sequence(...ids.map((id) => sequence(oid(id)))),
  });
  const mappings = (...pairs: (readonly [string, string])[]): TestExtension => ({
    oid: OID.policyMappings,
    critical: true,
    value: sequence(...pairs.map(([from, to]) => sequence(oid(from), oid(to)))),
  });
  const explicit = (skip: number): TestExtension => ({
    oid: OID.policyConstraints,
    critical: true,
    value: sequence(der(0x80, Uint8Array.of(skip))),
  });
  const noMapping: TestExtension = {
    oid: OID.policyConstraints,
    critical: true,
    value: sequence(der(0x80, Uint8Array.of(0)), der(0x81, Uint8Array.of(0))),
  };
  const noAny = (skip: number): TestExtension => ({
    oid: OID.inhibitAnyPolicy,
    critical: true,
    value: integer(skip),
  });
  const ca = (parent: TestAuthority, subject: string, ...more: readonly TestExtension[]) =>
    makeAuthority('example.org', { subject, parent, extensions: [...caExtensions('example.org'), ...more] });

  const cases: readonly (readonly [string, boolean, readonly TestExtension[], readonly TestExtension[]])[] = [
    ['none anywhere', true, [], []],
    ['one asserted, none required', true, [policies(P1)], []],
    ['required and asserted', true, [explicit(0), policies(P1)], [policies(P1)]],
    ['required and absent in the leaf', false, [explicit(0), policies(P1)], []],
    ['required and absent in the authority', false, [explicit(0)], [policies(P1)]],
    ['required, and another asserted', false, [explicit(0), policies(P1)], [policies(P2)]],
    ['required after one certificate more', false, [explicit(1)], [policies(P1)]],
    ['required beyond the end', true, [explicit(3)], []],
    ['any policy allows each', true, [explicit(0), policies(ANY)], [policies(P1)]],
    ['any policy in the leaf', true, [explicit(0), policies(P1)], [policies(ANY)]],
    [
      'any policy in the leaf, which is inhibited',
      false,
      [explicit(0), policies(P1), noAny(0)],
      [policies(ANY)],
    ],
    [
      'any policy in the leaf, inhibited only later',
      true,
      [explicit(0), policies(P1), noAny(1)],
      [policies(ANY)],
    ],
    ['inhibited and not needed', true, [noAny(0)], []],
    ['mapped', true, [explicit(0), policies(P1), mappings([P1, P2])], [policies(P2)]],
    ['mapped away', false, [explicit(0), policies(P1), mappings([P1, P2])], [policies(P1)]],
    ['any policy mapped, which is forbidden', false, [policies(P1), mappings([ANY, P2])], []],
    ['mapping forbidden above and not used', true, [noMapping, policies(P1)], [policies(P1)]],
  ];
  it.each(cases)('%s: %s', async (_name, holds, above, below) => {
    const issuing = await ca(root, 'Issuing', ...above);
    const judgement = await judgeChain([root], await leafOf(issuing, ...below), issuing);
    expect([judgement.verdict, judgement.fails]).toEqual(holds ? ['valid', []] : ['invalid', ['X-22']]);
  });

  it('mapping inhibited above takes the mapped policy away', async () => {
    const upper = await ca(root, 'Upper', noMapping, policies(P1));
    const lower = await ca(upper, 'Lower', policies(P1), mappings([P1, P2]));
    expect((await judgeChain([root], await leafOf(lower, policies(P2)), lower, upper)).fails).toEqual([
      'X-22',
    ]);
  });
});
