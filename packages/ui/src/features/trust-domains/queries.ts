import { TrustDomainService } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { type CopyRef, toCopyMessage } from './copies.ts';

const { listBundles, getBundle, compareBundles, listFederation } = TrustDomainService.method;

export const useBundles = () => useQuery(listBundles, {});

/** One bundle with how the copies of other servers compare. */
export const useBundle = (connection: string, trustDomain: string) =>
  useQuery(getBundle, { connection, trustDomain });

export const useComparison = (left: CopyRef | undefined, right: CopyRef | undefined) =>
  useQuery(
    compareBundles,
    left && right ? { left: toCopyMessage(left), right: toCopyMessage(right) } : skipToken,
  );

/** Nodes and edges of the map. */
export const useMap = () => useQuery(listFederation, {});
