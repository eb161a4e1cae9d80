import { decodeBase64 } from './base64.ts';
import type { Bytes } from './bytes.ts';
import { type Certificate, parseCertificate, parseCertificates } from './certificate.ts';
import { TAG } from './der.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { KEY_TYPES, readJwk } from './jwk.ts';
import { limits } from './limits.ts';
import { looksLikePem } from './pem.ts';
import { keyIdentity, type PublicKey } from './public-key.ts';
import { type Parsed, parsed, refused } from './result.ts';

export const USES = ['x509-svid', 'jwt-svid', 'wit-svid'] as const;
export type KeyUse = (typeof USES)[number];

/** A clause that one entry of a bundle breaks. */
export interface EntryFinding {
  readonly clause: string;
  readonly severity: 'fail' | 'warn';
  readonly evidence: string;
}

/** One member of `keys`, read as a consumer must: an entry that cannot be used is kept with the reason. */
export interface BundleEntry {
  readonly index: number;
  readonly jwk?: JsonObject;
  readonly use?: KeyUse;
  readonly keyId?: string;
  readonly key?: PublicKey;
  readonly certificate?: Certificate;
  /** Why a consumer ignores the entry (TD&Bundle 4.2, X509-SVID 6.2); absent when it is used. */
  readonly ignored?: string;
  readonly findings: readonly EntryFinding[];
}

export interface Bundle {
  /**
   * `certificates`: CA certificates in PEM or DER, as `bundle show -format pem` and the Workload API hand them over;
   * `jwks`: a JWT bundle of the Workload API.
   */
  readonly format: 'spiffe' | 'certificates' | 'jwks';
  readonly document?: JsonObject;
  readonly duplicates: readonly string[];
  readonly entries: readonly BundleEntry[];
}

/** Reads a SPIFFE bundle (TD&Bundle 4), or the CA certificates of a trust domain in PEM or DER. */
export function readBundle(input: Bytes): Parsed<Bundle> {
  const pem = looksLikePem(input) && !looksLikeJson(input);
  return pem || input[0] === TAG.sequence ? readCertificateBundle(input) : readSpiffeBundle(input);
}

/** Reads the CA certificates of a trust domain, in PEM or as DER set one after another (Workload API 5.1). */
export function readCertificateBundle(input: Bytes): Parsed<Bundle> {
  if (input.length > limits.bundleBytes)
    return refused('too-large', `The bundle has more than ${limits.bundleBytes} bytes.`);
  const certificates = parseCertificates(input, limits.bundleBytes, limits.bundleCertificates);
  if (!certificates.ok) return certificates;
  const entries = certificates.value.map((certificate, index) => certificateEntry(certificate, index));
  return parsed({ format: 'certificates', duplicates: [], entries });
}

/** Reads a SPIFFE bundle in its own format only. */
export function readSpiffeBundle(input: Bytes): Parsed<Bundle> {
  if (input.length > limits.bundleBytes)
    return refused('too-large', `The bundle has more than ${limits.bundleBytes} bytes.`);
  const json = parseJson(input);
  if (!json.ok) return json;
  if (!isJsonObject(json.value.value)) return refused('not-object', 'The bundle is not a JSON object.');
  return readBundleObject(json.value.value, json.value.duplicates);
}

export function readBundleObject(document: JsonObject, duplicates: readonly string[]): Parsed<Bundle> {
  const keys = document.get('keys');
  if (!isJsonArray(keys)) return refused('no-keys', '`keys` is missing or not an array.');
  if (keys.length > limits.bundleKeys)
    return refused('too-many', `The bundle has more than ${limits.bundleKeys} keys.`);
  return parsed({ format: 'spiffe', document, duplicates, entries: keys.map(readEntry) });
}

/** CA certificates for X509-SVIDs: entries a consumer uses, CA or not (the path rules decide that). */
export function x509Authorities(bundle: Bundle): readonly Certificate[] {
  return usable(bundle, 'x509-svid').flatMap((entry) => (entry.certificate ? [entry.certificate] : []));
}

/** Entries that a consumer uses for one kind of SVID. */
export function usable(bundle: Bundle, use: KeyUse): readonly BundleEntry[] {
  const known = usableEntries.get(bundle) ?? new Map<KeyUse, readonly BundleEntry[]>();
  usableEntries.set(bundle, known);
  const entries =
    known.get(use) ?? bundle.entries.filter((entry) => entry.use === use && entry.ignored === undefined);
  known.set(use, entries);
  return entries;
}

/** A large bundle must not be gone through for every document. */
const usableEntries = new WeakMap<Bundle, Map<KeyUse, readonly BundleEntry[]>>();

/** A number written as an integer, exact; undefined for anything else. */
export function integerMember(value: JsonValue | undefined): bigint | undefined {
  return isJsonNumber(value) ? value.toInteger() : undefined;
}

