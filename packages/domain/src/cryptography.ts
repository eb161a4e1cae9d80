import type { Bytes } from './bytes.ts';
import { type PublicKey, toJwk } from './public-key.ts';
import type { SignatureScheme } from './signature-algorithm.ts';

export type UsableScheme = Exclude<SignatureScheme, { scheme: 'unsupported' }>;
export type UsableKey = Exclude<PublicKey, { type: 'unsupported' }>;

/** The two primitives that judging needs. Implementations give the same answers; they differ in how soon. */
export interface Cryptography {
  /**
   * Whether the key made this signature; ECDSA signatures are r and s side by side. Key and scheme go together.
   * Throws, or rejects, when the key or the algorithm cannot be used here: a point off its curve, say.
   */
  verify(scheme: UsableScheme, key: UsableKey, signature: Bytes, data: Bytes): boolean | Promise<boolean>;
  sha256(bytes: Bytes): Bytes | Promise<Bytes>;
}

/** What every browser has, and Node too. A key is imported once for as long as what it was read from is held. */
export const webCryptography: Cryptography = {
  async verify(scheme, key, signature, data) {
    return crypto.subtle.verify(verifyParams(scheme), await imported(scheme, key), signature, data);
  },
  async sha256(bytes) {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  },
};

let current = webCryptography;

/** What is in use. */
export const cryptography = (): Cryptography => current;

/**
 * Puts another implementation in the place of WebCrypto, for this whole process, once and at its start. Where a
 * program is not a browser it may have one that answers at once: WebCrypto hands each call to another thread, which
 * takes as long as the check itself.
 */
export function useCryptography(implementation: Cryptography): void {
  current = implementation;
}

const keys = new WeakMap<UsableKey, Map<string, Promise<CryptoKey>>>();

function imported(scheme: UsableScheme, key: UsableKey): Promise<CryptoKey> {
  // An RSA key is imported for one scheme and one hash; it may be asked to verify others.
  const use = scheme.scheme === 'Ed25519' ? scheme.scheme : `${scheme.scheme} ${scheme.hash}`;
  const known = keys.get(key) ?? new Map<string, Promise<CryptoKey>>();
  keys.set(key, known);
  const ready = known.get(use) ?? importKey(scheme, key);
  known.set(use, ready);
  return ready;
}

async function importKey(scheme: UsableScheme, key: UsableKey): Promise<CryptoKey> {
  const jwk = toJwk(key);
  if (!jwk) throw new TypeError('There is no key to import.');
  return crypto.subtle.importKey('jwk', jwk, importParams(scheme, key), false, ['verify']);
}

function importParams(scheme: UsableScheme, key: UsableKey) {
  if (scheme.scheme === 'Ed25519') return { name: 'Ed25519' };
  if (key.type === 'EC') return { name: 'ECDSA', namedCurve: key.curve };
  return { name: scheme.scheme, hash: scheme.hash };
}

function verifyParams(scheme: UsableScheme) {
  if (scheme.scheme === 'Ed25519') return { name: 'Ed25519' };
  if (scheme.scheme === 'RSA-PSS') return { name: 'RSA-PSS', saltLength: scheme.saltLength };
  return { name: scheme.scheme, hash: scheme.hash };
}
