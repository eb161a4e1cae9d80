import type { Bytes } from './bytes.ts';
import type { Kind } from './judge-types.ts';

/** One file as it was given. Folders in its name are set apart by `/`. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whose bundle it is, when whoever gives it says so; for anything else it means nothing. */
  readonly trustDomain?: string;
}

/** Which SVIDs a bundle can be asked about. */
export type Holds = 'x509' | 'jwt' | 'all';

/** Where a part came from: the place of its file among those given, and that file's name. */
export interface Placed {
  readonly place: number;
  readonly file: string;
}

/** Something to judge. `input` is what to judge: the file itself, without the private key that stood in it. */
export interface PairedDocument extends Placed {
  /** The file's name; with a number behind it when the file holds several documents. */
  readonly name: string;
  /** `x509-svid-keypair` when a key was found for it. */
  readonly kind: Kind;
  readonly input: Bytes;
  /** `input` itself holds private keys (an X509SVIDResponse): it must not be shown, kept or sent. */
  readonly secret: boolean;
  readonly key?: PairedKey;
  /** The trust domain that its SPIFFE ID names, lower case. Read, not judged. */
  readonly trustDomain?: string;
  /** For every trust domain with a bundle: its place in `bundles`, and the places of others that would do. */
  readonly against: readonly PairedChoice[];
  /** Sentences on how it was paired, safe to show. */
  readonly notes: readonly string[];
}

export interface PairedKey extends Placed {
  /** PEM or DER, as the judge takes it. For the judgement alone: never show, keep or send it. */
  readonly bytes: Bytes;
  /** `name`: nothing but the file names says that it belongs here, and X-28 will tell whether it does. */
  readonly by: 'public-key' | 'name';
}

export interface PairedChoice {
  readonly trustDomain: string;
  readonly bundle: number;
  readonly others: readonly number[];
}

/** A bundle to judge others by. */
export interface PairedBundle extends Placed {
  readonly name: string;
  /** SPIFFE bundle JSON, or PEM of CA certificates; what the judge takes as a bundle. */
  readonly input: Bytes;
  /** What to judge it as, when it is a document of its own: `document` is its place in `documents`. */
  readonly document?: number;
  readonly holds: Holds;
  /** Undefined: it could not be told, and `notes` say why. */
  readonly trustDomain?: string;
  readonly by?: 'given' | 'document' | 'authority-name' | 'file-name' | 'signature' | 'only-one';
  /** It stood in the same file as the SVID, which would vouch for itself: it is not used unless a person says so. */
  readonly carried: boolean;
  readonly notes: readonly string[];
}

/** What was not placed, and why. */
export interface Unplaced extends Placed {
  readonly name: string;
  readonly what: 'private-key' | 'too-large' | 'empty' | 'unknown';
  /** A sentence, safe to show; never repeats anything of a key. */
  readonly why: string;
}

export interface Pairing {
  readonly documents: readonly PairedDocument[];
  readonly bundles: readonly PairedBundle[];
  readonly unplaced: readonly Unplaced[];
}
