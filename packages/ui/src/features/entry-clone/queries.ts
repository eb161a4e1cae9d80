import { ActionService, AgentService, type Entry, EntryService, EntryState } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import {
  createConnectQueryKey,
  callUnaryMethod,
  skipToken,
  useQuery,
  useTransport,
} from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';

/** The entries to be cloned, as far as they are read; the first error. */
export function useEntriesById(connection: string, ids: readonly string[]) {
  const transport = useTransport();
  const { getEntry } = EntryService.method;
  const results = useQueries({
    queries: ids.map((id) => ({
      queryKey: createConnectQueryKey({
        schema: getEntry,
        input: { connection, id },
        transport,
        cardinality: 'finite',
      }),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        callUnaryMethod(transport, getEntry, { connection, id }, { signal }),
    })),
  });
  const entries: Entry[] = results.flatMap(({ data }) => data?.entry ?? []);
  return {
    entries,
    error: results.find((one) => one.error)?.error,
    pending: results.some((one) => one.isPending),
  };
}

export interface Parents {
  /** Not banned, and with an SVID that has not expired. */
  agents: readonly string[];
  aliases: readonly string[];
}

/** What may be a parent on a server. */
export function useParents(trustDomain: string | undefined): Parents {
  const trustDomains = trustDomain ? [trustDomain] : [];
  const agents = useQuery(
    AgentService.method.listAgents,
    trustDomain ? { trustDomains, page: { limit: 500 } } : skipToken,
  );
  const aliases = useQuery(
    EntryService.method.listEntries,
    trustDomain ? { trustDomains, state: EntryState.NODE_ALIAS, page: { limit: 200 } } : skipToken,
  );
  // As of when they were read: a clock has no place in a render.
  const now = agents.dataUpdatedAt / 1000;
  return {
    agents: (agents.data?.agents ?? [])
      .filter((agent) => !agent.banned && Number(agent.expiresAt?.seconds ?? 0) > now)
      .map(({ id }) => id),
    aliases: (aliases.data?.entries ?? []).map((entry) => entry.spiffeId),
  };
}

/** The plan, made to be looked at while it is typed. It changes nothing, and is made anew before it is applied. */
export function useDraftPlan(input: JsonObject | undefined) {
  return useQuery(ActionService.method.plan, input ? { action: 'entry.clone', input } : skipToken, {
    gcTime: 0,
    staleTime: 'static',
    retry: false,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}
