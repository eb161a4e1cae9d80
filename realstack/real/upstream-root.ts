import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueAuthority, spki, subjectKeyId } from '../../packages/practice/src/spire/x509.ts';

/** A root certificate and its key on the disk, as SPIRE's UpstreamAuthority "disk" reads them. */
export interface UpstreamRoot {
  certFile: string;
  keyFile: string;
  /** Makes another root in their place; its subject key identifier, hex. */
  replace(): string;
  remove(): void;
}

export function makeUpstreamRoot(trustDomain: string): UpstreamRoot & { first: string } {
  const dir = mkdtempSync(join(tmpdir(), 'mu-'));
  const [certFile, keyFile] = [join(dir, 'root.pem'), join(dir, 'root.key')];
  let number = 0;
  const replace = (): string => {
    number += 1;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyId = subjectKeyId(spki(privateKey));
    const issuer = {
      name: { organization: 'Upstream', commonName: `root ${number}` },
      key: privateKey,
      subjectKeyId: keyId,
    };
    const certificate = issueAuthority(trustDomain, issuer, {
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 5 * 86_400_000),
    });
    writeFileSync(certFile, new X509Certificate(certificate).toString());
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return keyId.toString('hex');
  };
  return { certFile, keyFile, first: replace(), replace, remove: () => rmSync(dir, { recursive: true }) };
}
