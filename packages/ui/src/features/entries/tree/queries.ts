import { EntryService, type EntryTree, type ListEntryTreeResponse } from '@muster/api';
import { createQueryOptions, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { PAGE } from '../../../components/index.ts';
import { openedText, readOpened } from './opened.ts';
import { type Level, type Opened, type TreeRow, TreeRows, type TreeServer } from './rows.ts';

const { listEntryTree } = EntryService.method;
const REST_MS = 90;

interface Asked {
  tree: EntryTree;
  servers: readonly TreeServer[];
  /** What is open, as the address says it. */
  open: string | undefined;
  onOpen: (open: string | undefined) => void;
}

/** The tree of these servers: what is open of it is read, level by level and page by page. */
export function useTree({ tree, servers, open, onOpen }: Asked) {
  const transport = useTransport();
  // Kept beside its text, which has no room for all of very much. The address follows a moment later, one text after the
  // other: a text that was not sent from here is another address.
  const [{ opened, seen, sent }, setState] = useState(() => ({
    opened: readOpened(open, servers),
    seen: open,
    sent: [] as (string | undefined)[],
  }));
  if (seen !== open) {
    const at = sent.indexOf(open);
    setState({
      opened: at < 0 ? readOpened(open, servers) : opened,
      seen: open,
      sent: at < 0 ? [] : sent.slice(at + 1),
    });
  }
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
    (row: TreeRow) => {
      const next = toggled(opened, row);
      const text = openedText(next, servers);
      setState(({ seen, sent }) => ({
        opened: next,
        seen,
        // What the address says already it will not say once more.
        sent: text === (sent.length > 0 ? sent.at(-1) : seen) ? sent : [...sent, text],
      }));
      onOpen(text);
    },
    [opened, servers, onOpen],
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

function toggled(
  opened: ReadonlyMap<string, Opened>,
  { key, parent, child, server, node }: TreeRow,
): ReadonlyMap<string, Opened> {
  const next = new Map(opened);
  if (opened.has(key)) for (const one of opened.keys()) if (isUnder(one, key)) next.delete(one);
  if (!opened.has(key)) next.set(key, { parent, index: child, server: server.name, node: node?.node ?? '' });
  return next;
}

const dataOf = (results: UseQueryResult<ListEntryTreeResponse>[]) => ({
  data: results.map((result) => result.data),
  error: results.find((result) => result.error)?.error ?? undefined,
  freshness: results.find((result) => result.data)?.data?.freshness,
  refetch: () => results.forEach((result) => void result.refetch()),
});
