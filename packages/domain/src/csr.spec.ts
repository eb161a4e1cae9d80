import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { parseCertificationRequest } from './csr.ts';
import { keyParams, makeCertificationRequest, type RequestKey, requestKeys, toPem } from './csr-writer.ts';
import { describeKey } from './public-key.ts';

const id = 'spiffe://a.example/web';
const keysOf = (kind: RequestKey) =>
  crypto.subtle.generateKey(keyParams(kind), false, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const bytesOf = (pem: string): Uint8Array =>
  decodeBase64(pem.replaceAll(/-----[^-]+-----|\s/gu, '')) ?? new Uint8Array();

describe('a certification request', () => {
  it.each(requestKeys.filter((kind) => kind !== 'RSA 4096'))('of %s is made and read', async (kind) => {
    const pem = await makeCertificationRequest(await keysOf(kind), id, ['a.example', '*.b.example']);
    const read = await parseCertificationRequest(pem);
    expect(read).toMatchObject({
      ok: true,
      value: { uris: [id], dnsNames: ['a.example', '*.b.example'], otherNames: [] },
    });
    expect(read.ok && describeKey(read.value.publicKey.key)).toBe(kind);
    // The same as base64 of its DER.
    expect((await parseCertificationRequest(encodeBase64(bytesOf(pem)))).ok).toBe(true);
  });

  it('is refused when a bit of it was changed', async () => {
    const bytes = bytesOf(await makeCertificationRequest(await keysOf('EC P-256'), id));
    let refusals = 0;
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const read = await parseCertificationRequest(encodeBase64(changed));
      if (!read.ok) refusals += 1;
    }
    expect(refusals).toBe(Math.ceil(bytes.length / 3));
  });

  it.each([
    ['nothing', '  ', 'csr-empty'],
    ['no base64', 'ä', 'csr-broken'],
    ['a certificate', toPem('CERTIFICATE', Uint8Array.of(0x30, 0)), 'csr-broken'],
    ['an empty sequence', encodeBase64(Uint8Array.of(0x30, 0)), 'csr-broken'],
    ['what is too large', 'A'.repeat(40_000), 'csr-too-large'],
  ])('is refused as %s', async (_name, text, code) => {
    expect(await parseCertificationRequest(text)).toMatchObject({ ok: false, problem: { code } });
  });

  it('S-13: is refused with a private key beside it', async () => {
    const pem = await makeCertificationRequest(await keysOf('EC P-256'), id);
    const key = toPem('PRIVATE KEY', Uint8Array.of(0x30, 0));
    expect(await parseCertificationRequest(pem + key)).toMatchObject({
      ok: false,
      problem: { code: 'private-key' },
    });
  });
});
