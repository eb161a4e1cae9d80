import { create } from '@bufbuild/protobuf';
import type { Bundle as WireBundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { FederationRelationship } from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import { FederationRelationshipSchema } from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import { bareTrustDomain } from './rows.ts';
import type { BundleRow } from './rows.ts';

/** How a bundle endpoint is authenticated (SPIFFE Federation 5.2), in the words of `spire-server`. */
export type EndpointProfile = 'https_web' | 'https_spiffe';

/** A federation relationship as plain data. */
export interface RelationshipRow {
  /** The peer, without scheme. */
  trustDomain: string;
  bundleEndpointUrl: string;
  /** Empty: one that this program does not know. */
  profile: EndpointProfile | '';
  /** https_spiffe only; empty otherwise. */
  endpointSpiffeId: string;
}

/** The authorities of a bundle, to be written. */
export type BundleFields = Pick<BundleRow, 'trustDomain' | 'x509' | 'jwt' | 'refreshHint' | 'sequenceNumber'>;

export function relationshipRow(wire: FederationRelationship): RelationshipRow {
  const profile = wire.bundleEndpointProfile;
  return {
    trustDomain: bareTrustDomain(wire.trustDomain),
    bundleEndpointUrl: wire.bundleEndpointUrl,
    profile: profile.case === 'httpsWeb' ? 'https_web' : profile.case === 'httpsSpiffe' ? 'https_spiffe' : '',
    endpointSpiffeId: profile.case === 'httpsSpiffe' ? profile.value.endpointSpiffeId : '',
  };
}

/** URL and profile always: an update validates both, whatever its mask says. */
export function wireRelationship(row: RelationshipRow): FederationRelationship {
  return create(FederationRelationshipSchema, {
    trustDomain: row.trustDomain,
    bundleEndpointUrl: row.bundleEndpointUrl,
    bundleEndpointProfile:
      row.profile === 'https_spiffe'
        ? { case: 'httpsSpiffe', value: { endpointSpiffeId: row.endpointSpiffeId } }
        : { case: 'httpsWeb', value: {} },
  });
}

export function wireBundle(fields: BundleFields): WireBundle {
  return create(BundleSchema, {
    trustDomain: fields.trustDomain,
    x509Authorities: fields.x509.map(({ der, tainted }) => ({ asn1: der, tainted })),
    jwtAuthorities: fields.jwt,
    refreshHint: fields.refreshHint,
    sequenceNumber: fields.sequenceNumber,
  });
}
