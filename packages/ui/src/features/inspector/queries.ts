import { ConnectionService, type FetchJwtSvidRequest, SvidService, TrustDomainService } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { callUnaryMethod, useQuery, useTransport } from '@connectrpc/connect-query';
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
