import { type ChangeKind, type ChangeVerb, HistoryService } from '@muster/api';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { createInfiniteQueryOptions, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

const PAGE = 200;
const MOST_EXPORTED = 10_000;

export interface ChangeFilter {
  search: string;
  target: string;
  kind: ChangeKind;
  verb: ChangeVerb;
  /** ms since 1970; undefined: as far back as is kept, and now. */
  since: number | undefined;
  until: number | undefined;
  trustDomain: string | undefined;
}

function requestOf({ since, until, trustDomain, ...rest }: ChangeFilter) {
  return {
    ...rest,
    trustDomains: trustDomain ? [trustDomain] : [],
    ...(since === undefined ? {} : { since: timestampFromMs(since) }),
    ...(until === undefined ? {} : { until: timestampFromMs(until) }),
  };
}

export function useChanges(filter: ChangeFilter) {
  const transport = useTransport();
  return useInfiniteQuery({
    ...createInfiniteQueryOptions(
      HistoryService.method.listChanges,
      { ...requestOf(filter), page: { offset: 0n, limit: PAGE } },
      {
        transport,
        pageParamKey: 'page',
        getNextPageParam: (last, pages) => {
          const read = pages.reduce((sum, page) => sum + page.changes.length, 0);
          return last.changes.length > 0 && BigInt(read) < last.total
            ? { offset: BigInt(read), limit: PAGE }
            : undefined;
        },
      },
    ),
    placeholderData: keepPreviousData,
  });
}

/** Every change that the filter lets through, newest first; 10,000 at most. */
export function useAllChanges() {
  const transport = useTransport();
  return async (filter: ChangeFilter) => {
    const client = createClient(HistoryService, transport);
    const all = [];
    for (let offset = 0; offset < MOST_EXPORTED; offset += 1000) {
      const { changes } = await client.listChanges({
        ...requestOf(filter),
        page: { offset: BigInt(offset), limit: 1000 },
      });
      all.push(...changes);
      if (changes.length < 1000) break;
    }
    return all;
  };
}
