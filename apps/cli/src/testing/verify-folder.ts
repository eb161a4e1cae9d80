import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  pem,
  pemOf,
  pkcs8,
  x509Entry,
} from '@muster/domain/testing/certificates';

export const AT = '2026-11-22T12:00:00Z';
const SECONDS = Date.parse(AT) / 1000;

/** One identity of example.org with everything that belongs to it, and another trust domain’s authority. */
export async function makeIdentity(life: { notBefore?: Date; notAfter?: Date } = {}) {
  const long = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') };
  const authority = await makeAuthority('example.org', long);
  const other = await makeAuthority('other.org', long);
  const leaf = await makeLeaf(authority, 'spiffe://example.org/web', life);
  const signer = await makeKey();
  const jwks = { keys: [await jwkOf(signer, { use: 'jwt-svid', kid: 'k1' })] };
  const token = await makeToken(
    signer,
    { alg: 'ES256', kid: 'k1', typ: 'JWT' },
    { sub: 'spiffe://example.org/web', aud: ['reports'], exp: SECONDS + 300, iat: SECONDS, team: 'claimed' },
  );
  return {
    leaf: pem(leaf.der),
    key: pemOf('PRIVATE KEY', await pkcs8(leaf.key)),
    authority: pem(authority.der),
    other: pem(other.der),
    bundle: bundleOf([await x509Entry(authority), ...jwks.keys]),
    keyMap: JSON.stringify({ 'example.org': Buffer.from(JSON.stringify(jwks)).toString('base64') }),
    token,
  };
}

/** A throw-away folder: `put` writes a file with the folders above it, `link` a symbolic link. */
export async function makeFolder() {
  const path = await mkdtemp(join(tmpdir(), 'muster-verify-'));
  const at = (name: string) => join(path, name);
  return {
    path,
    at,
    put: async (name: string, content: string | Uint8Array) => {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), content);
    },
    link: (target: string, name: string) => symlink(target, at(name)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
