import { createHash } from 'node:crypto';
import { ownBytes, toHex, toLatin1 } from '@muster/domain/bytes';
import { parseCertificate } from '@muster/domain/certificate';
import { uriNames } from '@muster/domain/certificate-names';
import { DerError, readOnlyDer } from '@muster/domain/der';
import { escapeText } from '@muster/domain/display';
import { describeKey, readPublicKey } from '@muster/domain/public-key';
import type { BundleRow } from '../upstream/spire/rows.ts';

/** One authority of a bundle with its facts. Times are milliseconds since 1970. */
export interface BundleKey {
  kind: 'x509' | 'jwt';
  /** SHA-256 of the certificate, hex; or the key id. What two copies are matched by. */
  id: string;
  /** SHA-256 of the certificate or of the SubjectPublicKeyInfo, hex. */
  fingerprint: string;
  /** For people: subject, or type of key. */
  text: string;
  keyType: string;
  tainted: boolean;
  subject: string;
  serial: string;
  subjectKeyId: string;
  /** URI names of the certificate. */
  uris: readonly string[];
  notBefore: number | undefined;
  /** Undefined: not stated. */
  notAfter: number | undefined;
  /** Why it cannot be read; empty otherwise. */
  problem: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The authorities of a bundle, X.509 first, in its order. */
export function keysOf(bundle: Pick<BundleRow, 'x509' | 'jwt'>): BundleKey[] {
  return [...bundle.x509.map(x509Key), ...bundle.jwt.map(jwtKey)];
}

function x509Key({ der, tainted }: BundleRow['x509'][number]): BundleKey {
  const fingerprint = sha256(der);
  const base = { kind: 'x509' as const, id: fingerprint, fingerprint, tainted };
  const read = parseCertificate(ownBytes(der));
  if (!read.ok) return { ...base, ...unread, text: 'cannot be read', problem: read.problem.message };
  const { subject, serial, publicKey, extensions, notBefore, notAfter } = read.value;
  const name = escapeText(subject.text.slice(0, 500));
  return {
    ...base,
    text: name === '' ? '(no subject)' : name,
    keyType: describeKey(publicKey.key),
    subject: name,
    serial: toHex(serial.subarray(0, 64)),
    subjectKeyId: extensions.subjectKeyId ? toHex(extensions.subjectKeyId.subarray(0, 64)) : '',
    uris: uriNames(read.value).map(toLatin1),
    notBefore,
    notAfter,
    problem: '',
  };
}

function jwtKey({ keyId, publicKey, expiresAt, tainted }: BundleRow['jwt'][number]): BundleKey {
  let keyType = '';
  let problem = '';
  try {
    keyType = describeKey(readPublicKey(readOnlyDer(ownBytes(publicKey))).key);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    problem = error.message;
  }
  return {
    ...unread,
    kind: 'jwt',
    id: keyId,
    fingerprint: sha256(publicKey),
    text: keyType === '' ? 'cannot be read' : keyType,
    keyType,
    tainted,
    notAfter: expiresAt === 0n ? undefined : Number(expiresAt) * 1000,
    problem,
  };
}

const unread = {
  keyType: '',
  subject: '',
  serial: '',
  subjectKeyId: '',
  uris: [],
  notBefore: undefined,
  notAfter: undefined,
};

/** One key of two copies. */
export interface KeyPair {
  left: BundleKey | undefined;
  right: BundleKey | undefined;
  /** How the two differ, in words; empty when they are equal or one is missing. */
  difference: string;
}

/**
 * Two copies key by key, in the order of the left. Sequence numbers say nothing here: a bundle that a server
 * fetched has 0, and expiry of JWT keys is not in the documents that endpoints serve.
 */
export function compareKeys(left: readonly BundleKey[], right: readonly BundleKey[]): KeyPair[] {
  const name = ({ kind, id }: BundleKey): string => `${kind} ${id}`;
  const others = new Map(right.map((key) => [name(key), key]));
  const pairs: KeyPair[] = left.map((key) => {
    const other = others.get(name(key));
    others.delete(name(key));
    return { left: key, right: other, difference: other ? difference(key, other) : '' };
  });
  for (const key of others.values()) pairs.push({ left: undefined, right: key, difference: '' });
  return pairs;
}

function difference(left: BundleKey, right: BundleKey): string {
  const found: string[] = [];
  // A key id is only a name: with another key behind it, tokens of one side fail on the other.
  if (left.fingerprint !== right.fingerprint) found.push('another key under the same key id');
  if (left.tainted !== right.tainted)
    found.push(`tainted ${left.tainted ? 'on the left' : 'on the right'} only`);
  return found.join('; ');
}

/** True when both have the same keys; taint and expiry do not count, for endpoints do not carry them. */
export function sameKeys(left: readonly BundleKey[], right: readonly BundleKey[]): boolean {
  return compareKeys(left, right).every(
    ({ left: one, right: other }) => one && other && one.fingerprint === other.fingerprint,
  );
}

/** A short name of a key that a person finds again in other tools. */
export function keyName(key: BundleKey): string {
  return key.kind === 'jwt'
    ? `JWT key ${escapeText(key.id.slice(0, 80))}`
    : `X.509 authority ${key.fingerprint.slice(0, 16)}…${key.subject === '' ? '' : ` (${key.subject.slice(0, 80)})`}`;
}

/** "2 X.509 authorities and 1 JWT key" */
export function countedKeys(keys: readonly BundleKey[]): string {
  const x509 = keys.filter(({ kind }) => kind === 'x509').length;
  const jwt = keys.length - x509;
  const parts = [
    ...(x509 > 0 ? [`${x509} X.509 ${x509 === 1 ? 'authority' : 'authorities'}`] : []),
    ...(jwt > 0 ? [`${jwt} JWT ${jwt === 1 ? 'key' : 'keys'}`] : []),
  ];
  return parts.length === 0 ? 'no key' : parts.join(' and ');
}

/** The first to expire, milliseconds; undefined when none says. */
export function firstExpiry(keys: readonly BundleKey[]): number | undefined {
  const ends = keys.flatMap(({ notAfter }) => notAfter ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
