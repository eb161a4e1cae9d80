import { AgentService } from '@muster/api';
import { createInfiniteQueryOptions, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

const PAGE = 200;

export function useAgents(search: string, trustDomain: string | undefined) {
  const transport = useTransport();
  return useInfiniteQuery({
    ...createInfiniteQueryOptions(
      AgentService.method.listAgents,
      { search, trustDomains: trustDomain ? [trustDomain] : [], page: { offset: 0n, limit: PAGE } },
      {
        transport,
        pageParamKey: 'page',
        getNextPageParam: (last, pages) => {
          const read = pages.reduce((sum, page) => sum + page.agents.length, 0);
          return last.agents.length > 0 && BigInt(read) < last.total
            ? { offset: BigInt(read), limit: PAGE }
            : undefined;
        },
      },
    ),
    placeholderData: keepPreviousData,
  });
}
