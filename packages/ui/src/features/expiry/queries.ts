import { type Expiry, ExpiryService } from '@muster/api';
import { callUnaryMethod, createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { PAGE, PagedRows, pagesFor, usePagesInSight } from '../../components/index.ts';
import type { ExpiryRequest } from './search.ts';

const { listExpiry } = ExpiryService.method;
const SECOND = 1000;
const MOST_EXPORTED = 10_000;

const pageOf = (request: ExpiryRequest, page: number, limit = PAGE) => ({
  ...request,
  page: { offset: BigInt(page * limit), limit },
});

/** Rows in sight, read by offset. The axis and the counts come with the first page; time moves, so it is read again. */
export function useExpiry(request: ExpiryRequest) {
  const transport = useTransport();
  const [pages, follow] = usePagesInSight();
  const first = useQuery(listExpiry, pageOf(request, 0), {
    placeholderData: keepPreviousData,
    refetchInterval: 30 * SECOND,
  });
  const total = Number(first.data?.total ?? 0n);
  const rest = pages.filter((page) => page > 0 && page * PAGE < total);
  const bodies = useQueries({
    queries: rest.map((page) => createQueryOptions(listExpiry, pageOf(request, page), { transport })),
    combine: (results) => results.map((result) => result.data?.items),
  });
  const rows = useMemo(
    () => PagedRows.of(first.data?.items, rest, bodies, total),
    // `bodies` is new whenever `rest` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first.data, bodies, total],
  );
  const onRange = useCallback((from: number, to: number) => follow(pagesFor(from, to)), [follow]);
  return { first, rows, onRange };
}

/** Reads the list for a file: its first 10,000 rows. */
export function useAllExpiry(request: ExpiryRequest): () => Promise<{ items: Expiry[]; total: bigint }> {
  const transport = useTransport();
  return async () => {
    const items: Expiry[] = [];
    let total = 0n;
    for (let page = 0; items.length < MOST_EXPORTED; page += 1) {
      const answer = await callUnaryMethod(transport, listExpiry, pageOf(request, page, 1000));
      items.push(...answer.items);
      total = answer.total;
      if (answer.items.length === 0 || BigInt(items.length) >= total) break;
    }
    return { items, total };
  };
}
