import { detectKind, type Kind, trimPasted } from '@muster/domain';
import { judgeBeside } from './judging.ts';
import { holdsPrivateKey } from './secrets.ts';

/** Something given for inspection. It lives in the page's memory only. */
export interface InspectedDocument {
  readonly id: string;
  /** Where it came from, in words: a file's name, "pasted", a connection. */
  readonly name: string;
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  /** It can serve as a bundle: a SPIFFE bundle, or CA certificates only. */
  readonly authorities: boolean;
  /** For bundles: the trust domain that it is taken for; undefined: that of the SVID. */
  readonly bundleOf?: string | undefined;
}

export type Recognised =
  | { readonly state: 'document'; readonly document: InspectedDocument }
  | {
      readonly state: 'refused';
      readonly reason: 'private-key' | 'too-large' | 'unknown' | 'empty';
      readonly name: string;
    };

/** Larger than any document that is judged (4 MiB of bundle): not even read. */
export const largestFile = 4 * 1024 * 1024;

/** Tells what was given; a private key is refused and its copy here is overwritten (S-13). */
export async function recognise(input: Uint8Array, name: string): Promise<Recognised> {
  if (input.length > largestFile) return { state: 'refused', reason: 'too-large', name };
  if (trimPasted(input).length === 0) return { state: 'refused', reason: 'empty', name };
  const found = detectKind(input);
  if (found.kind === 'private-key' || holdsPrivateKey(input)) {
    input.fill(0);
    return { state: 'refused', reason: 'private-key', name };
  }
  if (found.kind === 'unknown') return { state: 'refused', reason: 'unknown', name };
  const { kind, input: bytes } = found;
  const authorities = kind === 'bundle' || (kind === 'x509-svid' && (await onlyAuthorities(bytes)));
  return { state: 'document', document: { id: crypto.randomUUID(), name, kind, bytes, authorities } };
}

/** A file of CA certificates, without a leaf, is what other tools call a bundle. */
async function onlyAuthorities(bytes: Uint8Array): Promise<boolean> {
  const { decoded } = await judgeBeside({
    kind: 'x509-svid',
    input: bytes,
    bundles: new Map(),
    at: new Date(),
  });
  return (
    decoded.type === 'x509-svid' &&
    decoded.certificates.length > 0 &&
    decoded.certificates.every((one) => one.isCa)
  );
}

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
  bundle: 'trust bundle',
  'bundle-update': 'trust bundle update',
  'bundle-map': 'bundle map',
  'bundle-endpoint-url': 'bundle endpoint URL',
  'workload-endpoint-uri': 'Workload API address',
  'workload-x509-response': 'Workload API response',
};

export const refusals: Readonly<
  Record<
    Extract<Recognised, { state: 'refused' }>['reason'],
    { readonly title: string; readonly text: string }
  >
> = {
  'private-key': {
    title: 'That holds a private key. Remove the key.',
    text: 'It was cleared here and not kept. An SVID is judged without its key: paste the certificates only. If the key left its machine to get here, replace it.',
  },
  'too-large': {
    title: 'That is larger than 4 MiB.',
    text: 'No SVID and no bundle is that large, so it was not read.',
  },
  unknown: {
    title: 'That is nothing the inspector knows.',
    text: 'It reads X.509-SVIDs (PEM or DER), JWT-SVIDs, WIT-SVIDs, trust bundles (SPIFFE JSON or PEM), SPIFFE IDs and endpoint addresses.',
  },
  empty: { title: 'There is nothing in it.', text: 'The text or the file is empty.' },
};
