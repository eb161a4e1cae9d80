import { equalBytes } from './bytes.ts';
import { contextTag, type Der, DerCursor, readAll, readOid, readSmallInteger, TAG } from './der.ts';
import { HASHES, OID } from './oid.ts';

export type Hash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** How a signature was made. `weak` names a reason when policy frowns on it. */
export type SignatureScheme =
  | { readonly scheme: 'RSASSA-PKCS1-v1_5'; readonly hash: Hash }
  | { readonly scheme: 'RSA-PSS'; readonly hash: Hash; readonly saltLength: number }
  | { readonly scheme: 'ECDSA'; readonly hash: Hash }
  | { readonly scheme: 'Ed25519' }
  | { readonly scheme: 'unsupported'; readonly name: string };

export type SignatureAlgorithm = SignatureScheme & {
  /** RFC 5280 4.1.1.2: the algorithm inside the signed part must equal the one outside. */
  readonly consistent: boolean;
};

const PLAIN: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ['1.2.840.113549.1.1.2', { scheme: 'unsupported', name: 'MD2 with RSA' }],
  ['1.2.840.113549.1.1.4', { scheme: 'unsupported', name: 'MD5 with RSA' }],
  ['1.2.840.113549.1.1.5', { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }],
  ['1.2.840.113549.1.1.11', { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
  ['1.2.840.113549.1.1.12', { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }],
  ['1.2.840.113549.1.1.13', { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
  ['1.2.840.10045.4.1', { scheme: 'ECDSA', hash: 'SHA-1' }],
  ['1.2.840.10045.4.3.2', { scheme: 'ECDSA', hash: 'SHA-256' }],
  ['1.2.840.10045.4.3.3', { scheme: 'ECDSA', hash: 'SHA-384' }],
  ['1.2.840.10045.4.3.4', { scheme: 'ECDSA', hash: 'SHA-512' }],
  [OID.ed25519, { scheme: 'Ed25519' }],
]);

export function readSignatureAlgorithm(outer: Der, inner: Der): SignatureAlgorithm {
  const cursor = new DerCursor(outer);
  const oid = readOid(cursor.take());
  const scheme =
    oid === OID.rsaPss ? readPss(cursor) : (PLAIN.get(oid) ?? { scheme: 'unsupported', name: oid });
  return { ...scheme, consistent: equalBytes(outer.bytes, inner.bytes) };
}

/** RSASSA-PSS-params (RFC 4055 3.1): MGF1 with the same hash, trailer 1; anything else WebCrypto cannot do. */
function readPss(algorithm: DerCursor): SignatureScheme {
  const odd: SignatureScheme = { scheme: 'unsupported', name: 'RSASSA-PSS with unusual parameters' };
  const parameters = algorithm.optional(TAG.sequence);
  if (!parameters) return odd;
  const cursor = new DerCursor(parameters);
  const hash = readHash(child(cursor.optional(contextTag(0, true))));
  const mask = child(cursor.optional(contextTag(1, true)));
  const salt = child(cursor.optional(contextTag(2, true)));
  const trailer = child(cursor.optional(contextTag(3, true)));
  cursor.end();
  if (trailer && readSmallInteger(trailer) !== 1) return odd;
  let maskHash: Hash | undefined = 'SHA-1';
  if (mask) {
    const inner = new DerCursor(mask);
    if (readOid(inner.take()) !== OID.mgf1) return odd;
    maskHash = readHash(inner.take());
  }
  if (!hash || hash !== maskHash) return odd;
  return { scheme: 'RSA-PSS', hash, saltLength: salt ? readSmallInteger(salt) : 20 };
}

function readHash(der: Der | undefined): Hash | undefined {
  return der ? (HASHES.get(readOid(new DerCursor(der).take())) as Hash | undefined) : 'SHA-1';
}

function child(der: Der | undefined): Der | undefined {
  return der && readAll(der.content)[0];
}

/** For people: `ECDSA with SHA-256`. */
export function describeScheme(scheme: SignatureScheme): string {
  if (scheme.scheme === 'unsupported') return `unsupported (${scheme.name})`;
  return scheme.scheme === 'Ed25519' ? 'Ed25519' : `${scheme.scheme} with ${scheme.hash}`;
}
