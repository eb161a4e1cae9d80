import { readFileSync } from 'node:fs';
import { CallError } from '@muster/practice/slim/ipc';
import type { JwtAlgorithm } from './types.ts';

const MOST_BYTES = 1024 * 1024;

export interface VerifyingKeys {
  /** A JWKS, as JSON. */
  keys: string;
  /** Of the first key: the bindings want one named, and go by each key's own. */
  algorithm: JwtAlgorithm;
}

/**
 * Reads the keys that members' tokens are verified by: a JWKS (RFC 7517), or what spiffe-helper writes as
 * `jwt_bundle_file_name`: trust domains with the JWKS of each in base64.
 * @throws {CallError} `identity`: it cannot be read, or holds no public key
 */
export function readKeys(file: string): VerifyingKeys {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CallError('identity', `its keysFile cannot be read (${code})`);
  }
  const keys = text.length > MOST_BYTES ? [] : keysIn(text);
  const [first] = keys;
  if (!first)
    throw new CallError(
      'identity',
      'its keysFile holds no public key; a JWKS is expected, or the JWT bundles that spiffe-helper writes',
    );
  return { keys: JSON.stringify({ keys }), algorithm: algorithmOf(first) };
}

interface Jwk {
  kty: string;
  alg?: string;
  crv?: string;
}

function keysIn(text: string): Jwk[] {
  const content = objectOf(text);
  if (!content) return [];
  const sets = 'keys' in content ? [content] : Object.values(content).map(decoded);
  return sets.flatMap((set) => (Array.isArray(set?.['keys']) ? set['keys'] : [])).filter(isPublicKey);
}

function decoded(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'string' ? objectOf(Buffer.from(value, 'base64').toString('utf8')) : undefined;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A private or symmetric key has no place among those that verify. */
function isPublicKey(value: unknown): value is Jwk {
  if (typeof value !== 'object' || value === null || 'd' in value || !('kty' in value)) return false;
  return value.kty === 'EC' || value.kty === 'RSA' || value.kty === 'OKP';
}

const named: readonly JwtAlgorithm[] = [
  ...(['ES256', 'ES384', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const),
];

function algorithmOf({ kty, alg, crv }: Jwk): JwtAlgorithm {
  const stated = named.find((one) => one === alg);
  if (stated) return stated;
  if (kty === 'RSA') return 'RS256';
  if (kty === 'OKP') return 'EdDSA';
  return crv === 'P-384' ? 'ES384' : 'ES256';
}
