import type { BundleEntry } from './bundle.ts';
import type { Kind } from './judge-types.ts';

/** A bundle in which the key that signed is looked for. */
export interface KnownBundle {
  /** Name of the trust domain, or its SPIFFE ID. */
  readonly trustDomain: string;
  /** Where it is from, in words: "spire-a". */
  readonly source: string;
  readonly bytes: Uint8Array;
  /** The document was judged against it. */
  readonly chosen?: boolean;
  /** Set on a copy that has been replaced since; `until` is when it was first seen replaced. */
  readonly older?: { readonly from?: Date; readonly until?: Date };
}

export interface NearestInput {
  readonly kind: Kind;
  readonly input: Uint8Array;
  readonly known: readonly KnownBundle[];
}

/** One copy of a bundle that holds the key. */
export interface SignerPlace {
  readonly trustDomain: string;
  readonly source: string;
  /** For which SVIDs the bundle has it. */
  readonly use: string;
  /** Of the trust domain that the document names. */
  readonly own: boolean;
  readonly chosen: boolean;
  readonly older?: { readonly from?: Date; readonly until?: Date };
  /** Why a consumer of the bundle ignores the key; absent when it is used. */
  readonly ignored?: string;
}

/** How a key relates to the signature, the nearest first. */
export type SignerRelation = 'signed' | 'key-id' | 'name';

export interface NearKey {
  readonly relation: SignerRelation;
  /** What was signed, as the start of a sentence: "The token", "The leaf". */
  readonly subject: string;
  readonly keyType: string;
  /** `kid`, or the subject key identifier in lower-case hexadecimal. */
  readonly keyId?: string;
  /** Subject of the authority's certificate. */
  readonly name?: string;
  /** SHA-256 of the authority's certificate, or RFC 7638 thumbprint of a bare key; lower-case hexadecimal. */
  readonly fingerprint?: string;
  /** Where the key is, the place that matters most first. */
  readonly places: readonly SignerPlace[];
  /** What that means, in one or two sentences. */
  readonly words: string;
}

export interface NearestSigner {
  /** The key that signed, or else those that come nearest; the best first, at most 5. */
  readonly keys: readonly NearKey[];
  /** Exactly what was compared, in sentences. */
  readonly compared: string;
  /** False when a bound of `limits` was reached before everything was compared. */
  readonly complete: boolean;
}

/** One distinct key and every place that has it. */
export interface Candidate {
  readonly entry: BundleEntry;
  readonly places: SignerPlace[];
}

/** A thing with a signature: a token, or one certificate of the chain. */
export interface SignedPiece {
  readonly subject: string;
  readonly trustDomain: string | undefined;
  /** The `use` that its key must have in a bundle. */
  readonly use: string;
  /** What tells its signer, in words: "key id “k1”". */
  readonly by: string;
  readonly wanted: string | undefined;
  readonly couldSign: (entry: BundleEntry) => boolean;
  readonly signedBy: (entry: BundleEntry) => Promise<boolean>;
  readonly relation: (entry: BundleEntry) => Exclude<SignerRelation, 'signed'> | undefined;
}
