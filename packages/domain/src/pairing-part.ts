import { encodeBase64 } from './base64.ts';
import { type Bundle, readSpiffeBundle } from './bundle.ts';
import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { type Certificate, parseCertificates } from './certificate.ts';
import type { Kind } from './judge-types.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonValue, parseJson } from './json.ts';
import { type Jws, parseJws } from './jws.ts';
import { limits } from './limits.ts';
import { isSvidName, readName } from './pairing-names.ts';
import type { KeyFacts } from './pairing-private-key.ts';
import type { Holds, Unplaced } from './pairing-types.ts';
import type { PemBlock } from './pem.ts';

/** A part of one type. */
export type PartOf<T extends Part['type']> = Extract<Part, { readonly type: T }>;

/** What one file turns out to hold. */
export type Part =
  | {
      readonly type: 'chain';
      readonly input: Bytes;
      /** Undefined when they cannot be read; the judge then says why. */
      readonly certificates?: readonly Certificate[];
    }
  | {
      readonly type: 'token';
      readonly kind: 'jwt-svid' | 'wit-svid';
      readonly input: Bytes;
      readonly jws?: Jws;
    }
  | {
      readonly type: 'bundle';
      readonly input: Bytes;
      readonly holds: Holds;
      readonly bundle: Bundle | undefined;
      readonly certificates?: readonly Certificate[];
      /** The document itself says whose it is. */
      readonly trustDomain?: string;
      /** It can be judged as a document of its own. */
      readonly judged: boolean;
      readonly carried?: boolean;
    }
  | { readonly type: 'document'; readonly kind: Kind; readonly input: Bytes; readonly secret?: boolean }
  | {
      readonly type: 'key';
      /** As the judge takes it; undefined for a form that it does not read (JWK). */
      readonly bytes?: Bytes;
      readonly facts: KeyFacts;
    }
  | { readonly type: 'nothing'; readonly what: Unplaced['what']; readonly why: string };

export function tokenPart(kind: 'jwt-svid' | 'wit-svid', input: Bytes): Part {
  const jws = parseJws(input);
  return { type: 'token', kind, input, ...(jws.ok && { jws: jws.value }) };
}

/** A SPIFFE bundle; one that cannot be read is judged, but vouches for nothing. */
export function bundlePart(input: Bytes, trustDomain?: string): PartOf<'bundle'> {
  const bundle = readSpiffeBundle(input);
  return {
    type: 'bundle',
    input,
    holds: 'all',
    bundle: bundle.ok ? bundle.value : undefined,
    judged: true,
    ...(trustDomain !== undefined && { trustDomain }),
  };
}

/** Certificates, PEM or DER: of an SVID when one of them is no CA, or when the name says so; else authorities. */
export function certificatePart(name: string, input: Bytes): Part {
  const read = parseCertificates(input);
  if (!read.ok && (read.problem.code === 'too-large' || read.problem.code === 'too-many')) {
    // A bundle may be larger than any SVID with its intermediates.
    const bundle = parseCertificates(input, limits.bundleBytes, limits.bundleCertificates);
    if (bundle.ok && bundle.value.every(isCa)) return authoritiesPart(bundle.value, input);
  }
  const certificates = read.ok ? read.value : [];
  if (certificates.length === 0) return { type: 'chain', input };
  if (!certificates.every(isCa) || isSvidName(readName(name))) return { type: 'chain', input, certificates };
  return authoritiesPart(certificates, input);
}

export function isCa(certificate: Certificate): boolean {
  return certificate.extensions.basicConstraints?.ca === true;
}

export function authoritiesPart(
  certificates: readonly Certificate[],
  input = certificatesPem(certificates),
): PartOf<'bundle'> {
  return { type: 'bundle', input, holds: 'x509', bundle: undefined, certificates, judged: true };
}

export function certificatesPem(certificates: readonly { readonly der: Bytes }[]): Bytes {
  return pemBytes(certificates.map(({ der }) => ({ label: 'CERTIFICATE', bytes: der })));
}

export function pemBytes(blocks: readonly PemBlock[]): Bytes {
  return concatBytes(
    ...blocks.map(({ label, bytes }) => {
      const lines = encodeBase64(bytes).match(/.{1,64}/gu) ?? [];
      return utf8Encode(`-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`);
    }),
  );
}

/**
 * JWT authorities as a Workload API hands them out: a plain JWK Set, whose keys have no `use` because all are for JWT-SVIDs (Workload
 * API 6.2.2). As a bundle to verify with, each gets the `use` that TD&Bundle 4.2.2 asks for.
 */
export function workloadJwks(input: Bytes, trustDomain: string): Part {
  const json = parseJson(input);
  const part = { type: 'bundle', holds: 'jwt', trustDomain, judged: false } as const;
  const set = json.ok && json.value.duplicates.length === 0 ? json.value.value : undefined;
  const keys = isJsonObject(set) ? set.get('keys') : undefined;
  if (!isJsonArray(keys)) return { ...part, input, bundle: undefined };
  const usable = keys.map((key) =>
    isJsonObject(key) && !key.has('use') ? new Map([...key, ['use', 'jwt-svid']]) : key,
  );
  const spiffe = utf8Encode(jsonText(new Map([['keys', usable]])));
  const bundle = readSpiffeBundle(spiffe);
  return { ...part, input: spiffe, bundle: bundle.ok ? bundle.value : undefined };
}

/** JSON text of a value, with every number as it was written. */
export function jsonText(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.raw;
  if (isJsonObject(value))
    return `{${[...value].map(([name, item]) => `${JSON.stringify(name)}:${jsonText(item)}`).join(',')}}`;
  return isJsonArray(value) ? `[${value.map(jsonText).join(',')}]` : JSON.stringify(value);
}

export function nothing(what: Unplaced['what'], why: string): Part {
  return { type: 'nothing', what, why };
}
