import type { Bytes } from './bytes.ts';
import {
  contextTag,
  DerCursor,
  DerError,
  readMagnitude,
  readOctetsOfBits,
  readOid,
  readOnlyDer,
  TAG,
} from './der.ts';
import type { JsonObject } from './json.ts';
import { readJwk } from './jwk.ts';
import { limits } from './limits.ts';
import { CURVES, OID } from './oid.ts';
import { type Curve, describeKey, fieldBytes, keyIdentity, type PublicKey, rsaKey } from './public-key.ts';

/** What may be said of a private key: its form and its public half. Nothing secret is in it. */
export interface KeyFacts {
  /** For people: `an EC P-256 private key (PKCS#8)`. */
  readonly words: string;
  /** The same for the same key, as `keyIdentity` gives it for the public one; undefined when it cannot be told. */
  readonly identity?: string;
  /** Why it cannot be told. */
  readonly why?: string;
}

/** Looks at a private key in DER: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 A.1.2) or SEC 1 (RFC 5915). */
export async function privateKeyFacts(der: Bytes): Promise<KeyFacts> {
  if (der.length > limits.privateKeyBytes)
    return { words: 'a private key', why: 'it is larger than any key' };
  try {
    const outer = new DerCursor(readOnlyDer(der));
    if (outer.optional(TAG.sequence))
      return { words: 'an encrypted private key', why: 'it is encrypted, so nothing can be compared' };
    const version = outer.take(TAG.integer);
    if (version.content[0] === 3)
      return { words: 'a PKCS#12 file', why: 'it may hold a private key, and is not opened here' };
    const next = outer.take();
    if (next.tag === TAG.sequence) return await pkcs8(der, outer, new DerCursor(next));
    if (next.tag === TAG.octetString) return sec1('SEC 1', outer, undefined);
    return known('PKCS#1', rsaKey(readMagnitude(next), readMagnitude(outer.take())));
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { words: 'a private key', why: 'it is broken, or of a form that is not known here' };
  }
}

/** A private JWK (RFC 7518 6): only its public members are read. */
export function privateJwkFacts(jwk: JsonObject): KeyFacts {
  const key = readJwk(jwk);
  return key.ok
    ? known('JWK', key.value)
    : { words: 'a private key (JWK)', why: 'its public half is not complete' };
}

async function pkcs8(der: Bytes, info: DerCursor, algorithm: DerCursor): Promise<KeyFacts> {
  const oid = readOid(algorithm.take());
  const secret = info.take(TAG.octetString).content;
  if (oid === OID.rsa || oid === OID.rsaPss) {
    const rsa = new DerCursor(readOnlyDer(secret));
    rsa.take(TAG.integer);
    return known('PKCS#8', rsaKey(readMagnitude(rsa.take()), readMagnitude(rsa.take())));
  }
  if (oid === OID.ec) {
    const curve = CURVES.get(readOid(algorithm.take()));
    const inner = new DerCursor(readOnlyDer(secret));
    inner.take(TAG.integer);
    inner.take(TAG.octetString);
    const facts = sec1('PKCS#8', inner, curve);
    if (facts.identity !== undefined || curve === undefined) return facts;
    return derived(der, { name: 'ECDSA', namedCurve: curve }, `an EC ${curve} private key (PKCS#8)`);
  }
  if (oid === OID.ed25519) return derived(der, { name: 'Ed25519' }, 'an Ed25519 private key (PKCS#8)');
  return { words: 'a private key (PKCS#8)', why: 'its algorithm is not one that SVIDs are made with' };
}

/** What follows the secret of an ECPrivateKey (RFC 5915 3): `[0]` the curve, `[1]` the public point, both optional. */
function sec1(form: string, rest: DerCursor, given: Curve | undefined): KeyFacts {
  const named = rest.optional(contextTag(0, true));
  const curve = named ? CURVES.get(readOid(new DerCursor(named, contextTag(0, true)).take())) : given;
  const words = curve === undefined ? `an EC private key (${form})` : `an EC ${curve} private key (${form})`;
  const wrapped = rest.optional(contextTag(1, true));
  if (!curve) return { words, why: 'its curve is not one that SVIDs are made with' };
  if (!wrapped) return { words, why: 'it does not hold its public half' };
  const point = readOctetsOfBits(new DerCursor(wrapped, contextTag(1, true)).take());
  const size = fieldBytes(curve);
  if (point[0] !== 4 || point.length !== 1 + 2 * size)
    return { words, why: 'its public half is not a plain point' };
  return known(form, { type: 'EC', curve, x: point.subarray(1, 1 + size), y: point.subarray(1 + size) });
}

/** The public half, worked out by the machine's cryptography where the file does not say it. */
async function derived(
  der: Bytes,
  algorithm: { readonly name: string; readonly namedCurve?: string },
  words: string,
): Promise<KeyFacts> {
  try {
    const secret = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', secret);
    return { words, identity: JSON.stringify([kty, crv, undefined, undefined, x, y]) };
  } catch {
    return { words, why: 'the cryptography of this machine refuses it' };
  }
}

function known(form: string, key: PublicKey): KeyFacts {
  const identity = keyIdentity(key);
  const words = `an ${describeKey(key)} private key (${form})`;
  return identity === undefined ? { words, why: 'its algorithm is not supported' } : { words, identity };
}
