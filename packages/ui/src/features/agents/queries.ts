import type { MessageInitShape } from '@bufbuild/protobuf';
import { AgentService, type ListAgentsRequestSchema } from '@muster/api';
import { createClient } from '@connectrpc/connect';
import { createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { PAGE, PagedRows, pagesFor, type ReadFile, usePagesInSight } from '../../components/index.ts';

const { listAgents, getAgent, listJoinTokens } = AgentService.method;

// A plain object: a message cannot be spread into another.
type Request = Extract<MessageInitShape<typeof ListAgentsRequestSchema>, { $typeName?: never }>;

/** Agents of the list in sight, read by offset: any place of a long list is one request away. */
export function useAgents(request: Request) {
  const transport = useTransport();
  const [pages, follow] = usePagesInSight();
  const input = (page: number): Request => ({
    ...request,
    page: { offset: BigInt(page * PAGE), limit: PAGE },
  });
  // Counts, facets and age come with every page; the first says them for all.
  const first = useQuery(listAgents, input(0), { placeholderData: keepPreviousData });
  const total = Number(first.data?.total ?? 0n);
  const others = pages.filter((page) => page > 0 && page * PAGE < total);
  const rest = useQueries({
    queries: others.map((page) => createQueryOptions(listAgents, input(page), { transport })),
    combine: (results) => results.map((result) => result.data?.agents),
  });
  const rows = useMemo(
    () => PagedRows.of(first.data?.agents, others, rest, total),
    // `rest` is new whenever `others` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first.data, rest, total],
  );
  const onRange = useCallback((from: number, to: number) => follow(pagesFor(from, to)), [follow]);
  return { first, rows, onRange };
}

export const useAgent = (at: { connection: string; id: string }) =>
  useQuery(getAgent, at, { placeholderData: keepPreviousData });

export const useJoinTokens = (trustDomain: string | undefined) =>
  useQuery(listJoinTokens, { trustDomains: trustDomain ? [trustDomain] : [] }, { refetchInterval: 15_000 });

/** Reads the whole result of a search as a file. */
export function useAgentsFile(query: Request): ReadFile {
  const client = createClient(AgentService, useTransport());
  return ({ format }, signal) => client.exportAgents({ query, format }, { signal });
}
