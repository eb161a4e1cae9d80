import type { Bytes } from './bytes.ts';
import { cryptography, type UsableScheme } from './cryptography.ts';
import { DerCursor, DerError, readMagnitude, readOnlyDer } from './der.ts';
import { type Curve, fieldBytes, type PublicKey, type PublicKeyInfo } from './public-key.ts';
import type { SignatureScheme } from './signature-algorithm.ts';

/** Outcome of one signature check: `unsupported` is never a pass and says why. */
export type SignatureOutcome =
  | { readonly state: 'good' }
  | { readonly state: 'bad' }
  | { readonly state: 'unsupported'; readonly why: string };

const good: SignatureOutcome = { state: 'good' };
const bad: SignatureOutcome = { state: 'bad' };

/** Checks an X.509 signature; ECDSA signatures are DER (RFC 3279 2.2.3). */
export function verifyX509Signature(
  scheme: SignatureScheme,
  issuer: PublicKeyInfo,
  signature: Bytes,
  data: Bytes,
): Promise<SignatureOutcome> {
  if (issuer.pssOnly && scheme.scheme !== 'RSA-PSS')
    return Promise.resolve(unsupported('the key is for RSASSA-PSS only'));
  if (scheme.scheme !== 'ECDSA') return verify(scheme, issuer.key, signature, data);
  if (issuer.key.type !== 'EC') return Promise.resolve(mismatch(scheme, issuer.key));
  const raw = rawEcdsa(signature, issuer.key.curve);
  return raw ? verify(scheme, issuer.key, raw, data) : Promise.resolve(bad);
}

/** Checks a JWS signature; ECDSA signatures are r and s side by side (RFC 7518 3.4). */
export function verifyJwsSignature(
  scheme: SignatureScheme,
  key: PublicKey,
  signature: Bytes,
  data: Bytes,
): Promise<SignatureOutcome> {
  return verify(scheme, key, signature, data);
}

async function verify(
  scheme: SignatureScheme,
  key: PublicKey,
  signature: Bytes,
  data: Bytes,
): Promise<SignatureOutcome> {
  if (scheme.scheme === 'unsupported') return unsupported(`the algorithm ${scheme.name} is not supported`);
  if (key.type === 'unsupported') return unsupported(`the key is not supported: ${key.name}`);
  const needed = scheme.scheme === 'ECDSA' ? 'EC' : scheme.scheme === 'Ed25519' ? 'Ed25519' : 'RSA';
  if (key.type !== needed) return mismatch(scheme, key);
  try {
    return (await cryptography().verify(scheme, key, signature, data)) ? good : bad;
  } catch {
    // A point off the curve, or an algorithm that this browser does not have.
    return unsupported('the cryptography of this machine refuses the key or the algorithm');
  }
}

function unsupported(why: string): SignatureOutcome {
  return { state: 'unsupported', why };
}

function mismatch(scheme: UsableScheme, key: PublicKey): SignatureOutcome {
  return unsupported(`a key of type ${key.type} cannot make a ${scheme.scheme} signature`);
}

function rawEcdsa(signature: Bytes, curve: Curve): Bytes | undefined {
  const size = fieldBytes(curve);
  try {
    const cursor = new DerCursor(readOnlyDer(signature));
    const raw = new Uint8Array(2 * size);
    for (const end of [size, 2 * size]) {
      const magnitude = readMagnitude(cursor.take());
      if (magnitude.length > size) return undefined;
      raw.set(magnitude, end - magnitude.length);
    }
    cursor.end();
    return raw;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
