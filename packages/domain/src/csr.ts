import { type Bytes, ownBytes, toLatin1 } from './bytes.ts';
import {
  children,
  contextTag,
  DerCursor,
  DerError,
  expectTag,
  readOctetsOfBits,
  readOid,
  readOnlyDer,
  readSmallInteger,
  TAG,
} from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { readExtensions } from './extensions.ts';
import { looksLikePem, parsePem } from './pem.ts';
import { decodeBase64 } from './base64.ts';
import { type PublicKeyInfo, readPublicKey } from './public-key.ts';
import { type Parsed, parsed, refused } from './result.ts';
import { readSignatureAlgorithm } from './signature-algorithm.ts';
import { verifyX509Signature } from './signature.ts';

/** What a certification request asks for (PKCS#10, RFC 2986). Its signature is good. */
export interface CertificationRequest {
  readonly der: Bytes;
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKeyInfo;
  /** Each as it stands, not parsed. */
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** Names of other kinds, in words: "IP address", "email address". */
  readonly otherNames: readonly string[];
}

/** A request beyond this costs more than any honest one. */
const maxBytes = 16 * 1024;
const extensionRequest = '1.2.840.113549.1.9.14';

/** Reads a request from PEM or from base64 of its DER, and verifies that it is signed by its own key. */
export async function parseCertificationRequest(text: string): Promise<Parsed<CertificationRequest>> {
  const der = derOf(text);
  if (!der.ok) return der;
  try {
    return await verified(der.value);
  } catch (error) {
    if (error instanceof DerError)
      return refused('csr-broken', `It is not a PKCS#10 request. ${error.message}`);
    throw error;
  }
}

function derOf(text: string): Parsed<Bytes> {
  if (text.length > 2 * maxBytes) return refused('csr-too-large', `It is larger than ${maxBytes} bytes.`);
  const bytes = ownBytes(new TextEncoder().encode(text.trim()));
  if (bytes.length === 0) return refused('csr-empty', 'It is empty.');
  if (!looksLikePem(bytes)) {
    const decoded = decodeBase64(text.replaceAll(/\s+/gu, ''));
    return decoded ? parsed(ownBytes(decoded)) : refused('csr-broken', 'It is neither PEM nor base64.');
  }
  const pem = parsePem(bytes);
  if (!pem.ok) return pem;
  if (pem.value.some(({ label }) => label.endsWith('PRIVATE KEY')))
    return refused(
      'private-key',
      'It also holds a private key. Remove the key: it must not leave its machine.',
    );
  const [block, ...more] = pem.value;
  if (!block || more.length > 0 || !/^(NEW )?CERTIFICATE REQUEST$/u.test(block.label))
    return refused('csr-broken', 'It is not one PEM block of a CERTIFICATE REQUEST.');
  return parsed(ownBytes(block.bytes));
}

async function verified(der: Bytes): Promise<Parsed<CertificationRequest>> {
  const outer = new DerCursor(readOnlyDer(der));
  const info = outer.take(TAG.sequence);
  const algorithm = outer.take(TAG.sequence);
  const signature = readOctetsOfBits(outer.take());
  outer.end();
  const cursor = new DerCursor(info);
  if (readSmallInteger(cursor.take()) !== 0) throw new DerError('Its version is not 1.');
  const subject = readName(cursor.take());
  const publicKey = readPublicKey(cursor.take());
  const attributes = cursor.optional(contextTag(0, true));
  cursor.end();
  const outcome = await verifyX509Signature(
    readSignatureAlgorithm(algorithm, algorithm),
    publicKey,
    signature,
    info.bytes,
  );
  if (outcome.state === 'bad')
    return refused('csr-signature', 'Its signature does not fit its own public key: it was changed, or cut.');
  if (outcome.state === 'unsupported')
    return refused('csr-signature', `Its signature cannot be checked: ${outcome.why}.`);
  const names = attributes ? children(attributes).flatMap((one) => altNames(new DerCursor(one))) : [];
  return parsed({
    der,
    subject,
    publicKey,
    uris: names.flatMap((name) => (name.kind === 'uri' ? [toLatin1(name.bytes)] : [])),
    dnsNames: names.flatMap((name) => (name.kind === 'dns' ? [name.text] : [])),
    otherNames: names.flatMap((name) => (name.kind in words ? [words[name.kind] ?? ''] : [])),
  });
}

const words: Partial<Record<string, string>> = {
  ip: 'IP address',
  email: 'email address',
  directory: 'directory name',
  other: 'other name',
};

function altNames(attribute: DerCursor) {
  const type = readOid(attribute.take());
  const values = children(expectTag(attribute.take(), TAG.set));
  attribute.end();
  if (type !== extensionRequest) return [];
  return values.flatMap((value) => {
    const extensions = readExtensions(value);
    if (extensions.malformed.length > 0) throw new DerError('An extension it asks for is broken.');
    return extensions.altNames;
  });
}
