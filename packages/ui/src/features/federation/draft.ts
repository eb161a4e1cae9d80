import { type Bundle, BundleEndpointProfile, type FederationRelationship } from '@muster/api';
import { parseSpiffeId, parseTrustDomain } from '@muster/domain';
import type { JsonObject } from '@bufbuild/protobuf';
import { PROFILE } from './state.ts';

/** How one side's bundle endpoint is reached. */
export interface EndpointDraft {
  url: string;
  profile: 'https_spiffe' | 'https_web';
  /** Empty: that of the SPIRE server itself. */
  id: string;
}

/** A federation that a person is describing. */
export interface PairDraft {
  /** Connection of our side. */
  here: string;
  /** Connection of the other side; empty: another organisation. */
  there: string;
  /** Of another organisation. */
  trustDomain: string;
  bundle: string;
  /** Of the other side. */
  endpoint: EndpointDraft;
  /** Of ours, for the other side; only where both are connected. */
  ours: EndpointDraft;
  refresh: boolean;
}

export const emptyEndpoint: EndpointDraft = { url: '', profile: 'https_spiffe', id: '' };

/** How a trust domain's endpoint is reached already, by what any server here says. */
export function knownEndpoint(
  relationships: readonly FederationRelationship[],
  trustDomain: string,
): EndpointDraft {
  const found = relationships.find(
    (one) =>
      one.peer === trustDomain && one.hasRelationship && one.profile !== BundleEndpointProfile.UNSPECIFIED,
  );
  return found ? endpointOf(found) : emptyEndpoint;
}

export const endpointOf = (one: FederationRelationship): EndpointDraft => ({
  url: one.bundleEndpointUrl,
  profile: PROFILE[one.profile] === 'https_web' ? 'https_web' : 'https_spiffe',
  id: one.endpointSpiffeId,
});

export interface Problems {
  trustDomain?: string;
  bundle?: string;
  url?: string;
  id?: string;
  oursUrl?: string;
  oursId?: string;
}

/** The server’s copy of the peer, so that no file has to be brought. */
export const hasCopy = (
  relationships: readonly FederationRelationship[],
  { here, there, trustDomain }: PairDraft,
): boolean =>
  there === '' &&
  relationships.some((one) => one.connection === here && one.peer === trustDomain.trim() && one.hasBundle);

export function problemsOf(draft: PairDraft, copy: boolean, servers: readonly Bundle[]): Problems {
  const out: Problems = {};
  if (!draft.there) {
    const name = draft.trustDomain.trim().replace(/^spiffe:\/\//, '');
    const read = parseTrustDomain(name);
    const own = servers.find((one) => one.connection === draft.here)?.trustDomain;
    if (!read.ok)
      out.trustDomain = name ? read.problem.message : 'The trust domain of the other organisation is needed.';
    else if (name === own) out.trustDomain = 'This is the server’s own trust domain.';
    if (!draft.bundle.trim() && !copy && draft.endpoint.profile === 'https_spiffe')
      out.bundle =
        'Over https_spiffe the endpoint is authenticated by this bundle, so one is needed to begin with.';
  }
  const url = urlProblem(draft.endpoint.url);
  if (url) out.url = url;
  const id = idProblem(draft.endpoint);
  if (id) out.id = id;
  if (draft.there) {
    const oursUrl = urlProblem(draft.ours.url);
    if (oursUrl) out.oursUrl = oursUrl;
    const oursId = idProblem(draft.ours);
    if (oursId) out.oursId = oursId;
  }
  return out;
}

export function urlProblem(url: string): string | undefined {
  if (!url.trim()) return 'The URL of the bundle endpoint is needed.';
  return /^https:\/\/[^\s/@]+/i.test(url.trim())
    ? undefined
    : 'It must be an https:// URL with a host and no user info.';
}

export function idProblem({ profile, id }: EndpointDraft): string | undefined {
  if (profile === 'https_web' || !id.trim()) return undefined;
  const read = parseSpiffeId(id.trim());
  return read.ok ? undefined : read.problem.message;
}

export const endpointInput = ({ url, profile, id }: EndpointDraft): { [name: string]: string } => ({
  bundle_endpoint_url: url.trim(),
  profile,
  ...(profile === 'https_spiffe' && id.trim() ? { endpoint_spiffe_id: id.trim() } : {}),
});

/** The action that does what was described. */
export function actionOf(draft: PairDraft): { action: string; input: JsonObject } {
  const { here, there, refresh, endpoint } = draft;
  const name = draft.trustDomain.trim().replace(/^spiffe:\/\//, '');
  if (!there && !draft.bundle.trim())
    return {
      action: 'federation.create',
      input: { connection: here, trust_domain: name, ...endpointInput(endpoint), refresh },
    };
  return {
    action: 'federation.pair',
    input: {
      left: { connection: here, ...(there ? endpointInput(draft.ours) : {}) },
      right: {
        ...(there ? { connection: there } : { trust_domain: name, bundle: draft.bundle }),
        ...endpointInput(endpoint),
      },
      refresh,
    },
  };
}
