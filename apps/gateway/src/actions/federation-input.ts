import { parseSpiffeId } from '@muster/domain';
import { readEndpointUrl } from '../upstream/bundle-endpoint/url.ts';
import type { EndpointProfile, RelationshipRow } from '../upstream/spire/federation-rows.ts';
import { badInput } from './action.ts';

/** How a peer's bundle endpoint is reached and authenticated. */
export interface EndpointInput {
  bundle_endpoint_url?: string;
  profile?: EndpointProfile;
  endpoint_spiffe_id?: string;
}

export const endpointProperties = {
  bundle_endpoint_url: { type: 'string', minLength: 1, maxLength: 2048 },
  profile: { type: 'string', enum: ['https_web', 'https_spiffe'] },
  endpoint_spiffe_id: { type: 'string', minLength: 1, maxLength: 2048 },
} as const;

/** Checks what SPIRE would, before anything is sent; names the field. */
export function readEndpoint(
  input: EndpointInput,
  peer: string,
  at = '',
): RelationshipRow & { profile: EndpointProfile } {
  const url = readEndpointUrl(input.bundle_endpoint_url ?? '');
  if (!url.ok) throw badInput(`${at}bundle_endpoint_url`, url.problem);
  const profile = input.profile ?? (input.endpoint_spiffe_id === undefined ? undefined : 'https_spiffe');
  if (profile === undefined)
    throw badInput(
      `${at}profile`,
      'https_spiffe (the endpoint has an SVID; SPIRE’s usual way) or https_web (it has a certificate of the web).',
    );
  if (profile === 'https_web') {
    if (input.endpoint_spiffe_id !== undefined)
      throw badInput(`${at}endpoint_spiffe_id`, 'https_web has none; it is for https_spiffe.');
    return { trustDomain: peer, bundleEndpointUrl: url.value.text, profile, endpointSpiffeId: '' };
  }
  // The ID a SPIRE server serves its own bundle under.
  const id = parseSpiffeId(input.endpoint_spiffe_id ?? `spiffe://${peer}/spire/server`);
  if (!id.ok) throw badInput(`${at}endpoint_spiffe_id`, id.problem.message);
  return {
    trustDomain: peer,
    bundleEndpointUrl: url.value.text,
    profile,
    endpointSpiffeId: id.value.uri,
  };
}

/** The input that sets these values. */
export const toEndpointInput = (row: RelationshipRow): { [name: string]: string } => ({
  bundle_endpoint_url: row.bundleEndpointUrl,
  profile: row.profile === '' ? 'https_web' : row.profile,
  ...(row.profile === 'https_spiffe' ? { endpoint_spiffe_id: row.endpointSpiffeId } : {}),
});

export const sameRelationship = (a: RelationshipRow | undefined, b: RelationshipRow | undefined): boolean =>
  a?.bundleEndpointUrl === b?.bundleEndpointUrl &&
  a?.profile === b?.profile &&
  a?.endpointSpiffeId === b?.endpointSpiffeId;
