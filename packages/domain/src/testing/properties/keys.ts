import { type Bytes, concatBytes, utf8Encode } from '../../bytes.ts';
import { encodeBase64Url } from '../../base64.ts';
import { makeKey, type TestAlgorithm, type TestKey } from '../certificates.ts';

const pool = new Map<string, Promise<TestKey>>();

/** The same key for the same name in one run: making RSA keys is slow, and properties do not care which they get. */
export function keyNamed(algorithm: TestAlgorithm, name: string | number): Promise<TestKey> {
  const known = pool.get(`${algorithm} ${name}`);
  if (known) return known;
  const made = makeKey(algorithm);
  pool.set(`${algorithm} ${name}`, made);
  return made;
}

/** The nine algorithms of JWT-SVID 2.1 with the kind of key each needs. */
export const TOKEN_ALGORITHMS: readonly (readonly [string, TestAlgorithm])[] = [
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
  ['RS256', 'RSA'],
  ['RS384', 'RSA'],
  ['RS512', 'RSA'],
  ['PS256', 'RSA'],
  ['PS384', 'RSA'],
  ['PS512', 'RSA'],
];

/** Compact serialization signed as `alg` says, whatever the header says. Parts are JSON text. */
export async function signToken(key: TestKey, alg: string, header: string, claims: string): Promise<string> {
  const signed = `${encodeBase64Url(utf8Encode(header))}.${encodeBase64Url(utf8Encode(claims))}`;
  return `${signed}.${encodeBase64Url(await signBytes(key, alg, utf8Encode(signed)))}`;
}

async function signBytes(key: TestKey, alg: string, data: Bytes): Promise<Bytes> {
  const hash = `SHA-${alg.slice(2)}`;
  if (key.algorithm.startsWith('P-'))
    return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash }, key.pair.privateKey, data));
  const name = alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5';
  const secret = await crypto.subtle.importKey(
    'pkcs8',
    await crypto.subtle.exportKey('pkcs8', key.pair.privateKey),
    { name, hash },
    false,
    ['sign'],
  );
  const params = name === 'RSA-PSS' ? { name, saltLength: Number(alg.slice(2)) / 8 } : { name };
  return new Uint8Array(await crypto.subtle.sign(params, secret, data));
}

/** A protobuf field with a length, left out when empty as proto3 does. */
export function field(number: number, bytes: Uint8Array): Bytes {
  const size: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) size.push((rest & 127) | 128);
  return bytes.length === 0
    ? new Uint8Array()
    : concatBytes(Uint8Array.of(number * 8 + 2, ...size, rest), bytes);
}
