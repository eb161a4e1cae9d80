import { create } from '@bufbuild/protobuf';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { FederationRelationshipSchema } from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import { makeJwtAuthority, makeX509Authority } from './authorities.ts';
import { publishedRefreshHint } from './bundle-endpoint.ts';
import { serverPath } from './ids.ts';
import { internal, notFound } from './status.ts';
import type { TrustDomainState } from './trust-domain.ts';

/** What the endpoint of a trust domain yields: the number of the sequence and the keys' expiry do not arrive. */
function fetched({ authorities }: TrustDomainState): Bundle {
  const bundle = authorities.bundle();
  for (const key of bundle.jwtAuthorities) key.expiresAt = 0n;
  return { ...bundle, sequenceNumber: 0n, refreshHint: publishedRefreshHint };
}

/** Fetches now from the endpoint of the relationship; only endpoints of this network can be reached. */
export function refreshBundle(state: TrustDomainState, trustDomain: string): void {
  const relationship = state.relationships.get(trustDomain);
  if (!relationship) throw notFound(`no relationship with trust domain "${trustDomain}"`);
  const failed = (why: string) => internal(`failed to refresh bundle: ${why}`);
  const { bundleEndpointProfile: profile, bundleEndpointUrl: url } = relationship;
  if (profile.case === 'httpsSpiffe' && !state.federatedBundles.has(trustDomain))
    throw failed("can't perform SPIFFE Authentication: local copy of bundle not found");
  const get = `failed to fetch federated bundle from endpoint: failed to fetch bundle: Get "${url}"`;
  const peer = [...state.peers.values()].find(
    ({ endpoint }) => endpoint.url !== '' && new URL(endpoint.url).host === new URL(url).host,
  );
  if (!peer) throw failed(`${get}: dial tcp: lookup ${new URL(url).hostname}: connect: connection refused`);
  const serverId = `spiffe://${peer.name}${serverPath}`;
  if (profile.case === 'httpsSpiffe' && profile.value.endpointSpiffeId !== serverId)
    throw failed(`${get}: unexpected ID "${serverId}"`);
  if (profile.case === 'httpsWeb')
    throw failed(
      `failed to authenticate bundle endpoint using web authentication but the server certificate contains SPIFFE ID "${serverId}": maybe use https_spiffe instead of https_web: ${get}`,
    );
  state.federatedBundles.set(trustDomain, { ...fetched(peer), trustDomain });
  state.trustChanges.emit();
}

/** Makes two servers know each other, and follow each other's bundle from then on. */
export function federate(a: TrustDomainState, b: TrustDomainState): () => void {
  const follow = (state: TrustDomainState, peer: TrustDomainState) => {
    state.peers.set(peer.name, peer);
    state.relationships.set(
      peer.name,
      create(FederationRelationshipSchema, {
        trustDomain: peer.name,
        bundleEndpointUrl: peer.endpoint.url,
        bundleEndpointProfile: {
          case: 'httpsSpiffe',
          value: { endpointSpiffeId: `spiffe://${peer.name}${serverPath}` },
        },
      }),
    );
    state.federatedBundles.set(peer.name, fetched(peer));
    let known = sequence(peer);
    return peer.trustChanges.subscribe(() => {
      // The peer also tells of bundles it federates with; those are no news, and would echo for ever.
      if (sequence(peer) === known) return;
      known = sequence(peer);
      if (state.relationships.has(peer.name) && state.federatedBundles.has(peer.name)) poll(state, peer.name);
    });
  };
  const stops = [follow(a, b), follow(b, a)];
  return () => stops.forEach((stop) => stop());
}

const sequence = ({ authorities }: TrustDomainState): bigint => authorities.bundle().sequenceNumber;

/** A refresh nobody asked for: its failure is only for the server's log. */
function poll(state: TrustDomainState, trustDomain: string): void {
  try {
    refreshBundle(state, trustDomain);
  } catch {
    // The relationship was edited so that it no longer leads to the peer.
  }
}

/** A partner whose bundle was set by hand long ago and whose endpoint does not answer. */
export function federateWithPartner(state: TrustDomainState, trustDomain: string, now: number): void {
  const lifetime = 30 * 24 * 3600;
  const since = now - 24 * 24 * 3600;
  const root = makeX509Authority(trustDomain, since, lifetime);
  const key = makeJwtAuthority(since, lifetime);
  state.federatedBundles.set(
    trustDomain,
    create(BundleSchema, {
      trustDomain,
      x509Authorities: [{ asn1: root.certificate }],
      jwtAuthorities: [{ keyId: key.id, publicKey: key.publicKey, expiresAt: BigInt(key.expiresAt) }],
      refreshHint: 3600n,
      sequenceNumber: 7n,
    }),
  );
  state.relationships.set(
    trustDomain,
    create(FederationRelationshipSchema, {
      trustDomain,
      bundleEndpointUrl: `https://bundle.${trustDomain}/spiffe`,
      bundleEndpointProfile: { case: 'httpsWeb', value: {} },
    }),
  );
}
