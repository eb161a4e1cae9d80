import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from './bytes.ts';
import { judge } from './judge.ts';
import type { JudgeInput } from './judge-types.ts';
import { OID } from './oid.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  type CertificateOptions,
  keyUsage,
  leafExtensions,
  makeAuthority,
  makeCertificate,
  makeKey,
  makeLeaf,
  name,
  NOW,
  pem,
  type TestAuthority,
  type TestExtension,
  type TestKey,
  uriConstraints,
  uriName,
  x509Entry,
} from './testing/certificates.ts';
import { der, sequence } from './testing/der-writer.ts';

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

describe('the path', () => {
  const chain = (svid: Uint8Array, ...cas: readonly TestAuthority[]) =>
    concatBytes(svid, ...cas.map((ca) => ca.der));
  const ca = (options: Parameters<typeof makeAuthority>[1] = {}) =>
    makeAuthority('example.org', { subject: 'Intermediate', parent: root, ...options });
  const caWith = (...extensions: readonly TestExtension[]) => ca({ extensions });
  const san = altNames([uriName('spiffe://example.org')]);

  it('goes through intermediates in any order', async () => {
    const one = await ca();
    const two = await makeAuthority('example.org', { subject: 'Second', parent: one });
    const svid = await leaf({}, two);
    expect((await judgeX(chain(svid, two, one))).verdict).toBe('valid');
    expect((await judgeX(chain(svid, one, two))).verdict).toBe('valid');
    expect((await judgeX(chain(svid, two))).fails).toEqual(['X-15']);
  });

  const cases: readonly [string, string[], () => Promise<TestAuthority>][] = [
    ['is not a CA', ['X-18'], () => caWith(san, basicConstraints(false), keyUsage([5]))],
    ['has no basic constraints', ['X-18'], () => caWith(san, keyUsage([5]))],
    ['does not set keyCertSign', ['X-19'], () => caWith(san, basicConstraints(true), keyUsage([6]))],
    ['has no key usage', ['X-06', 'X-19'], () => caWith(san, basicConstraints(true))],
    [
      'has a SPIFFE ID with a path',
      ['X-23'],
      () => caWith(altNames([uriName('spiffe://example.org/ca')]), basicConstraints(true), keyUsage([5])),
    ],
    [
      'has two URI names',
      ['X-25'],
      () =>
        caWith(
          altNames([uriName('spiffe://example.org'), uriName('spiffe://b')]),
          basicConstraints(true),
          keyUsage([5]),
        ),
    ],
    [
      'is constrained to another host',
      ['X-21'],
      () => caWith(san, basicConstraints(true), keyUsage([5]), uriConstraints(['other.org'])),
    ],
    [
      'excludes the host',
      ['X-21'],
      () => caWith(san, basicConstraints(true), keyUsage([5]), uriConstraints([], ['example.org'])),
    ],
    [
      'has a constraint that is no host',
      ['X-21'],
      () => caWith(san, basicConstraints(true), keyUsage([5]), uriConstraints(['spiffe://example.org'])),
    ],
    ['expired', ['X-16'], () => ca({ notAfter: new Date(NOW.getTime() - 1) })],
    ['has a bad signature', ['X-15'], () => ca({ breakSignature: true })],
    [
      'is constrained by a kind not understood',
      ['X-21'],
      () =>
        caWith(san, basicConstraints(true), keyUsage([5]), {
          oid: OID.nameConstraints,
          critical: true,
          value: sequence(der(0xa0, sequence(der(0x88, Uint8Array.of(42))))),
        }),
    ],
  ];
  it.each(cases)('breaks when the intermediate %s: %j', async (_name, fails, make) => {
    const intermediate = await make();
    expect((await judgeX(chain(await leaf({}, intermediate), intermediate))).fails).toEqual(fails);
  });

  it('respects name constraints that fit, and path lengths', async () => {
    const fitting = await caWith(
      san,
      basicConstraints(true, 0),
      keyUsage([5]),
      uriConstraints(['EXAMPLE.org']),
    );
    expect((await judgeX(chain(await leaf({}, fitting), fitting))).verdict).toBe('valid');
    const below = await makeAuthority('example.org', { subject: 'Below', parent: fitting });
    expect((await judgeX(chain(await leaf({}, below), below, fitting))).fails).toEqual(['X-20']);
  });

  it('takes a minimum of 0 that is written out, and no other (RFC 5280 4.2.1.10)', async () => {
    const judged = async (minimum: number) => {
      const value = sequence(der(0xa0, sequence(uriName('example.org'), der(0x80, Uint8Array.of(minimum)))));
      const constraints = { oid: OID.nameConstraints, critical: true, value };
      const signer = await caWith(san, basicConstraints(true), keyUsage([5]), constraints);
      return (await judgeX(chain(await leaf({}, signer), signer))).fails;
    };
    expect(await judged(0)).toEqual([]);
    expect(await judged(1)).toEqual(['X-21']);
  });

  it('warns about a signer outside the trust domain and about usages of leaves on CAs', async () => {
    const foreign = await caWith(
      altNames([uriName('spiffe://other.org')]),
      basicConstraints(true),
      keyUsage([0, 5]),
    );
    expect(await judgeX(chain(await leaf({}, foreign), foreign))).toMatchObject({
      verdict: 'valid',
      warns: ['X-24', 'X-26'],
    });
  });

  it('finds the new root among two of the same name, and the fault of a renewed one', async () => {
    const renewed = await makeAuthority('example.org');
    const both = new Map([['example.org', pem(root.der, renewed.der)]]);
    expect((await judgeX(await leaf({}, renewed), { bundles: both })).verdict).toBe('valid');
    expect((await judgeX(await leaf({ breakSignature: true }, renewed), { bundles: both })).fails).toEqual([
      'X-15',
    ]);
  });

  it('says what is wrong with the CA that signed, not with another of the same name', async () => {
    const expired = await makeAuthority('example.org', { notAfter: new Date(NOW.getTime() - 1) });
    const both = bundleOf([await x509Entry(root), await x509Entry(expired)]);
    const judgement = await judgeX(await leaf({}, expired), { bundles: new Map([['example.org', both]]) });
    expect(judgement.fails).toEqual(['X-16']);
  });

  it('refuses a constraint of an unknown kind when it is critical or such a name is there', async () => {
    const registeredId = der(0x88, Uint8Array.of(0x2a, 3));
    const constrained = (critical: boolean) =>
      caWith(san, basicConstraints(true), keyUsage([5]), {
        oid: OID.nameConstraints,
        critical,
        value: sequence(der(0xa0, sequence(registeredId))),
      });
    const judged = async (critical: boolean, ...names: readonly Uint8Array[]) => {
      const above = await constrained(critical);
      const [, ...rest] = leafExtensions(ID);
      const extensions = [altNames([uriName(ID), ...names], true), ...rest];
      return (await judgeX(chain(await leaf({ extensions }, above), above))).fails;
    };
    expect(await judged(true)).toEqual(['X-21']);
    expect(await judged(false)).toEqual([]);
    expect(await judged(false, registeredId)).toEqual(['X-21']);
    expect(await judged(false, der(0xa0, der(0x06, Uint8Array.of(0x2a)), der(0xa0, der(0x05))))).toEqual([]);
  });

  it('does not trust a CA that came with the document, or the leaf itself', async () => {
    const stranger = await makeAuthority('example.org');
    expect((await judgeX(chain(await leaf({}, stranger), stranger))).fails).toContain('X-15');
    const self = await makeCertificate({
      subject: 'me',
      issuer: 'me',
      key: leafKey,
      signer: leafKey,
      extensions: leafExtensions(ID),
    });
    const own = new Map([['example.org', pem(self)]]);
    expect((await judgeX(self, { bundles: own })).fails).toEqual(['X-18', 'X-19', 'X-23', 'X-27']);
  });

  it('stays bounded with a hundred CAs that all sign each other', async () => {
    const key = await makeKey();
    const knot = await Promise.all(
      Array.from({ length: 99 }, (_, serial) =>
        makeAuthority('example.org', { subject: 'Knot', key, serial }),
      ),
    );
    const first = knot[0] as TestAuthority;
    const started = performance.now();
    expect((await judgeX(chain(await leaf({}, first), ...knot))).fails).toContain('X-15');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('refuses an extension that occurs twice, also in a certificate that is not needed', async () => {
    const unused = await caWith(san, basicConstraints(true), basicConstraints(true), keyUsage([5]));
    expect((await judgeX(chain(await leaf(), unused))).fails).toEqual(['X-22']);
  });

  it('refuses a second leaf', async () => {
    expect((await judgeX(concatBytes(await leaf(), await leaf({ serial: 2 })))).fails).toEqual(['X-01']);
  });

  it('warns about SHA-1 and short RSA keys', async () => {
    const old = await makeAuthority('example.org', { algorithm: 'RSA-SHA1' });
    const own = new Map([['example.org', pem(old.der)]]);
    expect(await judgeX(await leaf({}, old), { bundles: own })).toMatchObject({
      verdict: 'valid',
      warns: ['X-30'],
    });
    const short = await leaf({ key: await makeKey('RSA-1024') });
    expect(await judgeX(short)).toMatchObject({ verdict: 'valid', warns: ['X-30'] });
  });

  it('compares names as RFC 5280 7.1 does', async () => {
    expect((await judgeX(await leaf({ issuer: 'ca  EXAMPLE.ORG' }))).verdict).toBe('valid');
    expect(name('x').length).toBeGreaterThan(0);
  });
});
