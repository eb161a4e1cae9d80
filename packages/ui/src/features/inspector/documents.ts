import type { Check, Holds, Judgement, Kind, Unplaced } from '@muster/domain';

/** Something given for inspection. It lives in the page's memory only, and never with a private key (S-13). */
export interface InspectedDocument {
  readonly id: string;
  /** Where it came from, in words: a file's name, "pasted", a connection. */
  readonly name: string;
  /** Never `x509-svid-keypair`: a key is not kept, only `keyCheck`. */
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  /** It can serve as a bundle: a SPIFFE bundle, or CA certificates only. */
  readonly authorities: boolean;
  /** For bundles: the trust domain that it is taken for; undefined: that of the SVID; empty: not used for any. */
  readonly bundleOf?: string | undefined;
  /** For bundles: which SVIDs can be judged by it; undefined: all. */
  readonly holds?: Holds | undefined;
  /** For bundles: a piece of another document, there to judge by and not to be judged. */
  readonly piece?: boolean | undefined;
  /** For bundles: it stood in the file of the SVID that it would vouch for, so only a person can choose it. */
  readonly carried?: boolean | undefined;
  /** The trust domain that the document names; undefined when none was read. */
  readonly trustDomain?: string | undefined;
  /** Ids of the bundles that were paired with it, one a trust domain. */
  readonly prefers?: readonly string[] | undefined;
  /** How it was paired, in sentences. */
  readonly notes?: readonly string[] | undefined;
  readonly keyCheck?: KeyCheck | undefined;
  /** It holds private keys, so it was judged when it was given, and not kept. */
  readonly once?: JudgedOnce | undefined;
  /** The name of the file that it is from; undefined for what is no file. */
  readonly file?: string | undefined;
  /** Its file is watched on disk. */
  readonly watched?: boolean | undefined;
}

/** Whether the private key that lay beside it belongs to it. The key itself was not kept. */
export interface KeyCheck {
  readonly check: Check;
  /** The file that the key stood in. */
  readonly file: string;
}

export interface JudgedOnce {
  readonly judgement: Judgement;
  readonly at: Date;
  /** SHA-256, lower-case hexadecimal. */
  readonly digest: string;
}

/** What was given and is not on the bench. */
export interface Refused {
  readonly reason: Unplaced['what'] | 'unreadable' | 'too-many';
  readonly name: string;
  /** A sentence, safe to show. */
  readonly why?: string | undefined;
}

/** Larger than any document that is judged (4 MiB of bundle): not even read. */
export const largestFile = 4 * 1024 * 1024;
/** Files of one drop. */
export const mostFiles = 5000;
/** Bytes of one drop. */
export const mostBytes = 256 * 1024 * 1024;

/** Documents that can be judged against the bundle of a trust domain. */
export function isSvid({ kind, authorities }: Pick<InspectedDocument, 'kind' | 'authorities'>): boolean {
  return !authorities && (kind === 'x509-svid' || isToken(kind) || kind === 'workload-x509-response');
}

/** Whoever holds the text may act by it. */
export function isToken(kind: Kind): boolean {
  return kind === 'jwt-svid' || kind === 'wit-svid';
}

export const kindNames: Readonly<Record<Kind, string>> = {
  'spiffe-id': 'SPIFFE ID',
  'x509-svid': 'X.509-SVID',
  'x509-svid-keypair': 'X.509-SVID with its key',
  'jwt-svid': 'JWT-SVID',
  'wit-svid': 'WIT-SVID',
  bundle: 'Trust bundle',
  'bundle-update': 'Trust bundle update',
  'bundle-map': 'Bundle map',
  'bundle-endpoint-url': 'Bundle endpoint URL',
  'workload-endpoint-uri': 'Workload API address',
  'workload-x509-response': 'Workload API response',
};

/** What a document is called beside its name. */
export function kindName({ kind, authorities, holds, keyCheck }: InspectedDocument): string {
  if (authorities && holds === 'x509') return 'CA certificates';
  if (authorities && holds === 'jwt') return 'JWT authorities';
  return keyCheck ? kindNames['x509-svid-keypair'] : kindNames[kind];
}

export const refusals: Readonly<
  Record<Refused['reason'], { readonly title: string; readonly text: string }>
> = {
  'private-key': {
    title: 'That holds a private key. Remove the key.',
    text: 'It was cleared here and not kept. An SVID is judged without its key: paste the certificates only. To see whether a key belongs to its certificate, drop both as files: the key is compared and not kept. If the key left its machine to get here, replace it.',
  },
  'too-large': {
    title: 'That is larger than 4 MiB.',
    text: 'No SVID and no bundle is that large, so it was not read.',
  },
  'too-many': {
    title: 'That is more than is read at once.',
    text: `At most ${mostFiles} files and ${mostBytes / 1024 / 1024} MiB are taken in one drop. \`muster verify\` judges folders of any size.`,
  },
  unreadable: {
    title: 'That could not be read.',
    text: 'The browser was not given its content: it may be a folder, a link, or a file that changed or may not be read.',
  },
  unknown: {
    title: 'That is nothing the inspector knows.',
    text: 'It reads X.509-SVIDs (PEM or DER), JWT-SVIDs, WIT-SVIDs, trust bundles (SPIFFE JSON or PEM), SPIFFE IDs and endpoint addresses.',
  },
  empty: { title: 'There is nothing in it.', text: 'The text or the file is empty.' },
};
