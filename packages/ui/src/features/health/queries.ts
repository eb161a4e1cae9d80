import { LintService } from '@muster/api';
import { createInfiniteQueryOptions, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

const PAGE = 200;

/** Findings of a kind, or all; asked again every second while entries are being looked through. */
export function useFindings(code: string, trustDomain: string | undefined) {
  const transport = useTransport();
  return useInfiniteQuery({
    ...createInfiniteQueryOptions(
      LintService.method.listFindings,
      { code, trustDomains: trustDomain ? [trustDomain] : [], page: { offset: 0n, limit: PAGE } },
      {
        transport,
        pageParamKey: 'page',
        getNextPageParam: (last, pages) => {
          const read = pages.reduce((sum, page) => sum + page.findings.length, 0);
          return last.findings.length > 0 && BigInt(read) < last.total
            ? { offset: BigInt(read), limit: PAGE }
            : undefined;
        },
      },
    ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.at(-1)?.progress?.running ? 1000 : false),
  });
}
