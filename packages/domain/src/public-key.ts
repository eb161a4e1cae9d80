import { encodeBase64Url } from './base64.ts';
import type { Bytes } from './bytes.ts';
import { isOnCurve } from './curve.ts';
import {
  type Der,
  DerCursor,
  DerError,
  readMagnitude,
  readOctetsOfBits,
  readOid,
  readOnlyDer,
  TAG,
} from './der.ts';
import { limits } from './limits.ts';
import { CURVES, OID } from './oid.ts';

export type Curve = 'P-256' | 'P-384' | 'P-521';

/** A public key as the fields that decide equality and fitness, apart from how it was encoded. */
export type PublicKey =
  | { readonly type: 'RSA'; readonly n: Bytes; readonly e: Bytes; readonly bits: number }
  | { readonly type: 'EC'; readonly curve: Curve; readonly x: Bytes; readonly y: Bytes }
  | { readonly type: 'Ed25519'; readonly x: Bytes }
  | { readonly type: 'unsupported'; readonly name: string };

export interface PublicKeyInfo {
  readonly spki: Bytes;
  readonly key: PublicKey;
  /** The SPKI is bound to RSASSA-PSS (RFC 4055 1.2). */
  readonly pssOnly: boolean;
}

const FIELD_BYTES = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const;

export function fieldBytes(curve: Curve): number {
  return FIELD_BYTES[curve];
}

/** Reads a SubjectPublicKeyInfo. Throws DerError when it is broken; unknown algorithms become `unsupported`. */
export function readPublicKey(der: Der): PublicKeyInfo {
  const cursor = new DerCursor(der);
  const algorithm = new DerCursor(cursor.take());
  const oid = readOid(algorithm.take());
  const bits = readOctetsOfBits(cursor.take());
  cursor.end();
  const key = readKey(oid, algorithm, bits);
  return { spki: der.bytes, key, pssOnly: oid === OID.rsaPss };
}

function readKey(oid: string, algorithm: DerCursor, bits: Bytes): PublicKey {
  if (oid === OID.rsa || oid === OID.rsaPss) {
    const rsa = new DerCursor(readOnlyDer(bits));
    const n = readMagnitude(rsa.take());
    const e = readMagnitude(rsa.take());
    rsa.end();
    return rsaKey(n, e);
  }
  if (oid === OID.ec) {
    const parameters = algorithm.take();
    if (parameters.tag !== TAG.oid) return { type: 'unsupported', name: 'EC with explicit parameters' };
    const name = readOid(parameters);
    const curve = CURVES.get(name);
    if (!curve) return { type: 'unsupported', name: `EC curve ${name}` };
    return ecPoint(curve, bits);
  }
  if (oid === OID.ed25519) {
    if (bits.length !== 32) throw new DerError('An Ed25519 key is not 32 bytes.');
    return { type: 'Ed25519', x: bits };
  }
  return { type: 'unsupported', name: oid };
}

/** Bounds of S-18 style: a modulus or exponent beyond them costs more time than any honest key is worth. */
export function rsaKey(n: Bytes, e: Bytes): PublicKey {
  const bits = bitLength(n);
  if (bits > limits.rsaBits)
    return { type: 'unsupported', name: `RSA of ${bits} bits (limit ${limits.rsaBits})` };
  if (bitLength(e) > limits.rsaExponentBits)
    return { type: 'unsupported', name: 'RSA with an exponent above 2^32' };
  const odd = (n.at(-1) ?? 0) & (e.at(-1) ?? 0) & 1;
  if (bits < 512 || !odd || bitLength(e) < 2)
    return { type: 'unsupported', name: `RSA of ${bits} bits with unusable values` };
  return { type: 'RSA', n, e, bits };
}

function ecPoint(curve: Curve, bits: Bytes): PublicKey {
  const size = fieldBytes(curve);
  if (bits[0] !== 4) return { type: 'unsupported', name: `${curve} with a compressed point` };
  if (bits.length !== 1 + 2 * size) throw new DerError('An EC point has the wrong length.');
  const [x, y] = [bits.subarray(1, 1 + size), bits.subarray(1 + size)];
  if (!isOnCurve(curve, x, y)) throw new DerError('An EC point is not on its curve.');
  return { type: 'EC', curve, x, y };
}

/** For people: `RSA 2048`, `EC P-256`, `Ed25519`. */
export function describeKey(key: PublicKey): string {
  if (key.type === 'RSA') return `RSA ${key.bits}`;
  if (key.type === 'EC') return `EC ${key.curve}`;
  return key.type === 'Ed25519' ? 'Ed25519' : `unsupported (${key.name})`;
}

/** Equal for equal keys: the RFC 7638 thumbprint input, not hashed. Undefined for an unsupported key. */
export function keyIdentity(key: PublicKey): string | undefined {
  const jwk = toJwk(key);
  return jwk && JSON.stringify([jwk.kty, jwk.crv, jwk.n, jwk.e, jwk.x, jwk.y]);
}

/** Only public members, and only those that WebCrypto needs. */
export function toJwk(key: PublicKey): JsonWebKey | undefined {
  if (key.type === 'RSA') return { kty: 'RSA', n: encodeBase64Url(key.n), e: encodeBase64Url(key.e) };
  if (key.type === 'EC') {
    return { kty: 'EC', crv: key.curve, x: encodeBase64Url(key.x), y: encodeBase64Url(key.y) };
  }
  return key.type === 'Ed25519' ? { kty: 'OKP', crv: 'Ed25519', x: encodeBase64Url(key.x) } : undefined;
}

export function bitLength(magnitude: Bytes): number {
  const first = magnitude.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (magnitude.length - first - 1) * 8 + (32 - Math.clz32(magnitude[first] ?? 0));
}
