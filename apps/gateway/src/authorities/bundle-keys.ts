import { createHash } from 'node:crypto';
import { toHex } from '@muster/domain';
import { parseCertificate, parseCertificates } from '@muster/domain/certificate';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';

/** One key of a bundle by the name that SPIRE's authority calls give it. Times are Unix seconds, 0 is not told. */
export interface BundleKey {
  id: string;
  notBefore: bigint;
  expiresAt: bigint;
  tainted: boolean;
  /** SHA-256 of the certificate, hex; empty for a JWT key. */
  fingerprint: string;
  subject: string;
}

export function bundleKeys(bundle: BundleRow, kind: LocalKind): BundleKey[] {
  return kind === 'x509' ? bundle.x509.map(certificateKey) : bundle.jwt.map(jwtKey);
}

function certificateKey({ der, tainted }: BundleRow['x509'][number]): BundleKey {
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const read = parseCertificate(Uint8Array.from(der));
  if (!read.ok) {
    // Still a key of the bundle: it must not vanish because it cannot be read.
    return { id: fingerprint, notBefore: 0n, expiresAt: 0n, tainted, fingerprint, subject: '' };
  }
  const { extensions, notBefore, notAfter, subject } = read.value;
  return {
    id: extensions.subjectKeyId ? toHex(extensions.subjectKeyId) : fingerprint,
    notBefore: BigInt(Math.floor(notBefore / 1000)),
    expiresAt: BigInt(Math.floor(notAfter / 1000)),
    tainted,
    fingerprint,
    subject: subject.text,
  };
}

function jwtKey({ keyId, expiresAt, tainted }: BundleRow['jwt'][number]): BundleKey {
  return { id: keyId, notBefore: 0n, expiresAt, tainted, fingerprint: '', subject: '' };
}

/** Subject key identifiers, hex, of the certificates in PEM. */
export function pemKeyIds(pem: string): Set<string> {
  const read = parseCertificates(new TextEncoder().encode(pem));
  return new Set(
    read.ok
      ? read.value.flatMap(({ extensions }) =>
          extensions.subjectKeyId ? [toHex(extensions.subjectKeyId)] : [],
        )
      : [],
  );
}

/** Authority key identifier, hex, of the first certificate in PEM: which key signed it. Empty when it does not say. */
export function signerOf(chainPem: string): string {
  const read = parseCertificates(new TextEncoder().encode(chainPem));
  const id = read.ok ? read.value[0]?.extensions.authorityKeyId : undefined;
  return id ? toHex(id) : '';
}
