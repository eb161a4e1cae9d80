import { clone, create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { ConnectError } from '@connectrpc/connect';
import type { TrustDomain as TrustDomainService } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import {
  BatchCreateFederationRelationshipResponse_ResultSchema as CreateResult,
  BatchDeleteFederationRelationshipResponse_ResultSchema as DeleteResult,
  BatchUpdateFederationRelationshipResponse_ResultSchema as UpdateResult,
} from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import type {
  FederationRelationship,
  FederationRelationshipMask,
} from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import {
  FederationRelationshipMaskSchema,
  FederationRelationshipSchema,
} from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import { checkedBundle } from './bundle-service.ts';
import { refreshBundle } from './federation.ts';
import { parseSpiffeId, parseTrustDomain } from './ids.ts';
import { copyParts, maskedParts, project } from './mask.ts';
import { pageOf, rowAfter } from './paging.ts';
import { attempt, internal, invalid, notFound, ok, statusOf, within } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

export function federationService(state: TrustDomainState): ServiceImpl<typeof TrustDomainService> {
  const { relationships } = state;

  /** The relationship with its bundle as it is now. */
  const shown = (relationship: FederationRelationship, mask: FederationRelationshipMask | undefined) =>
    project(
      FederationRelationshipSchema,
      { ...relationship, trustDomainBundle: state.federatedBundles.get(relationship.trustDomain) },
      FederationRelationshipMaskSchema,
      mask,
      ['trustDomain'],
    );

  const item = (work: () => FederationRelationship, mask: FederationRelationshipMask | undefined) => {
    const outcome = attempt(work);
    return outcome instanceof ConnectError
      ? { status: statusOf(outcome) }
      : { status: ok(), federationRelationship: shown(outcome, mask) };
  };

  return {
    listFederationRelationships({ outputMask, pageSize, pageToken }) {
      const after = pageSize > 0 ? rowAfter(pageToken, 'federation relationships') : 0;
      const page = pageOf(relationships.numbered(), pageSize, after);
      return {
        federationRelationships: page.items.map((relationship) => shown(relationship, outputMask)),
        nextPageToken: page.nextPageToken,
      };
    },

    getFederationRelationship({ trustDomain, outputMask }) {
      const name = within('failed to parse trust domain', () => parseTrustDomain(trustDomain));
      const relationship = relationships.get(name);
      if (!relationship) throw notFound('federation relationship does not exist');
      return shown(relationship, outputMask);
    },

    batchCreateFederationRelationship: ({ federationRelationships, outputMask }) => ({
      results: federationRelationships.map((sent) =>
        create(
          CreateResult,
          item(() => {
            const relationship = convert(sent, state, 'create');
            if (relationships.has(relationship.trustDomain))
              throw internal(
                'failed to create federation relationship: datastore-sql: UNIQUE constraint failed: federated_trust_domains.trust_domain',
              );
            return save(state, relationship);
          }, outputMask),
        ),
      ),
    }),

    batchUpdateFederationRelationship: ({ federationRelationships, inputMask, outputMask }) => ({
      results: federationRelationships.map((sent) =>
        create(
          UpdateResult,
          item(() => {
            // The mask does not spare a field from being checked.
            const relationship = convert(sent, state, 'update');
            const stored = relationships.get(relationship.trustDomain);
            if (!stored)
              throw internal('failed to update federation relationship: datastore-sql: record not found');
            const next = { ...stored };
            copyParts(next, relationship, maskedParts(FederationRelationshipMaskSchema, inputMask));
            return save(state, next);
          }, outputMask),
        ),
      ),
    }),

    batchDeleteFederationRelationship: ({ trustDomains }) => ({
      results: trustDomains.map((trustDomain) => {
        const outcome = attempt(() => {
          const name = within('failed to parse trust domain', () => parseTrustDomain(trustDomain));
          // The bundle and the entries that federate stay: trust without refresh.
          if (!relationships.delete(name)) throw notFound('federation relationship not found');
        });
        return create(DeleteResult, {
          trustDomain,
          status: outcome instanceof ConnectError ? statusOf(outcome) : ok(),
        });
      }),
    }),

    refreshBundle({ trustDomain }) {
      refreshBundle(
        state,
        within('failed to parse trust domain', () => parseTrustDomain(trustDomain)),
      );
      return {};
    },
  };
}

function save(state: TrustDomainState, relationship: FederationRelationship): FederationRelationship {
  const { trustDomainBundle, ...rest } = relationship;
  state.relationships.set(relationship.trustDomain, rest);
  if (trustDomainBundle) {
    state.federatedBundles.set(relationship.trustDomain, trustDomainBundle);
    state.trustChanges.emit();
  }
  return rest;
}

function convert(
  sent: FederationRelationship,
  state: TrustDomainState,
  doing: string,
): FederationRelationship {
  const relationship = within('failed to convert federation relationship', () => {
    const trustDomain = within('failed to parse trust domain', () => parseTrustDomain(sent.trustDomain));
    checkUrl(sent.bundleEndpointUrl);
    const profile = sent.bundleEndpointProfile;
    if (profile.case === undefined) throw invalid('unsupported bundle endpoint profile type: <nil>');
    if (profile.case === 'httpsSpiffe')
      within('failed to parse endpoint SPIFFE ID', () => parseSpiffeId(profile.value.endpointSpiffeId));
    const converted = { ...clone(FederationRelationshipSchema, sent), trustDomain };
    const bundle = sent.trustDomainBundle;
    if (!bundle) return converted;
    const bundleDomain = within('failed to parse bundle trust domain', () =>
      parseTrustDomain(bundle.trustDomain),
    );
    if (bundleDomain !== trustDomain)
      throw invalid(
        `trust domain bundle ("${bundleDomain}") must match federated trust domain ("${trustDomain}")`,
      );
    return { ...converted, trustDomainBundle: checkedBundle(bundle, trustDomain) };
  });
  if (relationship.trustDomain === state.name)
    throw invalid(`unable to ${doing} federation relationship for server trust domain`);
  return relationship;
}

function checkUrl(value: string): void {
  if (!/^https:/i.test(value)) throw invalid('bundle endpoint URL must use the https scheme');
  const url = /^https:\/\/[^/?#]/i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  if (!url?.host) throw invalid('bundle endpoint URL must specify the host');
  if (url.username || url.password) throw invalid('bundle endpoint URL must not contain user info');
}
