import { ActionService } from '@muster/api';
import { createInfiniteQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { useInfiniteQuery } from '@tanstack/react-query';

const PAGE = 100;

/** Records of actions, newest first. */
export function useRecords() {
  const transport = useTransport();
  return useInfiniteQuery(
    createInfiniteQueryOptions(
      ActionService.method.listRecords,
      { page: { offset: 0n, limit: PAGE } },
      {
        transport,
        pageParamKey: 'page',
        getNextPageParam: (last, pages) => {
          const read = pages.reduce((sum, page) => sum + page.records.length, 0);
          return last.records.length > 0 && BigInt(read) < last.total
            ? { offset: BigInt(read), limit: PAGE }
            : undefined;
        },
      },
    ),
  );
}

/** One record, and what undoes it. */
export const useRecord = (id: string) => useQuery(ActionService.method.getRecord, { id });
