import { AgentService, EntryService, EntryState, TrustDomainService } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';

export function useEntry(key: { connection: string; id: string } | undefined) {
  return useQuery(EntryService.method.getEntry, key ?? skipToken);
}

export interface Choices {
  /** What may be a parent, agents first. */
  parents: readonly { id: string; kind: string }[];
  selectorTypes: readonly string[];
  trustDomains: readonly string[];
}

/** What to suggest while an entry is typed. */
export function useChoices(trustDomain: string): Choices {
  const trustDomains = trustDomain ? [trustDomain] : [];
  const agents = useQuery(AgentService.method.listAgents, { trustDomains, page: { limit: 500 } });
  const aliases = useQuery(EntryService.method.listEntries, {
    trustDomains,
    state: EntryState.NODE_ALIAS,
    page: { limit: 200 },
  });
  const bundles = useQuery(TrustDomainService.method.listBundles, {});
  const known =
    bundles.data?.bundles.filter((bundle) => !bundle.own).map((bundle) => bundle.trustDomain) ?? [];
  return {
    parents: [
      ...(agents.data?.agents ?? []).map(({ id, attestationType }) => ({
        id,
        kind: `agent, ${attestationType}`,
      })),
      ...(aliases.data?.entries ?? []).map((entry) => ({ id: entry.spiffeId, kind: 'node alias' })),
    ],
    selectorTypes: aliases.data?.selectorTypes.map((facet) => facet.value) ?? [],
    trustDomains: [...new Set(known)].filter((name) => name !== trustDomain),
  };
}
