/** What the document says, for display. Times are ISO 8601 UTC; texts of the document are escaped. */
export type Decoded =
  | { readonly type: 'none' }
  | { readonly type: 'spiffe-id'; readonly id: DecodedSpiffeId }
  | DecodedX509
  | DecodedJwt
  | ({ readonly type: 'bundle' } & DecodedBundle)
  | {
      readonly type: 'bundle-map';
      readonly bundles: readonly ({ readonly trustDomain: string } & DecodedBundle)[];
    }
  | { readonly type: 'uri'; readonly scheme: string; readonly rest: string }
  | { readonly type: 'workload-x509-response'; readonly svids: readonly DecodedWorkloadSvid[] };

export interface DecodedSpiffeId {
  readonly text: string;
  readonly trustDomain?: string;
  readonly path?: string;
}

export interface DecodedCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** The URI name with scheme `spiffe` when there is exactly one; `spiffeIdValid` says whether it may be used. */
  readonly spiffeId?: string;
  readonly spiffeIdValid: boolean;
  /** At most 100 of each are listed; `nameCount` counts all. */
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly nameCount: number;
  readonly keyType: string;
  readonly signatureAlgorithm: string;
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly string[];
  readonly isCa: boolean;
  readonly pathLength?: number;
}

/** One step of the path from the leaf to the authority. */
export interface ChainLink {
  readonly certificate: DecodedCertificate;
  readonly source: 'document' | 'bundle';
  /** Sentences that say why the chain breaks here; empty when it does not. */
  readonly problems: readonly string[];
  /** Clause that each of `problems` breaks. */
  readonly clauses: readonly string[];
}

export interface DecodedX509 {
  readonly type: 'x509-svid';
  /** As they stand in the document, leaf first. */
  readonly certificates: readonly DecodedCertificate[];
  readonly chain: readonly ChainLink[];
  /** The chain ends at a CA of the bundle and no link is broken. */
  readonly chainComplete: boolean;
  readonly bundle?: string;
}

/** The signature of the token is left out on purpose: with it the token could be used. */
export interface DecodedJwt {
  readonly type: 'jwt-svid' | 'wit-svid';
  /** Members in the order of the document; values as JSON text, so that big numbers stay exact. */
  readonly header: readonly DecodedMember[];
  readonly claims: readonly DecodedMember[];
  readonly algorithm?: string;
  readonly keyId?: string;
  readonly subject?: string;
  readonly trustDomain?: string;
  readonly audience: readonly string[];
  readonly issuedAt?: string;
  readonly notBefore?: string;
  readonly expiresAt?: string;
  /** The bundle key that verified the signature. */
  readonly signedBy?: { readonly trustDomain: string; readonly keyId?: string; readonly keyType: string };
}

export interface DecodedMember {
  readonly name: string;
  readonly value: string;
}

export interface DecodedBundle {
  /** Exact decimal digits; may be beyond 2^53. */
  readonly sequence?: string;
  /** Seconds, exact decimal digits. */
  readonly refreshHint?: string;
  readonly keys: readonly DecodedBundleKey[];
  readonly keyCount: number;
}

export interface DecodedBundleKey {
  readonly use: string;
  readonly keyId?: string;
  readonly keyType: string;
  /** SHA-256 of the certificate, or RFC 7638 thumbprint of a bare key, lower-case hexadecimal. */
  readonly fingerprint?: string;
  readonly certificate?: DecodedCertificate;
  readonly usable: boolean;
  /** Why the key is ignored, when it is. */
  readonly note?: string;
}

export interface DecodedWorkloadSvid {
  readonly spiffeId: string;
  readonly hint: string;
  readonly svid: DecodedX509 | { readonly type: 'none' };
}
