import {
  BundleEndpointProfile,
  EndpointKind,
  EndpointProblem,
  type FederationRelationship,
  type ProbeEndpointRequestSchema,
  type ProbeEndpointResponse,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';

export type ProbeRequest = MessageInitShape<typeof ProbeEndpointRequestSchema>;

/** What is filled in. */
export interface ProbeDraft {
  readonly kind: 'bundle' | 'tls';
  /** https:// URL, or host:port. */
  readonly target: string;
  readonly profile: 'https_spiffe' | 'https_web';
  readonly endpointId: string;
  /** Asked for in the handshake; empty: the host. */
  readonly serverName: string;
}

export const emptyProbe: ProbeDraft = {
  kind: 'bundle',
  target: '',
  profile: 'https_spiffe',
  endpointId: '',
  serverName: '',
};

export function toProbeRequest(draft: ProbeDraft): ProbeRequest {
  const target = draft.target.trim();
  if (draft.kind === 'tls') return { kind: EndpointKind.TLS, target, serverName: draft.serverName.trim() };
  return draft.profile === 'https_web'
    ? { kind: EndpointKind.BUNDLE, target, profile: BundleEndpointProfile.HTTPS_WEB }
    : {
        kind: EndpointKind.BUNDLE,
        target,
        profile: BundleEndpointProfile.HTTPS_SPIFFE,
        endpointSpiffeId: draft.endpointId.trim(),
      };
}

/** Why it cannot be asked yet; empty when it can. */
export function missingOf({ kind, target, profile, endpointId }: ProbeDraft): string {
  if (target.trim() === '') return kind === 'tls' ? 'Name its host and port first.' : 'Name its URL first.';
  return kind === 'bundle' && profile === 'https_spiffe' && endpointId.trim() === ''
    ? 'https_spiffe needs the SPIFFE ID that the endpoint must present.'
    : '';
}

/** Endpoints that servers here know of, each once. */
export function knownEndpoints(
  relationships: readonly FederationRelationship[],
): (ProbeDraft & { trustDomain: string })[] {
  const known = new Map<string, ProbeDraft & { trustDomain: string }>();
  for (const { hasRelationship, bundleEndpointUrl, profile, endpointSpiffeId, peer } of relationships)
    if (hasRelationship && bundleEndpointUrl !== '')
      known.set(`${bundleEndpointUrl} ${endpointSpiffeId}`, {
        ...emptyProbe,
        target: bundleEndpointUrl,
        profile: profile === BundleEndpointProfile.HTTPS_WEB ? 'https_web' : 'https_spiffe',
        endpointId: endpointSpiffeId,
        trustDomain: peer,
      });
  return [...known.values()];
}

/** The same endpoint, for its certificate only: nothing has to be known of it for that. */
export function asTls({ target }: ProbeDraft): ProbeDraft | undefined {
  if (!URL.canParse(target.trim())) return undefined;
  const { hostname, port } = new URL(target.trim());
  return { ...emptyProbe, kind: 'tls', target: `${hostname}:${port === '' ? '443' : port}` };
}

/** What was fetched, as the bench takes it; undefined: there is no document. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Of a bundle whose trust domain is known. */
  readonly trustDomain?: string;
}

export function fetchedOf(answer: ProbeEndpointResponse): Fetched | undefined {
  if (answer.kind === EndpointKind.TLS)
    return answer.chainPem === ''
      ? undefined
      : {
          bytes: new TextEncoder().encode(answer.chainPem),
          name: `presented by ${answer.target}`,
        };
  if (answer.document.length === 0 || answer.problem !== EndpointProblem.UNSPECIFIED) return undefined;
  return {
    bytes: Uint8Array.from(answer.document),
    name: `fetched from ${answer.target}`,
    ...(answer.trustDomain !== '' && { trustDomain: answer.trustDomain }),
  };
}
