import { parseCertificationRequest, parsePem } from '@muster/domain';
import { describe, expect, it, vi } from 'vitest';
import { makeSealedKey } from './sealed-key.ts';

const bytesOf = (pem: string) => {
  const read = parsePem(new TextEncoder().encode(pem));
  if (!read.ok) throw new Error(read.problem.message);
  return new Uint8Array(read.value[0]?.bytes ?? []);
};

describe('S-13: a key made in this window', () => {
  it('is what its request is signed by, and comes out only when it is asked for', async () => {
    const sealed = await makeSealedKey('EC P-256', 'spiffe://a.example/web', ['a.b']);
    const request = await parseCertificationRequest(sealed.csr);
    expect(request).toMatchObject({
      ok: true,
      value: { uris: ['spiffe://a.example/web'], dnsNames: ['a.b'] },
    });
    expect(JSON.stringify(sealed)).not.toContain('PRIVATE');
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('pkcs8', bytesOf(await sealed.reveal()), algorithm, false, [
      'sign',
    ]);
    const data = new Uint8Array([1, 2, 3]);
    const signing = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(signing, key, data);
    const spki = new Uint8Array(request.ok ? request.value.publicKey.spki : []);
    const own = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
    expect(await crypto.subtle.verify(signing, own, signature, data)).toBe(true);
  });

  it('is held by no handle that can be exported', async () => {
    const made = vi.spyOn(crypto.subtle, 'generateKey');
    await makeSealedKey('EC P-256', 'spiffe://a.example/web', []);
    const seal = (await made.mock.results[1]?.value) as CryptoKey;
    made.mockRestore();
    expect([seal.algorithm.name, seal.extractable]).toEqual(['AES-GCM', false]);
  });

  it('is gone once it is forgotten', async () => {
    const sealed = await makeSealedKey('EC P-256', 'spiffe://a.example/web', []);
    sealed.forget();
    await expect(sealed.reveal()).rejects.toThrow('forgotten');
  });
});
