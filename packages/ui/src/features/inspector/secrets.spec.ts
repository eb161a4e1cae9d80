import { describe, expect, it } from 'vitest';
import { holdsPrivateKey, redactTokens, shownParts } from './secrets.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function keys(name: string) {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey({ name, namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  return {
    pkcs8: new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)),
    spki: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)),
    jwk: await crypto.subtle.exportKey('jwk', privateKey),
    publicJwk: await crypto.subtle.exportKey('jwk', publicKey),
  };
}

describe('holdsPrivateKey', () => {
  it.each(['ECDSA', 'Ed25519'])('knows an %s key in every dress', async (name) => {
    const { pkcs8, spki, jwk, publicJwk } = await keys(name);
    const base64 = btoa(String.fromCharCode(...pkcs8));
    expect(holdsPrivateKey(pkcs8)).toBe(true);
    expect(holdsPrivateKey(bytes(base64))).toBe(true);
    expect(holdsPrivateKey(bytes(base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '')))).toBe(
      true,
    );
    expect(holdsPrivateKey(bytes(`-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`))).toBe(
      true,
    );
    expect(holdsPrivateKey(bytes(`-----BEGIN EC PRIVATE  KEY-----\nspoiled`))).toBe(true);
    expect(holdsPrivateKey(bytes(JSON.stringify({ keys: [jwk] }, null, 2)))).toBe(true);
    expect(holdsPrivateKey(bytes(JSON.stringify({ keys: [jwk] }).replace('"d"', '"\\u0064"')))).toBe(true);
    expect(holdsPrivateKey(spki)).toBe(false);
    expect(holdsPrivateKey(bytes(JSON.stringify({ keys: [publicJwk] })))).toBe(false);
  });
  it('knows the Workload API’s members and SEC 1', () => {
    expect(holdsPrivateKey(bytes('{"svids":[{"x509_svid_key":"MIG"}]}'))).toBe(true);
    expect(holdsPrivateKey(bytes('{"svids":[{"x509_svid_key":""}]}'))).toBe(false);
    expect(
      holdsPrivateKey(
        Uint8Array.from([0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20, ...Array.from({ length: 40 }, () => 7)]),
      ),
    ).toBe(true);
  });
  it('lets documents through', () => {
    expect(holdsPrivateKey(bytes('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'))).toBe(
      false,
    );
    expect(holdsPrivateKey(bytes('eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzcGlmZmU6Ly9hL2IifQ.c2ln'))).toBe(false);
    expect(holdsPrivateKey(bytes('spiffe://org-a.test/web'))).toBe(false);
    expect(holdsPrivateKey(new Uint8Array())).toBe(false);
  });
});

describe('tokens', () => {
  it('lose their signature wherever they are repeated', () => {
    expect(redactTokens('seen eyJh.eyJz.c2lnbmF0dXJl here')).toBe('seen eyJh.eyJz.[signature removed] here');
    expect(redactTokens('nothing')).toBe('nothing');
  });
  it('are shown without it', () => {
    expect(shownParts(' h.p.s\n')).toEqual({ header: 'h', payload: 'p' });
    expect(shownParts('h.p')).toBeUndefined();
  });
});
