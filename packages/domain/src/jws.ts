import { decodeBase64Url, decodeBase64UrlWithSpareBits } from './base64.ts';
import { type Bytes, toLatin1, utf8Encode } from './bytes.ts';
import type { Bundle, BundleEntry, KeyUse } from './bundle.ts';
import { usable } from './bundle.ts';
import { isJsonObject, type JsonObject, parseJson } from './json.ts';
import { limits } from './limits.ts';
import type { PublicKey } from './public-key.ts';
import { type Parsed, parsed, refused } from './result.ts';
import { verifyJwsSignature } from './signature.ts';
import type { SignatureScheme } from './signature-algorithm.ts';

/** A token taken apart, not yet judged. Header or claims are absent when their JSON is not one object. */
export interface Jws {
  readonly header?: JsonObject;
  readonly claims?: JsonObject;
  /** What is wrong with the JSON of header or claims (J-16); empty when nothing is. */
  readonly jsonProblems: readonly string[];
  /** A part ends in bits that belong to no byte (RFC 4648 3.5), as after a change of its last letter: never good. */
  readonly spareBits: boolean;
  readonly signature: Bytes;
  readonly signed: Bytes;
}

/** Takes JWS compact serialization apart (RFC 7515 3.1, 7.1): three base64url parts, nothing around them. */
export function parseJws(input: Bytes): Parsed<Jws> {
  if (input.length > limits.jwtBytes)
    return refused('too-large', `The token has more than ${limits.jwtBytes} bytes.`);
  const text = toLatin1(input);
  if (text.trimStart().startsWith('{'))
    return refused('json-serialization', 'The token is in JSON serialization.');
  const parts = text.split('.');
  if (parts.length !== 3) return refused('parts', `The token has ${parts.length} parts; three are due.`);
  const strict = parts.map(decodeBase64Url);
  const spareBits = strict.includes(undefined);
  const [header, claims, signature] = spareBits ? parts.map(decodeBase64UrlWithSpareBits) : strict;
  if (!header || !claims || !signature)
    return refused('base64url', 'A part of the token is not base64url without padding.');
  const jsonProblems: string[] = [];
  const read = (bytes: Bytes, name: string): JsonObject | undefined => {
    const json = parseJson(bytes);
    if (!json.ok) jsonProblems.push(`The ${name}: ${json.problem.message}`);
    else if (json.value.duplicates.length > 0)
      jsonProblems.push(`The ${name}: the member ${json.value.duplicates[0]} occurs twice.`);
    else if (!isJsonObject(json.value.value)) jsonProblems.push(`The ${name}: not a JSON object.`);
    return json.ok && isJsonObject(json.value.value) ? json.value.value : undefined;
  };
  const headerObject = read(header, 'header');
  const claimsObject = read(claims, 'claims');
  return parsed({
    ...(headerObject ? { header: headerObject } : {}),
    ...(claimsObject ? { claims: claimsObject } : {}),
    jsonProblems,
    spareBits,
    signature,
    signed: utf8Encode(text.slice(0, text.lastIndexOf('.'))),
  });
}

export interface JwsAlgorithm {
  readonly scheme: SignatureScheme;
  readonly fits: (key: PublicKey) => boolean;
}

/** The nine algorithms of JWT-SVID 2.1. A Map, so that `constructor` is no algorithm. */
export const JWS_ALGORITHMS: ReadonlyMap<string, JwsAlgorithm> = new Map(
  (['256', '384', '512'] as const).flatMap((size): [string, JwsAlgorithm][] => {
    const hash = `SHA-${size}` as const;
    const curve = size === '512' ? 'P-521' : (`P-${size}` as const);
    // RFC 7518 3.3 and 3.5: RSA keys of 2048 bits or more.
    const rsa = (key: PublicKey) => key.type === 'RSA' && key.bits >= 2048;
    return [
      [`RS${size}`, { scheme: { scheme: 'RSASSA-PKCS1-v1_5', hash }, fits: rsa }],
      [`PS${size}`, { scheme: { scheme: 'RSA-PSS', hash, saltLength: Number(size) / 8 }, fits: rsa }],
      [
        `ES${size}`,
        { scheme: { scheme: 'ECDSA', hash }, fits: (key) => key.type === 'EC' && key.curve === curve },
      ],
    ];
  }),
);

/** How the search for the signing key ended. `misfit`: a key was chosen, but alg does not fit it (J-15). */
export type KeySearch =
  | { readonly state: 'verified'; readonly entry: BundleEntry; readonly key: PublicKey }
  | { readonly state: 'no-keys' | 'unknown-kid' | 'misfit' | 'bad-signature' };

/**
 * Looks for the key that made the signature among the keys of one `use`. With a kid only the keys of that kid are
 * tried, without one all of them (JWT-SVID 2.2). The number of signatures checked is bounded.
 */
export async function findSigningKey(
  jws: Jws,
  alg: string,
  algorithm: JwsAlgorithm,
  keyId: string | undefined,
  bundle: Bundle,
  use: KeyUse,
): Promise<KeySearch> {
  const all = usable(bundle, use);
  if (all.length === 0) return { state: 'no-keys' };
  const chosen = keyId === undefined ? all : all.filter((entry) => entry.keyId === keyId);
  if (chosen.length === 0) return { state: 'unknown-kid' };
  const fitting = chosen.filter((entry) => entry.key && algorithm.fits(entry.key) && jwkAllows(entry, alg));
  if (fitting.length === 0) return { state: 'misfit' };
  for (const entry of fitting.slice(0, limits.signatureChecks)) {
    if (!entry.key) continue;
    const outcome = await verifyJwsSignature(algorithm.scheme, entry.key, jws.signature, jws.signed);
    if (outcome.state === 'good') return { state: 'verified', entry, key: entry.key };
  }
  return { state: 'bad-signature' };
}

/** A JWK that names an algorithm or operations is only for those (RFC 7517 4.3, 4.4). */
function jwkAllows({ jwk }: BundleEntry, alg: string): boolean {
  const named = jwk?.get('alg');
  if (named !== undefined && named !== alg) return false;
  const operations = jwk?.get('key_ops');
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}
