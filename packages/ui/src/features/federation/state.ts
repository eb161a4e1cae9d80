import { BundleEndpointProfile, type FederationRelationship, type Remedy, Severity } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Tone } from '../../components/index.ts';

export const relationshipKey = (one: { connection: string; peer: string }): string =>
  `${one.connection}/${one.peer}`;

export const SEVERITY: Record<Severity, { tone: Tone; word: string; reason: string }> = {
  [Severity.UNSPECIFIED]: {
    tone: 'ok',
    word: 'in order',
    reason: 'The doctor finds nothing wrong, without asking the endpoint.',
  },
  [Severity.INFO]: { tone: 'info', word: 'note', reason: 'Good to know; nothing is broken.' },
  [Severity.WARNING]: { tone: 'warn', word: 'look', reason: 'It works, and should be looked at.' },
  [Severity.DANGER]: { tone: 'bad', word: 'broken', reason: 'Something is broken or will be soon.' },
};

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
  if (!action || !inputJson) return undefined;
  try {
    const input: unknown = JSON.parse(inputJson);
    return typeof input === 'object' && input !== null && !Array.isArray(input)
      ? { action, input: input as JsonObject }
      : undefined;
  } catch {
    return undefined;
  }
}

const PAGES = ['/federation', '/trust-domains', '/entries', '/connections'] as const;

/** A link of a remedy as a page of ours; no data becomes an address (S-11). */
export function remedyLink({
  link,
}: Remedy): { to: (typeof PAGES)[number]; search: Record<string, string> } | undefined {
  const cut = link.indexOf('?');
  const to = PAGES.find((page) => page === (cut < 0 ? link : link.slice(0, cut)));
  return to && { to, search: Object.fromEntries(new URLSearchParams(cut < 0 ? '' : link.slice(cut))) };
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
