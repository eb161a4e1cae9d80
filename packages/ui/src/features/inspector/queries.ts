import {
  type Bundle,
  ConnectionService,
  type FetchJwtSvidRequest,
  type GetBundleResponse,
  type GetContextRequestSchema,
  InspectService,
  type ProbeEndpointRequestSchema,
  SvidService,
  TrustDomainService,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { callUnaryMethod, createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { useQueries } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { FetchJwtSvidRequestSchema } from '@muster/api';

/** X.509-SVIDs that Workload API connections hand out, and the bundles that came with them. */
export function useSvids() {
  return useQuery(SvidService.method.listSvids, {});
}

/** Bundles of every SPIRE server. */
export function useBundles() {
  return useQuery(TrustDomainService.method.listBundles, {});
}

/** One copy of a bundle that the gateway has kept. */
export interface CopyRef {
  readonly connection: string;
  readonly trustDomain: string;
  readonly at: Timestamp;
}

/** Kept copies of bundles; those that have arrived. What is kept never changes. */
export function useKeptBundles(refs: readonly CopyRef[]): readonly Bundle[] {
  const transport = useTransport();
  return useQueries({
    queries: refs.map((ref) => ({
      ...createQueryOptions(TrustDomainService.method.getBundle, ref, { transport }),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: bundlesOf,
  });
}

function bundlesOf(results: readonly { readonly data: GetBundleResponse | undefined }[]): readonly Bundle[] {
  return results.flatMap(({ data }) => data?.bundle ?? []);
}

export function useConnections() {
  return useQuery(ConnectionService.method.listConnections, {});
}

export type JwtRequest = Pick<FetchJwtSvidRequest, 'connection' | 'audience' | 'spiffeId'>;

/** Fetches one JWT-SVID. A bearer token: it goes by the query cache altogether, and lives only where it is returned to (S-14). */
export function useFetchJwtSvid() {
  const transport = useTransport();
  return useCallback(
    (request: MessageInitShape<typeof FetchJwtSvidRequestSchema>) =>
      callUnaryMethod(transport, SvidService.method.fetchJwtSvid, request),
    [transport],
  );
}

/**
 * What this console's servers know of an SVID, by facts of it. Kept no longer than it is shown: what was given here is
 * forgotten with it.
 */
export function useSvidContext(request: MessageInitShape<typeof GetContextRequestSchema> | undefined) {
  return useQuery(InspectService.method.getContext, request ?? {}, {
    enabled: request !== undefined,
    gcTime: 0,
  });
}

/** Asks an endpoint once, when a person says so: never again by itself. */
export function useProbeEndpoint() {
  const transport = useTransport();
  return useCallback(
    (request: MessageInitShape<typeof ProbeEndpointRequestSchema>) =>
      callUnaryMethod(transport, InspectService.method.probeEndpoint, request),
    [transport],
  );
}

/** Bundle endpoints that the servers here know of. */
export function useKnownEndpoints() {
  return useQuery(TrustDomainService.method.listFederation, {});
}
