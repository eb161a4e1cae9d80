import { parseCertificates } from '@muster/domain/certificate';
import { describeKey, toHex } from '@muster/domain';

export interface ChainFact {
  role: string;
  serial: string;
  issuer: string;
  /** "EC P-256". */
  key: string;
}

/** Leaf first; empty when it cannot be read. */
export function chainFacts(pem: string): ChainFact[] {
  const read = parseCertificates(new Uint8Array(new TextEncoder().encode(pem)));
  if (!read.ok) return [];
  return read.value.map((certificate, index) => ({
    role: index === 0 ? 'Leaf' : 'Intermediate',
    serial: toHex(certificate.serial),
    issuer: certificate.issuer.text,
    key: describeKey(certificate.publicKey.key),
  }));
}
