import {
  GroupService,
  ListRosterEventsResponseSchema,
  type RosterEvent,
  type RosterEventKind,
} from '@muster/api';
import { create, toJson } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { createInfiniteQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ReadFile } from '../../components/index.ts';
import { toCsv } from './words.ts';

const PAGE = 200;
const EXPORTED_AT_ONCE = 1000;

export interface RosterFilter {
  connection: string;
  channel: string;
  member: string;
  kinds: RosterEventKind[];
  /** ms since 1970; undefined: as far back as is kept, and now. */
  since: number | undefined;
  until: number | undefined;
}

function requestOf({ since, until, ...rest }: RosterFilter) {
  return {
    ...rest,
    ...(since === undefined ? {} : { since: timestampFromMs(since) }),
    ...(until === undefined ? {} : { until: timestampFromMs(until) }),
  };
}

export function useRosterEvents(filter: RosterFilter) {
  const transport = useTransport();
  return useInfiniteQuery({
    ...createInfiniteQueryOptions(
      GroupService.method.listRosterEvents,
      { ...requestOf(filter), page: { offset: 0n, limit: PAGE } },
      {
        transport,
        pageParamKey: 'page',
        getNextPageParam: (last, pages) => {
          const read = pages.reduce((sum, page) => sum + page.events.length, 0);
          return last.events.length > 0 && BigInt(read) < last.total
            ? { offset: BigInt(read), limit: PAGE }
            : undefined;
        },
      },
    ),
    placeholderData: keepPreviousData,
  });
}

/** Channels to choose from: those there are now. */
export function useChannelNames() {
  return useQuery(GroupService.method.listChannels, {});
}

/** Every event that the filter lets through, as a file. */
export function useRosterFile(filter: RosterFilter): ReadFile {
  const transport = useTransport();
  return async function* (format, signal) {
    const client = createClient(GroupService, transport);
    const all: RosterEvent[] = [];
    let total = 0n;
    // What comes meanwhile would move every page by one: the file ends with this moment.
    const request = requestOf({ ...filter, until: filter.until ?? Date.now() });
    do {
      const page = { offset: BigInt(all.length), limit: EXPORTED_AT_ONCE };
      const answer = await client.listRosterEvents({ ...request, page }, { signal });
      total = answer.total;
      if (answer.events.length === 0) break;
      all.push(...answer.events);
      yield { part: new Uint8Array(), rows: BigInt(all.length), total, changed: '' };
    } while (BigInt(all.length) < total);
    const message = create(ListRosterEventsResponseSchema, { events: all, total });
    const text =
      format.value === 'csv'
        ? toCsv(all)
        : JSON.stringify(toJson(ListRosterEventsResponseSchema, message), null, 2);
    yield { part: new TextEncoder().encode(text), rows: BigInt(all.length), total, changed: '' };
  };
}
