import { type Bundle, TrustDomainService } from '@muster/api';
import { useQuery } from '@connectrpc/connect-query';

const { listFederation, diagnoseFederation, listBundles } = TrustDomainService.method;

/** Relationships, bundles without one, and what the doctor says without asking endpoints. */
export const useFederation = () => useQuery(listFederation, {});

/** Findings of one pair, or of all. Asking endpoints takes up to ten seconds, so it is done when a person says so. */
export const useDiagnosis = (connection: string, peer: string, probe: boolean) =>
  useQuery(
    diagnoseFederation,
    { connection, peer, probe },
    { placeholderData: (old) => old, ...(probe && { staleTime: 60_000 }) },
  );

/** The servers connected here, by their own bundles. */
export const useServers = () => useQuery(listBundles, {}, { select: ({ bundles }) => bundles.filter(isOwn) });

const isOwn = (bundle: Bundle): boolean => bundle.own;
