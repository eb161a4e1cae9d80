import {
  AgentService,
  ConnectionKind,
  ConnectionService,
  EntryService,
  EntryState,
  TrustDomainService,
} from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';

export interface Server {
  name: string;
  trustDomain: string;
  /** Why no entry can be made there; undefined when one can. */
  problem: string | undefined;
}

/** SPIRE servers an entry can be made on. */
export function useServers(): readonly Server[] | undefined {
  const { data } = useQuery(ConnectionService.method.listConnections, {});
  return data?.connections
    .filter((one) => one.kind === ConnectionKind.SPIRE_SERVER)
    .map(({ name, trustDomain, capabilities }) => {
      const write = capabilities.find((capability) => capability.name === 'entries.write');
      const problem =
        write && !write.available ? write.reason || 'This server does not let us change entries.' : undefined;
      return { name, trustDomain, problem };
    });
}

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
