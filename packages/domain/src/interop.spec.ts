// Documents made by other software, so that a misunderstanding shared by our reader and our test writer would show.
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';

// @peculiar/x509 refuses to load without decorator metadata, of which it then uses nothing that matters here.
Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => undefined,
});
const x509 = await import('@peculiar/x509');

const NOW = new Date('2026-11-22T12:00:00Z');
const LATER = new Date('2026-11-22T13:00:00Z');
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const generate = () => crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);

async function makeChain() {
  const [caKeys, leafKeys] = await Promise.all([generate(), generate()]);
  const uri = (value: string, critical = false) =>
    new x509.SubjectAlternativeNameExtension([{ type: 'url', value }], critical);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'C=US, O=SPIFFE',
    notBefore: NOW,
    notAfter: LATER,
    signingAlgorithm: ECDSA,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
      uri('spiffe://example.org'),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'C=US, O=SPIRE',
    issuer: ca.subject,
    notBefore: NOW,
    notAfter: LATER,
    signingAlgorithm: ECDSA,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      uri('spiffe://example.org/web'),
    ],
  });
  return { ca, caKeys, leaf, leafKeys };
}

it('accepts a chain made by @peculiar/x509 and shows the same facts', async () => {
  const { ca, caKeys, leaf, leafKeys } = await makeChain();
  const { kty, crv, x, y } = await exportJWK(caKeys.publicKey);
  const entry = { kty, crv, x, y, use: 'x509-svid', x5c: [encodeBase64(new Uint8Array(ca.rawData))] };
  const bundle = utf8Encode(JSON.stringify({ keys: [entry], spiffe_sequence: 1, spiffe_refresh_hint: 60 }));
  const key = new Uint8Array(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey));
  const judgement = await judge({
    kind: 'x509-svid-keypair',
    input: new Uint8Array(leaf.rawData),
    key,
    bundles: new Map([['example.org', bundle]]),
    at: NOW,
  });
  expect(judgement).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
  expect(judgement.decoded).toMatchObject({
    certificates: [
      {
        serial: leaf.serialNumber,
        subject: leaf.subject,
        issuer: leaf.issuer,
        fingerprint: encodeHex(await leaf.getThumbprint('SHA-256')),
      },
    ],
  });
  expect((await judge({ kind: 'bundle', input: bundle, bundles: new Map(), at: NOW })).verdict).toBe('valid');
});

it('accepts a token made by jose and computes the same thumbprint', async () => {
  const keys = await generate();
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  const jwk = { kty, crv, x, y, kid: 'k1', use: 'jwt-svid' };
  const token = await new SignJWT({ aud: 'reports' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
    .setSubject('spiffe://example.org/web')
    .setIssuedAt(NOW)
    .setExpirationTime(LATER)
    .sign(keys.privateKey);
  const bundle = utf8Encode(JSON.stringify({ keys: [jwk] }));
  const bundles = new Map([['example.org', bundle]]);
  expect(
    await judge({ kind: 'jwt-svid', input: utf8Encode(token), bundles, audience: 'reports', at: NOW }),
  ).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
  const { decoded } = await judge({ kind: 'bundle', input: bundle, bundles: new Map(), at: NOW });
  const thumbprint = Buffer.from(await calculateJwkThumbprint(jwk), 'base64url').toString('hex');
  expect(decoded).toMatchObject({ keys: [{ fingerprint: thumbprint }] });
});

function encodeHex(buffer: ArrayBuffer): string {
  return Buffer.from(buffer).toString('hex');
}
