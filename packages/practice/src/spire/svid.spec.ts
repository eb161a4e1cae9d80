import { X509Certificate } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from './authorities.ts';
import { makeSigningRequest } from './testing/csr.ts';
import type { TestNetwork } from './testing/network.ts';
import { harbor, refusal, startTestNetwork } from './testing/network.ts';
import { isSignedBy } from './testing/x509.ts';

let network: TestNetwork;
let svids: Client<typeof SVID>;

beforeAll(async () => {
  network = await startTestNetwork({ caTtlSeconds: 7200 });
  svids = network.server(SVID);
});
afterAll(() => network.stop());

const uri = `spiffe://${harbor}/minted`;
const mint = (uris: string[], dnsNames: string[] = [], ttl = 0) =>
  svids.mintX509SVID({ csr: makeSigningRequest(makeKey(), uris, dnsNames), ttl });
const remaining = (expiresAt = 0n) => Number(expiresAt) - Date.now() / 1000;

describe('minting an X.509-SVID', () => {
  it('signs the requested key and names', async () => {
    const key = makeKey();
    const { svid } = await svids.mintX509SVID({ csr: makeSigningRequest(key, [uri], ['a.test', 'b.test']) });
    const leaf = new X509Certificate(svid?.certChain[0] ?? new Uint8Array());
    const [root] = (await network.server(Bundle).getBundle({})).x509Authorities;
    expect(await isSignedBy(leaf, new X509Certificate(root?.asn1 ?? new Uint8Array()))).toBe(true);
    expect(leaf.checkPrivateKey(key)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subjectAltName).toBe(`DNS:a.test, DNS:b.test, URI:${uri}`);
    expect(leaf.subject).toContain('CN=a.test');
    expect(svid?.id).toMatchObject({ trustDomain: harbor, path: '/minted' });
  });

  it('zero and negative lifetimes are the default, long ones are capped', async () => {
    expect(remaining((await mint([uri])).svid?.expiresAt)).toBeCloseTo(3600, -1);
    expect(remaining((await mint([uri], [], -5)).svid?.expiresAt)).toBeCloseTo(3600, -1);
    expect(remaining((await mint([uri], [], 60)).svid?.expiresAt)).toBeCloseTo(60, -1);
    expect(remaining((await mint([uri], [], 315_360_000)).svid?.expiresAt)).toBeLessThanOrEqual(7200);
  });

  it('refuses what is not a proper request', async () => {
    expect(await refusal(svids.mintX509SVID({}))).toBe('3 missing CSR');
    expect(await refusal(svids.mintX509SVID({ csr: Buffer.from('junk') }))).toMatch(/^3 malformed CSR: /);
    const forged = makeSigningRequest(makeKey(), [uri]);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(await refusal(svids.mintX509SVID({ csr: forged }))).toMatch(/^3 failed to verify CSR signature: /);
  });

  it('refuses names that are not one workload of this trust domain', async () => {
    expect(await refusal(mint([]))).toBe('3 CSR URI SAN is required');
    expect(await refusal(mint([uri, uri]))).toBe('3 only one URI SAN is expected');
    expect(await refusal(mint(['https://a.test/']))).toBe(
      '3 CSR URI SAN is invalid: scheme is missing or invalid',
    );
    expect(await refusal(mint(['spiffe://else.test/x']))).toMatch(
      /^3 CSR URI SAN is invalid: .* is not a member of/,
    );
    expect(await refusal(mint([uri], ['not a name']))).toMatch(/^3 CSR DNS name is invalid: /);
  });
});

describe('minting a JWT-SVID', () => {
  const id = { trustDomain: harbor, path: '/minted' };

  it('signs with the key the bundle names', async () => {
    const { svid } = await svids.mintJWTSVID({ id, audience: ['a', 'a'] });
    const [key] = (await network.server(Bundle).getBundle({})).jwtAuthorities;
    const token = svid?.token ?? '';
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: key?.keyId, typ: 'JWT' });
    const claims = decodeJwt(token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'sub']);
    expect(claims).toMatchObject({ aud: ['a', 'a'], sub: uri, exp: Number(svid?.expiresAt) });
    const [header, payload, signature] = token.split('.');
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const publicKey = await crypto.subtle.importKey(
      'spki',
      Buffer.from(key?.publicKey ?? []),
      algorithm,
      false,
      ['verify'],
    );
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature ?? '', 'base64url');
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, bytes, signed)).toBe(
      true,
    );
    expect(remaining(svid?.expiresAt)).toBeCloseTo(300, -1);
  });

  it('needs an audience that says something', async () => {
    expect(await refusal(svids.mintJWTSVID({ id }))).toBe('3 at least one audience is required');
    expect(await refusal(svids.mintJWTSVID({ id, audience: [''] }))).toBe(
      '13 invalid JWT-SVID audience: cannot be empty',
    );
  });
});

it('WIT-SVIDs are not served', async () => {
  expect(await refusal(svids.mintWITSVID({}))).toBe('12 WIT functionality is disabled');
});
