import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto';
import * as der from './der.ts';

const oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  country: '2.5.4.6',
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  uniqueIdentifier: '2.5.4.45',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

/** Key usage by bit number, RFC 5280 §4.2.1.3. */
const usage = { digitalSignature: 0, keyEncipherment: 2, keyAgreement: 4, keyCertSign: 5, crlSign: 6 };

type NameAttribute = 'country' | 'organization' | 'commonName' | 'serialNumber' | 'uniqueIdentifier';
export type DistinguishedName = Partial<Record<NameAttribute, string>>;

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

export interface Issuer {
  name: DistinguishedName;
  key: KeyObject;
  subjectKeyId: Buffer;
}

export interface WorkloadSubject {
  spiffeId: string;
  /** DER SubjectPublicKeyInfo. */
  publicKey: Buffer;
  dnsNames: string[];
}

/** The DER SubjectPublicKeyInfo of a key. */
export const spki = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** SHA-1 of the public key's bits, RFC 5280 §4.2.1.2 (1). */
export function subjectKeyId(publicKey: Buffer): Buffer {
  const [, key] = der.children(der.readDer(publicKey));
  if (!key) throw new Error('not a SubjectPublicKeyInfo');
  return createHash('sha1').update(key.content.subarray(1)).digest();
}

/** A self-signed signing certificate of a trust domain (X.509-SVID §2, §4). */
export function issueAuthority(trustDomain: string, issuer: Issuer, validity: Validity): Buffer {
  const publicKey = spki(issuer.key);
  return certificate(issuer, issuer.name, publicKey, validity, [
    extension(oid.keyUsage, true, keyUsage(usage.keyCertSign, usage.crlSign)),
    extension(oid.basicConstraints, true, der.sequence(der.boolean(true))),
    extension(oid.subjectKeyIdentifier, false, der.octetString(issuer.subjectKeyId)),
    extension(oid.authorityKeyIdentifier, false, der.sequence(der.implicit(0, issuer.subjectKeyId))),
    alternativeNames(`spiffe://${trustDomain}`, []),
  ]);
}

/** A leaf, with the subject and extensions SPIRE gives it: the first DNS name becomes the common name. */
export function issueLeaf(subject: WorkloadSubject, issuer: Issuer, validity: Validity): Buffer {
  const name: DistinguishedName = {
    country: 'US',
    organization: 'SPIRE',
    // The subject of equal SPIFFE IDs is equal, of different ones different.
    uniqueIdentifier: createHash('sha256').update(subject.spiffeId).digest('hex').slice(0, 32),
  };
  if (subject.dnsNames[0]) name.commonName = subject.dnsNames[0];
  return certificate(issuer, name, subject.publicKey, validity, [
    extension(
      oid.keyUsage,
      true,
      keyUsage(usage.digitalSignature, usage.keyEncipherment, usage.keyAgreement),
    ),
    extension(
      oid.extendedKeyUsage,
      false,
      der.sequence(der.objectIdentifier(oid.serverAuth), der.objectIdentifier(oid.clientAuth)),
    ),
    extension(oid.basicConstraints, true, der.sequence()),
    extension(oid.subjectKeyIdentifier, false, der.octetString(subjectKeyId(subject.publicKey))),
    extension(oid.authorityKeyIdentifier, false, der.sequence(der.implicit(0, issuer.subjectKeyId))),
    alternativeNames(subject.spiffeId, subject.dnsNames),
  ]);
}

function certificate(
  issuer: Issuer,
  subject: DistinguishedName,
  publicKey: Buffer,
  { notBefore, notAfter }: Validity,
  extensions: Buffer[],
): Buffer {
  const algorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256));
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    distinguishedName(issuer.name),
    der.sequence(der.time(notBefore), der.time(notAfter)),
    distinguishedName(subject),
    publicKey,
    der.explicit(3, der.sequence(...extensions)),
  );
  return der.sequence(toBeSigned, algorithm, der.bitString(sign('sha256', toBeSigned, issuer.key)));
}

/** 16 random bytes, positive. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}

function distinguishedName(name: DistinguishedName): Buffer {
  const attributes = Object.entries(name) as [NameAttribute, string][];
  return der.sequence(
    ...attributes.map(([attribute, value]) =>
      der.set(der.sequence(der.objectIdentifier(oid[attribute]), der.directoryString(value))),
    ),
  );
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const parts = [der.objectIdentifier(id), der.octetString(value)];
  if (critical) parts.splice(1, 0, der.boolean(true));
  return der.sequence(...parts);
}

function keyUsage(...bits: number[]): Buffer {
  const byte = bits.reduce((all, bit) => all | (0x80 >> bit), 0);
  return der.bitString(Buffer.from([byte]), 7 - Math.max(...bits));
}

function alternativeNames(uri: string, dnsNames: string[]): Buffer {
  const names = [
    ...dnsNames.map((name) => der.implicit(2, Buffer.from(name))),
    der.implicit(6, Buffer.from(uri)),
  ];
  return extension(oid.subjectAlternativeName, false, der.sequence(...names));
}
