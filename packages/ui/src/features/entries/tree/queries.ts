import { EntryService, type EntryTree, type ListEntryTreeResponse } from '@muster/api';
import { createQueryOptions, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { PAGE } from '../../../components/index.ts';
import { keyOf, type Level, type Opened, type TreeRow, TreeRows, type TreeServer } from './rows.ts';

const { listEntryTree } = EntryService.method;
const REST_MS = 90;

/** The tree of these servers: what is open of it is read, level by level and page by page. */
export function useTree(tree: EntryTree, servers: readonly TreeServer[]) {
  const transport = useTransport();
  const [opened, setOpened] = useState<ReadonlyMap<string, Opened>>(() => rootsOf(servers));
  const [wanted, setWanted] = useState<ReadonlyMap<string, readonly number[]>>(new Map());
  const asks = [...opened].flatMap(([key, { server, node }]) =>
    // The first page says how many there are.
    [...new Set([0, ...(wanted.get(key) ?? [])])].map((page) => ({ key, page, server, node })),
  );
  const answers = useQueries({
    queries: asks.map(({ server, node, page }) => ({
      ...createQueryOptions(
        listEntryTree,
        { tree, connection: server, node, page: { offset: BigInt(page * PAGE), limit: PAGE } },
        { transport },
      ),
      placeholderData: keepPreviousData,
    })),
    combine: dataOf,
  });
  const rows = useMemo(() => {
    const levels = new Map<
      string,
      { total: number | undefined; pages: Map<number, ListEntryTreeResponse['nodes']> }
    >();
    asks.forEach(({ key, page }, i) => {
      const level = levels.get(key) ?? { total: undefined, pages: new Map() };
      const data = answers.data[i];
      if (data) {
        level.total ??= Number(data.total);
        level.pages.set(page, data.nodes);
      }
      levels.set(key, level);
    });
    return new TreeRows(servers, opened, levels satisfies ReadonlyMap<string, Level>);
    // `answers` is new whenever `asks` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [servers, opened, answers]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onRange = useCallback(
    (first: number, last: number) => {
      clearTimeout(timer.current);
      const next = rows.wanted(first, last);
      const text = (pages: ReadonlyMap<string, readonly number[]>) => JSON.stringify([...pages]);
      timer.current = setTimeout(() => setWanted((now) => (text(now) === text(next) ? now : next)), REST_MS);
    },
    [rows],
  );
  const toggle = useCallback(
    ({ key, parent, child, server, node }: TreeRow) =>
      setOpened((now) => {
        const next = new Map(now);
        if (now.has(key)) for (const one of now.keys()) if (isUnder(one, key)) next.delete(one);
        if (!now.has(key))
          next.set(key, { parent, index: child, server: server.name, node: node?.node ?? '' });
        return next;
      }),
    [],
  );
  return {
    rows,
    toggle,
    onRange,
    error: answers.error,
    refetch: answers.refetch,
    freshness: answers.freshness,
  };
}

const isUnder = (key: string, above: string): boolean => key === above || key.startsWith(`${above}\n`);

// A handful of servers is opened at once; of many, each is a choice.
const rootsOf = (servers: readonly TreeServer[]): ReadonlyMap<string, Opened> =>
  new Map(
    servers.length > 4
      ? []
      : servers.map(({ name }, index) => [keyOf('', name), { parent: '', index, server: name, node: '' }]),
  );

const dataOf = (results: UseQueryResult<ListEntryTreeResponse>[]) => ({
  data: results.map((result) => result.data),
  error: results.find((result) => result.error)?.error ?? undefined,
  freshness: results.find((result) => result.data)?.data?.freshness,
  refetch: () => results.forEach((result) => void result.refetch()),
});
