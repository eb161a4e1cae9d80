import { toLatin1, utf8Encode } from './bytes.ts';
import { type Parsed, parsed, refused } from './result.ts';
import { scanSpiffeId, scanTrustDomain } from './spiffe-id-scan.ts';

declare const trustDomainBrand: unique symbol;
declare const spiffeIdBrand: unique symbol;

/** A trust domain name (SPIFFE-ID 2.1): lower case, `[a-z0-9.-_]`, 1 to 255 bytes. */
export type TrustDomain = string & { readonly [trustDomainBrand]: true };

/** A valid SPIFFE ID. `path` is empty or starts with `/`; `uri` is the whole ID with the scheme in lower case. */
export interface SpiffeId {
  readonly trustDomain: TrustDomain;
  readonly path: string;
  readonly uri: string;
  readonly [spiffeIdBrand]: true;
}

/** Parses a SPIFFE ID (SPIFFE-ID 2). The problem's code is the first clause broken, for example `ID-12`. */
export function parseSpiffeId(input: string | Uint8Array): Parsed<SpiffeId> {
  const bytes = typeof input === 'string' ? utf8Encode(input) : input;
  const scan = scanSpiffeId(bytes);
  const broken = scan.findings.find((finding) => finding.severity === 'fail');
  if (broken) return refused(broken.clause, broken.evidence);
  const trustDomain = scan.host as TrustDomain;
  // The only place where the brand is put on: nothing else can make a SpiffeId.
  return parsed(
    Object.freeze({ trustDomain, path: scan.path, uri: `spiffe://${trustDomain}${scan.path}` }) as SpiffeId,
  );
}

/** Parses a trust domain name such as `example.org`; not a SPIFFE ID. */
export function parseTrustDomain(input: string | Uint8Array): Parsed<TrustDomain> {
  const bytes = typeof input === 'string' ? utf8Encode(input) : input;
  const broken = scanTrustDomain(bytes)[0];
  return broken ? refused(broken.clause, broken.evidence) : parsed(toLatin1(bytes) as TrustDomain);
}

/** Parses the name of a trust domain, or its SPIFFE ID as bundles are keyed by in the Workload API (5.1, 6.1). */
export function trustDomainOfName(text: string): Parsed<TrustDomain> {
  return parseTrustDomain(text.startsWith('spiffe://') ? text.slice('spiffe://'.length) : text);
}

/** Equality of SPIFFE IDs (SPIFFE-ID 2.4): scheme and trust domain were lower-cased or refused, the path is exact. */
export function equalSpiffeId(a: SpiffeId, b: SpiffeId): boolean {
  return a.uri === b.uri;
}

/** True when the ID belongs to the trust domain. */
export function isMemberOf(id: SpiffeId, trustDomain: TrustDomain): boolean {
  return id.trustDomain === trustDomain;
}
