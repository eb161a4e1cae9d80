import { BundleEndpointProfile, type FederationRelationship, type Remedy } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { actionInput, type Tone } from '../../components/index.ts';

export const relationshipKey = (one: { connection: string; peer: string }): string =>
  `${one.connection}/${one.peer}`;

export const PROFILE: Record<BundleEndpointProfile, string> = {
  [BundleEndpointProfile.UNSPECIFIED]: 'unknown',
  [BundleEndpointProfile.HTTPS_WEB]: 'https_web',
  [BundleEndpointProfile.HTTPS_SPIFFE]: 'https_spiffe',
};

/** How the copy is kept, in a word and why. */
export function keeping(one: FederationRelationship): { tone: Tone; word: string; reason: string } {
  if (one.hasRelationship && one.hasBundle)
    return {
      tone: 'ok',
      word: 'by endpoint',
      reason:
        'The server has a copy and fetches it anew from the bundle endpoint by itself, when that answers.',
    };
  if (one.hasRelationship)
    return { tone: 'bad', word: 'no bundle', reason: 'There is a relationship, and the bundle is not here.' };
  if (one.hasBundle)
    return {
      tone: 'warn',
      word: 'set by hand',
      reason: 'There is no relationship: nothing refreshes the copy.',
    };
  return {
    tone: 'bad',
    word: 'entries only',
    reason: 'Entries name it; neither bundle nor relationship is here.',
  };
}

/** What a remedy plans; undefined when it is a link, or was not understood. */
export function remedyPlan({ action, inputJson }: Remedy): { action: string; input: JsonObject } | undefined {
  const input = action ? actionInput(inputJson) : undefined;
  return input && { action, input };
}

/** Kept by its words: in the peer's name, the server's, the URL, and what is wrong. */
export function matches(one: FederationRelationship, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [
    one.peer,
    one.trustDomain,
    one.connection,
    one.bundleEndpointUrl,
    one.endpointSpiffeId,
    one.reason,
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
