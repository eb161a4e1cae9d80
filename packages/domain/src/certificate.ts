import type { Bytes } from './bytes.ts';
import {
  contextTag,
  type Der,
  DerCursor,
  DerError,
  readAll,
  readDer,
  readIntegerBytes,
  readOctetsOfBits,
  readSmallInteger,
  readTime,
  TAG,
} from './der.ts';
import { type DistinguishedName, equalNames, readName } from './distinguished-name.ts';
import { type ExtensionFacts, readExtensions } from './extensions.ts';
import { limits } from './limits.ts';
import { looksLikePem, parsePem } from './pem.ts';
import { type PublicKeyInfo, readPublicKey } from './public-key.ts';
import { Recent } from './recent.ts';
import { type Parsed, parsed, refused } from './result.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

/** The facts of one certificate, read from its DER (RFC 5280 4.1). Times are milliseconds since 1970. */
export interface Certificate {
  readonly der: Bytes;
  readonly tbs: Bytes;
  readonly serial: Bytes;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: ExtensionFacts;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Bytes;
}

export function isSelfIssued(certificate: Certificate): boolean {
  return equalNames(certificate.issuer, certificate.subject);
}

/** Reads one certificate that fills `bytes` exactly. */
export function parseCertificate(bytes: Bytes): Parsed<Certificate> {
  return guard(() => {
    const der = readDer(bytes);
    if (der.bytes.length !== bytes.length) throw new DerError('There are bytes after the certificate.');
    return readCertificate(der);
  });
}

/** Reads certificates from PEM, or from DER set one after another as the Workload API does (Workload API 5.1). */
export function parseCertificates(
  input: Bytes,
  mostBytes: number = limits.pemBytes,
  most: number = limits.certificates,
): Parsed<readonly Certificate[]> {
  if (input.length > mostBytes) {
    return refused('too-large', `The input has ${input.length} bytes; ${mostBytes} is the limit.`);
  }
  if (looksLikeDer(input) || !looksLikePem(input)) return parseDerCertificates(input, mostBytes, most);
  const pem = parsePem(input);
  if (!pem.ok) return pem;
  const stranger = pem.value.find((block) => block.label !== 'CERTIFICATE');
  if (stranger) {
    const secret = stranger.label.endsWith('PRIVATE KEY');
    return refused(
      secret ? 'private-key' : 'pem-label',
      secret ? 'The input also holds a private key; remove the key.' : 'A PEM block is not a certificate.',
    );
  }
  if (pem.value.length > most) return refused('too-many', tooMany(most));
  return guard(() =>
    pem.value.map((block, index) => {
      const der = readDer(block.bytes);
      if (der.bytes.length !== block.bytes.length) throw new DerError('There are bytes after a certificate.');
      return readOneOf(der, index);
    }),
  );
}

/** Reads certificates from DER only: what the Workload API carries is never PEM (Workload API 5.1). */
export function parseDerCertificates(
  input: Bytes,
  mostBytes: number = limits.pemBytes,
  most: number = limits.certificates,
): Parsed<readonly Certificate[]> {
  if (input.length > mostBytes) {
    return refused('too-large', `The input has ${input.length} bytes; ${mostBytes} is the limit.`);
  }
  return guard(() => readAll(bounded(input, most)).map(readOneOf));
}

/** No text has these two bytes; a boundary line inside an extension must not turn DER into PEM. */
export function looksLikeDer(input: Bytes): boolean {
  return input[0] === TAG.sequence && (input[1] ?? 0) > 0x80;
}

function tooMany(most: number): string {
  return `There are more than ${most} certificates.`;
}

/** Counts the elements before any is read, so that a thousand of them cost no more than their headers. */
function bounded(input: Bytes, most: number): Bytes {
  if (input.length === 0) throw new DerError('The input is empty.');
  let count = 0;
  for (let offset = 0; offset < input.length; offset = readDer(input, offset).end) {
    if (++count > most) throw new DerError(tooMany(most));
  }
  return input;
}

/** A leaf is read anew; what comes after it is the same for every leaf of an issuer. */
function readOneOf(der: Der, index: number): Certificate {
  return index === 0 ? readCertificate(der) : recent.get(der.bytes);
}

const recent = new Recent(64, 256 * 1024, (bytes) => {
  const certificate = readCertificate(readDer(bytes));
  lasting.add(certificate);
  return certificate;
});
const lasting = new WeakSet<Certificate>();

/** Whether the same object may come with the next document too, so that what is found out about it is worth keeping. */
export function isLasting(certificate: Certificate): boolean {
  return lasting.has(certificate);
}

function guard<T>(read: () => T): Parsed<T> {
  try {
    return parsed(read());
  } catch (error) {
    if (error instanceof DerError) return refused('der', error.message);
    throw error;
  }
}

function readCertificate(der: Der): Certificate {
  const outer = new DerCursor(der);
  const tbs = outer.take(TAG.sequence);
  const algorithm = outer.take(TAG.sequence);
  const signature = readOctetsOfBits(outer.take());
  outer.end();

  const inner = new DerCursor(tbs);
  const version = readVersion(inner.optional(contextTag(0, true)));
  const serial = readIntegerBytes(inner.take());
  const innerAlgorithm = inner.take(TAG.sequence);
  const issuer = readName(inner.take());
  const validity = new DerCursor(inner.take());
  const notBefore = readTime(validity.take());
  const notAfter = readTime(validity.take());
  validity.end();
  const subject = readName(inner.take());
  const publicKey = readPublicKey(inner.take());
  inner.optional(contextTag(1, false));
  inner.optional(contextTag(2, false));
  const wrapper = inner.optional(contextTag(3, true));
  inner.end();
  if (wrapper && version !== 3) throw new DerError('Extensions in a certificate that is not version 3.');
  return {
    der: der.bytes,
    tbs: tbs.bytes,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    extensions: readExtensions(wrapper && onlyChild(wrapper)),
    signatureAlgorithm: readSignatureAlgorithm(algorithm, innerAlgorithm),
    signature,
  };
}

function readVersion(der: Der | undefined): 1 | 2 | 3 {
  if (!der) return 1;
  const number = readSmallInteger(onlyChild(der));
  if (number === 1) return 2;
  if (number === 2) return 3;
  throw new DerError('The version of the certificate is not 1, 2 or 3.');
}

function onlyChild(der: Der): Der {
  const [child, ...others] = readAll(der.content);
  if (!child || others.length > 0) throw new DerError('An element is missing or one too many.');
  return child;
}
