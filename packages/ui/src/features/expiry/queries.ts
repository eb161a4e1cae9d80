import { type Expiry, ExpiryService } from '@muster/api';
import { callUnaryMethod, createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ExpiryRows, PAGE } from './rows.ts';
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
  const [pages, setPages] = useState<readonly number[]>([0]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
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
  const rows = useMemo(() => {
    const read = new Map<number, readonly Expiry[]>();
    if (first.data) read.set(0, first.data.items);
    rest.forEach((page, i) => {
      const items = bodies[i];
      if (items) read.set(page, items);
    });
    return new ExpiryRows(read, total);
    // `bodies` is new whenever `rest` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first.data, bodies, total]);
  const onRange = useCallback((from: number, to: number) => {
    const wanted: number[] = [];
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) wanted.push(page);
    clearTimeout(timer.current);
    // Dragging through a long list reads where it rests.
    timer.current = setTimeout(() => setPages((now) => (now.join() === wanted.join() ? now : wanted)), 60);
  }, []);
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
