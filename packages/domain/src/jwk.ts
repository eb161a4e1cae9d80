import { decodeBase64Url } from './base64.ts';
import type { Bytes } from './bytes.ts';
import { isOnCurve } from './curve.ts';
import type { JsonObject } from './json.ts';
import { type Curve, fieldBytes, type PublicKey, rsaKey } from './public-key.ts';
import { type Parsed, parsed, refused } from './result.ts';

/** Members that hold private key material (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2). */
export const PRIVATE_MEMBERS: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export const KEY_TYPES: ReadonlySet<string> = new Set(['RSA', 'EC', 'OKP']);

/** Reads the public members of a JWK (RFC 7518 6, RFC 8037 2). Private members are never looked at. */
export function readJwk(jwk: JsonObject): Parsed<PublicKey> {
  switch (jwk.get('kty')) {
    case 'RSA': {
      const n = unsigned(jwk, 'n');
      const e = unsigned(jwk, 'e');
      return n && e ? parsed(rsaKey(n, e)) : refused('jwk-rsa', 'The RSA key has no proper n and e.');
    }
    case 'EC': {
      const crv = jwk.get('crv');
      if (typeof crv !== 'string') return refused('jwk-crv', 'The EC key names no curve.');
      if (crv !== 'P-256' && crv !== 'P-384' && crv !== 'P-521')
        return unsupported('an EC curve that is not supported');
      return readPoint(jwk, crv);
    }
    case 'OKP': {
      if (typeof jwk.get('crv') !== 'string') return refused('jwk-crv', 'The OKP key names no curve.');
      if (jwk.get('crv') !== 'Ed25519') return unsupported('an OKP curve that is not supported');
      const x = member(jwk, 'x');
      return x?.length === 32
        ? parsed({ type: 'Ed25519', x })
        : refused('jwk-okp', 'The Ed25519 key has no proper x.');
    }
    default:
      return refused('jwk-kty', 'The key type is missing or unknown.');
  }
}

function readPoint(jwk: JsonObject, curve: Curve): Parsed<PublicKey> {
  const x = member(jwk, 'x');
  const y = member(jwk, 'y');
  // RFC 7518 6.2.1.2: the full size of a coordinate, leading zeros included.
  if (x?.length !== fieldBytes(curve) || y?.length !== fieldBytes(curve)) {
    return refused('jwk-ec', 'The EC key has no x and y of the right length.');
  }
  return isOnCurve(curve, x, y)
    ? parsed({ type: 'EC', curve, x, y })
    : refused('jwk-ec', 'The EC key is not a point on its curve.');
}

function unsupported(name: string): Parsed<PublicKey> {
  return parsed({ type: 'unsupported', name });
}

function unsigned(jwk: JsonObject, name: string): Bytes | undefined {
  const bytes = member(jwk, name);
  // A leading zero is not minimal (RFC 7518 2) but harmless; it is dropped so that equal keys compare equal.
  return bytes && bytes.length > 0 && bytes.length <= 8192
    ? bytes.subarray(bytes.findIndex((byte) => byte !== 0))
    : undefined;
}

function member(jwk: JsonObject, name: string): Bytes | undefined {
  const value = jwk.get(name);
  return typeof value === 'string' ? decodeBase64Url(value) : undefined;
}
