import {
  AgentService,
  ConnectionService,
  type Entry,
  EntryService,
  type ListEntriesRequestSchema,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

// A plain object: a message cannot be spread into another.
type Request = Extract<MessageInitShape<typeof ListEntriesRequestSchema>, { $typeName?: never }>;
const PAGE = 100;

/** Rows of the list in sight, read by offset: any place of a long list is one request away. */
export function useEntries(request: Request) {
  const transport = useTransport();
  const [pages, setPages] = useState<readonly number[]>([0]);
  const input = (page: number): Request => ({
    ...request,
    page: { offset: BigInt(page * PAGE), limit: PAGE },
  });
  // Counts, facets and age come with every page; the first says them for all.
  const first = useQuery(EntryService.method.listEntries, input(0), { placeholderData: keepPreviousData });
  const total = Number(first.data?.total ?? 0n);
  const rest = useQueries({
    queries: pages
      .filter((page) => page > 0 && page * PAGE < total)
      .map((page) => ({
        ...createQueryOptions(EntryService.method.listEntries, input(page), { transport }),
        meta: { page },
      })),
    combine: (results) => results.map((result) => result.data?.entries),
  });
  const rows: (Entry | undefined)[] = Array<Entry | undefined>(total).fill(undefined);
  first.data?.entries.forEach((entry, i) => (rows[i] = entry));
  pages
    .filter((page) => page > 0 && page * PAGE < total)
    .forEach((page, i) => rest[i]?.forEach((entry, k) => (rows[page * PAGE + k] = entry)));

  const onRange = useCallback((from: number, to: number) => {
    const wanted = range(Math.floor(from / PAGE), Math.floor(to / PAGE));
    setPages((now) => (now.join() === wanted.join() ? now : wanted));
  }, []);
  return { first, rows, onRange };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const useEntry = (key: { connection: string; id: string }) =>
  useQuery(EntryService.method.getEntry, key, { placeholderData: keepPreviousData });

/** Parents to choose from. */
export const useAgents = () => useQuery(AgentService.method.listAgents, { page: { limit: 500 } });

/** Why entries of a connection cannot be changed; undefined when they can. */
export function useWriteProblem(connection: string): string | undefined {
  const { data } = useQuery(ConnectionService.method.listConnections, {});
  const found = data?.connections.find((one) => one.name === connection);
  if (!data) return 'The connections are being read.';
  if (!found) return `The connection ${connection} is not configured any more.`;
  const write = found.capabilities.find((capability) => capability.name === 'entries.write');
  if (write && !write.available) return write.reason || 'This server does not let us change entries.';
  return undefined;
}
