import { decodeBase64 } from './base64.ts';
import type { Bundle, BundleEntry, EntryFinding } from './bundle.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { KEY_TYPES, readJwk } from './jwk.ts';
import { limits } from './limits.ts';
import { type Parsed, parsed, refused } from './result.ts';

/**
 * The JWT bundles of the Workload API as a file (`key.jwt` of spiffe-helper): trust domain to base64 of its JWK Set.
 * Undefined when the object has another shape.
 */
export function jwtBundleTexts(document: JsonObject): ReadonlyMap<string, string> | undefined {
  if (document.size === 0 || document.has('trust_domains')) return undefined;
  const texts = new Map<string, string>();
  for (const [name, value] of document) {
    if (typeof value !== 'string') return undefined;
    texts.set(name, value);
  }
  return texts;
}

/**
 * Reads one JWT bundle: a standard JWK Set (Workload API 6.2.2), so `use` may be absent and neither sequence nor
 * refresh hint is due. Keys of another use do not belong there (W-09).
 */
export function readJwtBundle(text: string): Parsed<Bundle> {
  const bytes = decodeBase64(text);
  if (!bytes) return refused('base64', 'The value is not base64.');
  const json = parseJson(bytes);
  if (!json.ok) return json;
  const { value: document, duplicates } = json.value;
  if (!isJsonObject(document)) return refused('not-object', 'The JWK Set is not a JSON object.');
  const keys = document.get('keys');
  if (!isJsonArray(keys)) return refused('no-keys', '`keys` is missing or not an array.');
  if (keys.length > limits.bundleKeys)
    return refused('too-many', `The bundle has more than ${limits.bundleKeys} keys.`);
  return parsed({ format: 'jwks', document, duplicates, entries: keys.map(readEntry) });
}

function readEntry(value: JsonValue, index: number): BundleEntry {
  const findings: EntryFinding[] = [];
  const found = (clause: string, evidence: string, severity: 'fail' | 'warn' = 'fail') =>
    findings.push({ clause, severity, evidence: `Key ${index + 1} ${evidence}` });
  const ignore = (why: string): BundleEntry => ({ ...base, ignored: why, findings });
  let base: Omit<BundleEntry, 'findings'> = { index };
  if (!isJsonObject(value)) {
    found('B-01', 'is not a JSON object.');
    return ignore('not a JSON object');
  }
  const use = value.get('use');
  const kid = value.get('kid');
  const kty = value.get('kty');
  base = { index, jwk: value, ...(typeof kid === 'string' ? { keyId: kid } : {}) };
  if (kid === undefined) found('B-15', 'has no kid.');
  else if (typeof kid !== 'string') found('B-01', 'has a kid that is not a string.');
  // `sig` is what RFC 7517 calls a key for signatures; SPIFFE's own word says more.
  if (use !== undefined && use !== 'jwt-svid' && use !== 'sig') {
    found('W-09', 'is for another use than JWT-SVIDs.');
    return ignore('another use');
  }
  base = { ...base, use: 'jwt-svid' };
  if (typeof kty !== 'string') {
    found('B-08', 'has no kty; it is ignored.');
    return ignore('no kty');
  }
  if (!KEY_TYPES.has(kty)) {
    found('B-08', 'has an unknown kty; it is ignored.', 'warn');
    return ignore('unknown kty');
  }
  const key = readJwk(value);
  if (!key.ok) {
    found('B-01', `is not a complete key. ${key.problem.message}`);
    return ignore('not a complete key');
  }
  if (key.value.type === 'unsupported') return ignore(key.value.name);
  return { ...base, key: key.value, findings };
}
