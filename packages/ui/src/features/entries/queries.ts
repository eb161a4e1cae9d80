import {
  AgentService,
  EntryService,
  type ListEntriesRequestSchema,
  type ListEntriesResponse,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import {
  PAGE,
  PagedRows,
  pagesFor,
  serverProblem,
  usePagesInSight,
  useSpireServers,
} from '../../components/index.ts';

// A plain object: a message cannot be spread into another.
type Request = Extract<MessageInitShape<typeof ListEntriesRequestSchema>, { $typeName?: never }>;
const { listEntries, getEntry } = EntryService.method;

const pageInput = (request: Request, page: number): Request => ({
  ...request,
  page: { offset: BigInt(page * PAGE), limit: PAGE },
});
const keyOf = (request: Request): string => JSON.stringify(request);

/**
 * Rows of the list in sight, read by offset: any place of a long list is one request away. While another question is
 * answered, the rows of the last one stay where they are.
 */
export function useEntries(request: Request) {
  const transport = useTransport();
  const [shown, setShown] = useState(request);
  const [pages, follow] = usePagesInSight();
  const asked = useQuery(listEntries, pageInput(request, 0));
  const stale = keyOf(shown) !== keyOf(request);
  if (stale && asked.data) setShown(request);
  // Counts, facets and age come with every page; the first says them for all.
  const first = useQuery(listEntries, pageInput(shown, 0));
  const total = Number(first.data?.total ?? 0n);
  const rest = pages.filter((page) => page > 0);
  const bodies = useQueries({
    queries: rest.map((page) => createQueryOptions(listEntries, pageInput(shown, page), { transport })),
    combine: entriesOf,
  });
  const rows = useMemo(
    () => PagedRows.of(first.data?.entries, rest, bodies, total, first.data?.totalIsEstimate),
    // `bodies` is new whenever `rest` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first.data, bodies, total],
  );
  const onRange = useCallback((from: number, to: number) => follow(pagesFor(from, to)), [follow]);
  return { asked, list: first.data, rows, stale, scrollKey: keyOf(shown), onRange };
}

/** Asks a question before the page shows its address, which takes a good part of the time until an answer is painted. */
export function useAskAhead(): (request: Request) => void {
  const transport = useTransport();
  const client = useQueryClient();
  return useCallback(
    (request) =>
      void client.prefetchQuery(createQueryOptions(listEntries, pageInput(request, 0), { transport })),
    [client, transport],
  );
}

const entriesOf = (results: UseQueryResult<ListEntriesResponse>[]) =>
  results.map((result) => result.data?.entries);

export const useEntry = (key: { connection: string; id: string }) =>
  useQuery(getEntry, key, { placeholderData: keepPreviousData });

/** Parents to choose from. */
export const useAgents = () => useQuery(AgentService.method.listAgents, { page: { limit: 500 } });

/** SPIRE servers of a trust domain, or of all. */
export function useServers(trustDomain: string | undefined) {
  const servers = useSpireServers();
  return useMemo(
    () => servers?.filter((one) => !trustDomain || one.trustDomain === trustDomain),
    [servers, trustDomain],
  );
}

/** Why entries of a connection cannot be changed; undefined when they can. */
export const useWriteProblem = (connection: string): string | undefined =>
  serverProblem(useSpireServers('entries.write'), connection);
