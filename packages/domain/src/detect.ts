import { type Bytes, ownBytes, toLatin1, trimPasted } from './bytes.ts';
import { parseCertificates } from './certificate.ts';
import { isJsonObject, parseJson } from './json.ts';
import type { Kind } from './judge-types.ts';
import { parseJws } from './jws.ts';
import { limits } from './limits.ts';
import { looksLikePem, parsePem } from './pem.ts';
import { DerError, readDer, readOid, TAG } from './der.ts';

/** What a dropped or pasted document seems to be. `private-key` must be refused: "remove the key". */
export type Detection =
  | { readonly kind: Kind; readonly confidence: 'certain' | 'likely'; readonly input: Bytes }
  | { readonly kind: 'private-key' }
  | { readonly kind: 'unknown' };

/**
 * Guesses the kind of a document. White space around text is removed in the answer's `input`, which is what to judge.
 * A private key anywhere in the document wins over everything else, and the document is then not handed back.
 */
export function detectKind(document: Uint8Array): Detection {
  const raw = ownBytes(document);
  if (raw.length === 0 || raw.length > limits.bundleBytes) return { kind: 'unknown' };
  const input = trimPasted(raw);
  if (holdsPrivateKey(raw, input)) return { kind: 'private-key' };
  if (looksLikePem(input)) return detectPem(input);
  if (parseCertificates(raw).ok) return { kind: 'x509-svid', confidence: 'certain', input: raw };
  return detectText(input) ?? { kind: 'unknown' };
}

function holdsPrivateKey(raw: Bytes, input: Bytes): boolean {
  const text = toLatin1(raw);
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/u.test(text)) return true;
  if (input[0] === 0x7b || input[0] === 0x5b) {
    const json = parseJson(input);
    const value = json.ok ? json.value.value : undefined;
    // A bare private JWK. Inside a bundle it is row B-19 that speaks, with the key left out of the answer.
    return isJsonObject(value) && value.has('kty') && (value.has('d') || value.has('k'));
  }
  return isPrivateDer(raw);
}

/** PKCS#5 and PKCS#12: algorithms that encrypt by a password. */
const PASSWORD_BASED = /^1\.2\.840\.113549\.1\.(?:5|12)\./u;

/**
 * DER that holds a private key: a SEQUENCE that begins with version 0 or 1 (PKCS#8, PKCS#1, SEC 1) or 3 (PKCS#12), or with a
 * password-based algorithm (encrypted PKCS#8). Certificates begin with neither.
 */
export function isPrivateDer(raw: Bytes): boolean {
  try {
    const outer = readDer(raw);
    const first = outer.tag === TAG.sequence ? readDer(outer.content) : undefined;
    if (first?.tag === TAG.integer) return first.content.length === 1 && (first.content[0] ?? 9) <= 3;
    const inner = first?.tag === TAG.sequence ? readDer(first.content) : undefined;
    return inner?.tag === TAG.oid && PASSWORD_BASED.test(readOid(inner));
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function detectPem(input: Bytes): Detection {
  const pem = parsePem(input);
  const certificates =
    pem.ok && pem.value.length > 0 && pem.value.every((block) => block.label === 'CERTIFICATE');
  return { kind: 'x509-svid', confidence: certificates ? 'certain' : 'likely', input };
}

function detectText(input: Bytes): Detection | undefined {
  if (input[0] === 0x7b) {
    const json = parseJson(input);
    const value = json.ok ? json.value.value : undefined;
    if (!isJsonObject(value)) return { kind: 'bundle', confidence: 'likely', input };
    if (value.has('keys')) return { kind: 'bundle', confidence: 'certain', input };
    if (value.has('trust_domains')) return { kind: 'bundle-map', confidence: 'certain', input };
    if (value.has('svids')) return { kind: 'workload-x509-response', confidence: 'likely', input };
    return undefined;
  }
  const start = toLatin1(input.subarray(0, 16)).toLowerCase();
  if (start.startsWith('spiffe:')) return { kind: 'spiffe-id', confidence: 'certain', input };
  if (start.startsWith('https://')) return { kind: 'bundle-endpoint-url', confidence: 'likely', input };
  if (/^(?:unix|tcp):/u.test(start)) return { kind: 'workload-endpoint-uri', confidence: 'likely', input };
  const jws = parseJws(input);
  if (!jws.ok) return start.startsWith('eyj') ? { kind: 'jwt-svid', confidence: 'likely', input } : undefined;
  if (!jws.value.header) return undefined;
  const wit = jws.value.header.get('typ') === 'wit+jwt';
  return { kind: wit ? 'wit-svid' : 'jwt-svid', confidence: 'certain', input };
}
