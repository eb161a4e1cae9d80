import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url, encodeBase64 } from './base64.ts';
import { type Bytes, concatBytes } from './bytes.ts';
import { judge } from './judge.ts';
import type { Kind } from './judge-types.ts';
import { matchPrivateKey } from './private-key.ts';
import { readPublicKey } from './public-key.ts';
import { readOnlyDer } from './der.ts';
import {
  makeAuthority,
  makeKey,
  makeLeaf,
  NOW,
  pem,
  pemOf,
  pkcs8,
  type TestKey,
} from './testing/certificates.ts';
import { bits, der, integer, nothing, octets, oid, sequence, unsigned } from './testing/der-writer.ts';

const CURVES = { 'P-256': '1.2.840.10045.3.1.7', 'P-384': '1.3.132.0.34', 'P-521': '1.3.132.0.35' } as const;

const matches = async (key: Uint8Array<ArrayBuffer>, spki: Bytes) =>
  (await matchPrivateKey(key, readPublicKey(readOnlyDer(spki)))).ok;

/** PKCS#8 around the inside of an EC key (RFC 5915), as other tools than ours write it. */
async function ecKey(
  key: TestKey,
  curve: keyof typeof CURVES,
  ...more: readonly Uint8Array[]
): Promise<Bytes> {
  const { d = '' } = await crypto.subtle.exportKey('jwk', key.pair.privateKey);
  const secret = octets(decodeBase64Url(d) ?? new Uint8Array());
  const algorithm = sequence(oid('1.2.840.10045.2.1'), oid(CURVES[curve]));
  return sequence(integer(0), algorithm, octets(sequence(integer(1), secret, ...more)));
}

describe('a private key', () => {
  it.each(['P-256', 'P-384', 'P-521'] as const)(
    'on %s belongs, with and without its public part',
    async (curve) => {
      const key = await makeKey(curve);
      const other = await makeKey(curve);
      expect(await matches(await ecKey(key, curve), key.spki)).toBe(true);
      expect(await matches(await ecKey(key, curve, der(0xa0, oid(CURVES[curve]))), key.spki)).toBe(true);
      expect(await matches(await ecKey(other, curve), key.spki)).toBe(false);
      const point = new Uint8Array(await crypto.subtle.exportKey('raw', key.pair.publicKey));
      // The right public part beside the wrong secret is no proof.
      expect(await matches(await ecKey(other, curve, der(0xa1, bits(point))), key.spki)).toBe(false);
    },
  );

  it('of RSA belongs when every number of it is right', async () => {
    const key = await makeKey('RSA');
    const {
      n = '',
      e = '',
      d = '',
      p = '',
      q = '',
      dp = '',
      dq = '',
      qi = '',
    } = await crypto.subtle.exportKey('jwk', key.pair.privateKey);
    const numbers = [n, e, d, p, q, dp, dq, qi].map((text) => decodeBase64Url(text) ?? new Uint8Array());
    const write = (list: readonly Uint8Array[]) =>
      sequence(
        integer(0),
        sequence(oid('1.2.840.113549.1.1.1'), nothing()),
        octets(sequence(integer(0), ...list.map(unsigned))),
      );
    expect(await matches(write(numbers), key.spki)).toBe(true);
    expect(await matches(await pkcs8(key), key.spki)).toBe(true);
    for (let i = 0; i < numbers.length; i++) {
      const wrong = numbers.map((number, at) => {
        const copy = new Uint8Array(number);
        if (at === i) copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 2;
        return copy;
      });
      expect(await matches(write(wrong), key.spki), `number ${i}`).toBe(false);
    }
    // One and the modulus are factors of it, too.
    const [modulus = new Uint8Array(), ...rest] = numbers;
    const trivial = [modulus, ...rest.slice(0, 2), Uint8Array.of(1), modulus, ...rest.slice(4)];
    expect(await matches(write(trivial), key.spki)).toBe(false);
    expect(await matches(write(numbers.map(() => Uint8Array.of(0))), key.spki)).toBe(false);
  });

  it('may stand in one file with its certificates, before or after them, but not twice', async () => {
    const root = await makeAuthority('example.org');
    const leaf = await makeLeaf(root, 'spiffe://example.org/web');
    const secret = pemOf('PRIVATE KEY', await pkcs8(leaf.key));
    const judged = (kind: Kind, ...parts: readonly Uint8Array[]) =>
      judge({
        kind,
        input: concatBytes(...parts),
        bundles: new Map([['example.org', pem(root.der)]]),
        at: NOW,
      });
    for (const parts of [
      [secret, pem(leaf.der)],
      [pem(leaf.der), secret],
    ]) {
      const judgement = await judged('x509-svid-keypair', ...parts);
      expect([judgement.verdict, judgement.fails]).toEqual(['valid', []]);
      expect(JSON.stringify(judgement)).not.toContain(encodeBase64(await pkcs8(leaf.key)).slice(60, 100));
      expect((await judged('x509-svid', ...parts)).fails).toEqual(['X-01']);
    }
    const another = pemOf('PRIVATE KEY', await pkcs8(await makeKey()));
    expect((await judged('x509-svid-keypair', another, pem(leaf.der))).fails).toEqual(['X-28']);
    expect((await judged('x509-svid-keypair', secret, secret, pem(leaf.der))).fails).toEqual(['X-01']);
    expect(
      (await judged('x509-svid-keypair', pemOf('EC PRIVATE KEY', await pkcs8(leaf.key)), pem(leaf.der)))
        .fails,
    ).toEqual(['X-28']);
    expect((await judged('x509-svid-keypair', pem(leaf.der))).fails).toEqual(['X-28']);
    expect((await judged('x509-svid-keypair', secret)).fails).toEqual(['X-01']);
  });

  it('that is for RSASSA-PSS only belongs to a certificate that says the same', async () => {
    const pair = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const spki = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
    const secret = new Uint8Array(pair.privateKey.export({ type: 'pkcs8', format: 'der' }));
    expect(await matches(secret, spki)).toBe(true);
    expect(await matches(pemOf('PRIVATE KEY', secret), spki)).toBe(true);
    expect(await matches(await pkcs8(await makeKey('RSA')), spki)).toBe(false);
    expect(await matches(secret, (await makeKey('RSA')).spki)).toBe(false);
  });
});