export function isJsonNumber(value: JsonValue | undefined): value is JsonNumber {
  return value instanceof JsonNumber;
}

function looksLikeJson(input: Bytes): boolean {
  const first = input.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b;
}

function certificateEntry(certificate: Certificate, index: number): BundleEntry {
  return { index, use: 'x509-svid', certificate, key: certificate.publicKey.key, findings: [] };
}

function readEntry(value: JsonValue, index: number): BundleEntry {
  const findings: EntryFinding[] = [];
  const found = (clause: string, evidence: string, severity: 'fail' | 'warn' = 'fail') =>
    findings.push({ clause, severity, evidence: `Key ${index + 1} ${evidence}` });
  if (!isJsonObject(value)) {
    found('B-01', 'is not a JSON object.');
    return { index, ignored: 'not a JSON object', findings };
  }
  const jwk = value;
  const kty = jwk.get('kty');
  const useText = jwk.get('use');
  const use = USES.find((known) => known === useText);
  const keyIdValue = jwk.get('kid');
  if (keyIdValue !== undefined && typeof keyIdValue !== 'string')
    found('B-01', 'has a kid that is not a string.');
  let ignored: string | undefined;
  if (typeof kty !== 'string') {
    found('B-08', 'has no kty; it is ignored.');
    ignored = 'no kty';
  } else if (!KEY_TYPES.has(kty)) {
    found('B-08', 'has an unknown kty; it is ignored.', 'warn');
    ignored = 'unknown kty';
  }
  if (typeof useText !== 'string') {
    found('B-09', 'has no use; it is ignored.');
    ignored ??= 'no use';
  } else if (!use) {
    found('B-09', 'has an unknown use; it is ignored.', 'warn');
    ignored ??= 'unknown use';
  }
  const base = {
    index,
    jwk,
    ...(use ? { use } : {}),
    ...(typeof keyIdValue === 'string' ? { keyId: keyIdValue } : {}),
  };
  if (ignored !== undefined) return { ...base, ignored, findings };

  const key = readJwk(jwk);
  if (use === 'x509-svid')
    return { ...base, ...readX5c(jwk, key.ok ? key.value : undefined, found), findings };
  if (base.keyId === undefined) found(use === 'wit-svid' ? 'B-23' : 'B-15', 'has no kid.');
  if (!key.ok) {
    found('B-01', `is not a complete key. ${key.problem.message}`);
    return { ...base, ignored: 'not a complete key', findings };
  }
  if (key.value.type === 'unsupported') return { ...base, ignored: key.value.name, findings };
  return { ...base, key: key.value, findings };
}

type Found = (clause: string, evidence: string, severity?: 'fail' | 'warn') => void;

/** X509-SVID 6.1 for the publisher, 6.2 for the consumer: the first value counts, none means ignore. */
function readX5c(jwk: JsonObject, key: PublicKey | undefined, found: Found): Partial<BundleEntry> {
  if (jwk.has('kid')) found('B-10', 'is for X509-SVIDs and has a kid.');
  const x5c = jwk.get('x5c');
  const keyPart = key ? { key } : {};
  const first = isJsonArray(x5c) ? x5c[0] : undefined;
  if (!isJsonArray(x5c) || x5c.length === 0) {
    found('B-11', 'has no x5c; it is ignored.');
    return { ...keyPart, ignored: 'no x5c' };
  }
  if (x5c.length > 1) found('B-11', `has ${x5c.length} certificates in x5c; only the first is used.`);
  const der = typeof first === 'string' ? decodeBase64(first) : undefined;
  const certificate = der && parseCertificate(der);
  if (!certificate?.ok) {
    found(
      'B-12',
      der ? 'has an x5c value that is not one DER certificate.' : 'has an x5c value that is not base64.',
    );
    return { ...keyPart, ignored: 'x5c is not a certificate' };
  }
  // RFC 7517 4.7: the first certificate holds the key of the JWK. Two different keys in one entry vouch for nothing.
  const own = key && keyIdentity(key);
  const theirs = certificate.value.publicKey.key;
  if (key?.type === 'unsupported' && theirs.type === 'unsupported') {
    found('B-14', `has a key that Muster cannot use (${key.name}); it is ignored.`, 'warn');
    return { ...keyPart, certificate: certificate.value, ignored: key.name };
  }
  if (own === undefined || own !== keyIdentity(theirs)) {
    found(
      'B-14',
      own === undefined
        ? 'has no key parameters that can be compared with x5c; it is ignored.'
        : 'differs from the key in its x5c; it is ignored.',
    );
    return { ...keyPart, certificate: certificate.value, ignored: 'x5c does not hold the same key' };
  }
  return { ...keyPart, certificate: certificate.value };
}
