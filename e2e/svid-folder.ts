import {
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  jwkOf,
  pem,
  pemOf,
  pkcs8,
} from '../packages/domain/src/testing/certificates.ts';

/** What spiffe-helper leaves in a folder, by file name; `next` is what it writes at the next rotation. */
export interface SvidFolder {
  readonly files: Readonly<Record<string, string>>;
  readonly next: Readonly<Record<string, string>>;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** A folder of one workload, issued now and valid for ten minutes. */
export async function makeFolder(): Promise<SvidFolder> {
  const now = Date.now();
  const span = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 600_000) };
  const authority = await makeAuthority('org-a.test', { ...span, notAfter: new Date(now + 86_400_000) });
  const leaf = await makeLeaf(authority, 'spiffe://org-a.test/web', { ...span, serial: 0x1a2b });
  const next = await makeLeaf(authority, 'spiffe://org-a.test/web', {
    ...span,
    notAfter: new Date(now + 1_200_000),
    serial: 0x2c3d,
  });
  const jwt = await makeKey();
  const seconds = Math.floor(now / 1000);
  const token = await makeToken(
    jwt,
    { alg: 'ES256', kid: 'k1', typ: 'JWT' },
    { sub: 'spiffe://org-a.test/web', aud: ['slim-demo'], iat: seconds - 10, exp: seconds + 300 },
  );
  const set = JSON.stringify({ keys: [await jwkOf(jwt, { kid: 'k1' })] });
  return {
    files: {
      'tls.crt': text(pem(leaf.der)),
      'tls.key': text(pemOf('PRIVATE KEY', await pkcs8(leaf.key))),
      'svid_bundle.pem': text(pem(authority.der)),
      'jwt_svid.token': token,
      'key.jwt': JSON.stringify({ 'org-a.test': Buffer.from(set).toString('base64') }),
    },
    next: {
      'tls.crt': text(pem(next.der)),
      'tls.key': text(pemOf('PRIVATE KEY', await pkcs8(next.key))),
    },
  };
}
