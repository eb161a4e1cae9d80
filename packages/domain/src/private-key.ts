import { type Bytes, equalBytes, toHex } from './bytes.ts';
import {
  contextTag,
  DerCursor,
  DerError,
  readMagnitude,
  readOid,
  readOnlyDer,
  readSmallInteger,
  TAG,
} from './der.ts';
import { limits } from './limits.ts';
import { CURVES, OID } from './oid.ts';
import { looksLikePem, parsePem } from './pem.ts';
import { bitLength, type PublicKeyInfo, toJwk } from './public-key.ts';

/** Whether a private key is unencrypted PKCS#8 and belongs to a public key; `why` never repeats the key. */
export type KeyMatch = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Row X-28 (Workload API 5.1). An EC or Ed25519 key is used to sign one random value, and the numbers of an RSA key are
 * worked out, so a false copy of the public part fails.
 */
export async function matchPrivateKey(input: Bytes, publicKey: PublicKeyInfo): Promise<KeyMatch> {
  if (input.length > limits.privateKeyBytes) return no('The private key is too large.');
  const der = looksLikePem(input) ? fromPem(input) : input;
  if (typeof der === 'string') return no(der);
  const problem = shapeProblem(der, publicKey);
  if (problem !== undefined) return no(problem);
  return publicKey.key.type === 'RSA' ? { ok: true } : trial(der, publicKey);
}

function fromPem(input: Bytes): Bytes | string {
  const pem = parsePem(input);
  if (!pem.ok) return 'The private key is not readable PEM.';
  const [block, ...others] = pem.value;
  if (!block || others.length > 0) return 'There is not exactly one PEM block in the private key.';
  if (block.label === 'ENCRYPTED PRIVATE KEY') return 'The private key is encrypted.';
  if (block.label !== 'PRIVATE KEY') return 'The private key is not PKCS#8.';
  return block.bytes;
}

/** PrivateKeyInfo (RFC 5958 2) of the same algorithm as the public key; a sentence when it is not. */
function shapeProblem(der: Bytes, { key, pssOnly }: PublicKeyInfo): string | undefined {
  try {
    const info = new DerCursor(readOnlyDer(der));
    // An encrypted key starts with an algorithm where a plain one has its version.
    if (info.optional(TAG.sequence)) return 'The private key is encrypted or not PKCS#8.';
    if (readSmallInteger(info.take()) > 1) return 'The private key is not PKCS#8.';
    const next = info.take();
    if (next.tag === TAG.octetString || next.tag === TAG.integer) return 'The private key is not PKCS#8.';
    const algorithm = new DerCursor(next);
    const oid = readOid(algorithm.take());
    const secret = info.take(TAG.octetString).content;
    info.optional(contextTag(0, true));
    info.optional(contextTag(1, false));
    info.end();
    const expected = key.type === 'RSA' ? OID.rsa : key.type === 'EC' ? OID.ec : OID.ed25519;
    // RFC 4055 1.2: a key that is for RSASSA-PSS only says so in its PKCS#8 as well.
    if (oid !== expected && !(pssOnly && oid === OID.rsaPss))
      return 'The private key is of another type than the certificate.';
    if (key.type === 'EC' && CURVES.get(readOid(algorithm.take())) !== key.curve) {
      return 'The private key is on another curve than the certificate.';
    }
    if (key.type !== 'RSA') return undefined;
    const rsa = new DerCursor(readOnlyDer(secret));
    rsa.take(TAG.integer);
    const n = readMagnitude(rsa.take());
    const e = readMagnitude(rsa.take());
    const parts = Array.from({ length: 6 }, () => readMagnitude(rsa.take()));
    rsa.end();
    if (parts.some((part) => bitLength(part) > limits.rsaBits)) return 'The private key is out of bounds.';
    return equalBytes(n, key.n) && equalBytes(e, key.e) && isFactored(n, e, parts)
      ? undefined
      : 'The private key does not belong to the certificate.';
  } catch (error) {
    if (error instanceof DerError) return 'The private key is not readable PKCS#8.';
    throw error;
  }
}

/**
 * Whether d, p, q, dP, dQ and qInv are the private part of n and e (RFC 8017 3.2). Who has the factors has the key, so
 * no signature is needed to try it, which takes a tenth of a second with a long one.
 */
function isFactored(n: Bytes, e: Bytes, parts: readonly Bytes[]): boolean {
  const [d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, inverse = 0n] = parts.map(toBigInt);
  if (p <= 1n || q <= 1n || p * q !== toBigInt(n)) return false;
  const product = toBigInt(e) * d - 1n;
  const sound = product % (p - 1n) === 0n && product % (q - 1n) === 0n;
  return sound && d % (p - 1n) === dp && d % (q - 1n) === dq && (inverse * q) % p === 1n;
}

function toBigInt(magnitude: Bytes): bigint {
  return BigInt(`0x0${toHex(magnitude)}`);
}

async function trial(der: Bytes, { key }: PublicKeyInfo): Promise<KeyMatch> {
  const jwk = toJwk(key);
  if (!jwk || key.type === 'unsupported') return no('The key of the certificate is not supported.');
  const algorithm =
    key.type === 'EC' ? { name: 'ECDSA', namedCurve: key.curve, hash: 'SHA-256' } : { name: 'Ed25519' };
  try {
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    const secret = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    const open = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
    const signature = await crypto.subtle.sign(algorithm, secret, challenge);
    const matches = await crypto.subtle.verify(algorithm, open, signature, challenge);
    return matches ? { ok: true } : no('The private key does not belong to the certificate.');
  } catch {
    return no('The private key cannot be used or does not belong to the certificate.');
  }
}

function no(why: string): KeyMatch {
  return { ok: false, why };
}
