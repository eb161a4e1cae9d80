import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import {
  GroupService,
  type ListLinksResponse,
  type ListNodesResponse,
  type ListRoutesResponse,
  type NetworkLink,
  NetworkService,
  ReachService,
  RouteTruth,
} from '@muster/api';
import { createClient } from '@connectrpc/connect';
import { createQueryOptions, skipToken, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { PAGE, PagedRows, pagesFor, usePagesInSight } from '../../components/index.ts';
import {
  type ListTab,
  type NetworkSearch,
  readLinkKey,
  readRouteKey,
  toLinks,
  toNodes,
  toRoutes,
} from './search.ts';

const {
  listControlPlanes,
  listNodes,
  listNodeConnections,
  listRoutes,
  listLinks,
  listSegments,
  listDomains,
} = NetworkService.method;

/** A change is told at once; that nothing changed is only seen by asking. Milliseconds. */
const AGAIN = { refetchInterval: 10_000 };
const MOST = 1000;

/** Rows of a list in sight, read by offset: any place of a long list is one request away. */
function usePaged<I extends DescMessage, O extends DescMessage, Row>(
  method: DescMethodUnary<I, O>,
  input: (page: { offset: bigint; limit: number }) => MessageInitShape<I>,
  rowsOf: (answer: MessageShape<O>) => readonly Row[],
  totalOf: (answer: MessageShape<O>) => bigint,
) {
  const transport = useTransport();
  const [pages, follow] = usePagesInSight();
  const at = (page: number) => input({ offset: BigInt(page * PAGE), limit: PAGE });
  const first = useQuery(method, at(0), { placeholderData: keepPreviousData, ...AGAIN });
  const total = first.data ? Number(totalOf(first.data)) : 0;
  const others = pages.filter((page) => page > 0 && page * PAGE < total);
  const rest = useQueries({
    queries: others.map((page) => createQueryOptions(method, at(page), { transport })),
    combine: (results) => results.map((result) => result.data && rowsOf(result.data)),
  });
  const rows = useMemo(
    () => PagedRows.of(first.data && rowsOf(first.data), others, rest, total),
    // `rest` is new whenever `others` is, and `rowsOf` is always the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first.data, rest, total],
  );
  const onRange = useCallback((from: number, to: number) => follow(pagesFor(from, to)), [follow]);
  return { first, rows, onRange };
}

const routesOf = ({ routes }: ListRoutesResponse) => routes;
const nodesOf = ({ nodes }: ListNodesResponse) => nodes;
const linksOf = ({ links }: ListLinksResponse) => links;
const totalOf = ({ total }: { total: bigint }) => total;

export const useControlPlanes = () => useQuery(listControlPlanes, {}, AGAIN);

export const useRoutes = (search: NetworkSearch) =>
  usePaged(listRoutes, (page) => ({ ...toRoutes(search), page }), routesOf, totalOf);

export const useNodes = (search: NetworkSearch) =>
  usePaged(listNodes, (page) => ({ ...toNodes(search), page }), nodesOf, totalOf);

export const useLinks = (search: NetworkSearch) =>
  usePaged(listLinks, (page) => ({ ...toLinks(search), page }), linksOf, totalOf);

/** For what is read once and not kept: a file. */
export const useNetworkClient = () => createClient(NetworkService, useTransport());

/** How many rows a list has; its first page has been read already. */
export function useTotal(tab: ListTab, search: NetworkSearch): bigint | undefined {
  const page = { offset: 0n, limit: PAGE };
  const routes = useQuery(listRoutes, tab === 'routes' ? { ...toRoutes(search), page } : skipToken);
  const nodes = useQuery(listNodes, tab === 'nodes' ? { ...toNodes(search), page } : skipToken);
  const links = useQuery(listLinks, tab === 'links' ? { ...toLinks(search), page } : skipToken);
  return (routes.data ?? nodes.data ?? links.data)?.total;
}

export const useSegments = (connection = '') => useQuery(listSegments, { connection }, AGAIN);
export const useDomains = (connection = '') => useQuery(listDomains, { connection }, AGAIN);

/** Nodes to draw or to choose from: as many as one answer holds. */
export const useAllNodes = (connection = '') =>
  useQuery(listNodes, { connection, page: { limit: MOST } }, AGAIN);

/** Most links that are drawn. */
const MOST_LINKS = 10_000;

/** Always the same function: its result is then too, as long as the answers are. */
const allLinks = (results: readonly { data: ListLinksResponse | undefined }[]): readonly NetworkLink[] =>
  results.flatMap(({ data }) => data?.links ?? []);

/** Links to draw: more than one answer holds, since a line may stand for hundreds. */
export function useAllLinks(connection = '') {
  const transport = useTransport();
  const first = useQuery(listLinks, { connection, page: { limit: MOST } }, AGAIN);
  const pages = Math.ceil(Math.min(MOST_LINKS, Number(first.data?.total ?? 0n)) / MOST);
  const rest = useQueries({
    queries: Array.from({ length: Math.max(0, pages - 1) }, (_, i) =>
      createQueryOptions(
        listLinks,
        { connection, page: { offset: BigInt((i + 1) * MOST), limit: MOST } },
        { transport },
      ),
    ),
    combine: allLinks,
  });
  const links = useMemo(() => [...(first.data?.links ?? []), ...rest], [first.data, rest]);
  return { ...first, links };
}

/** Channels whose members the map can show. */
export const useChannels = () => useQuery(GroupService.method.listChannels, {});

/** Members of a channel to choose from, the first 500. */
export function useMembersOf(channel: { connection: string; name: string } | undefined): readonly string[] {
  const found = useQuery(
    GroupService.method.listMembers,
    channel ? { connection: channel.connection, channel: channel.name, page: { limit: 500 } } : skipToken,
  );
  return found.data?.members.map(({ name, instance }) => (instance ? `${name}/${instance}` : name)) ?? [];
}

/** Where the members of a channel are, and the way between two names. */
export function useWay({ channel = '', from = '', to = '', cp = '' }: NetworkSearch) {
  const asked = channel !== '' || (from !== '' && to !== '');
  return useQuery(ReachService.method.explain, asked ? { channel, from, to, connection: cp } : skipToken, {
    ...AGAIN,
    placeholderData: asked ? keepPreviousData : undefined,
    retry: false,
  });
}

/** How many routes need a person. */
export function useRouteCounts(connection = '') {
  const all = useQuery(listRoutes, { connection, page: { limit: 1 } }, AGAIN);
  const lost = useQuery(
    listRoutes,
    { connection, truths: [RouteTruth.NOT_ON_NODE], page: { limit: 1 } },
    AGAIN,
  );
  return { statuses: all.data?.statuses, lost: lost.data?.total };
}

/** One node of a control plane, by its id. */
export function useNode(connection: string, id: string) {
  const found = useQuery(listNodes, { connection, search: id, page: { limit: MOST } }, AGAIN);
  return { ...about(found), node: found.data?.nodes.find((node) => node.id === id) };
}

/** One route, by what it says of itself: no call reads one. */
export function useRoute(connection: string, key: string) {
  const wanted = readRouteKey(key);
  const { source, destination, name, instance } = wanted;
  const found = useQuery(
    listRoutes,
    { connection, source, destination, search: instance || name, page: { limit: MOST } },
    AGAIN,
  );
  const route = found.data?.routes.find(
    (one) => one.name === name && one.instance === instance && one.destination === destination,
  );
  return { ...about(found), route };
}

export function useLink(connection: string, key: string) {
  const { source, destination, linkId } = readLinkKey(key);
  const found = useQuery(
    listLinks,
    { connection, search: linkId || destination, page: { limit: MOST } },
    AGAIN,
  );
  const link = found.data?.links.find(
    (one) => one.linkId === linkId && one.source === source && one.destination === destination,
  );
  return { ...about(found), link };
}

/** Links that begin or end at a node. */
export function useLinksOf(connection: string, node: string) {
  const found = useQuery(listLinks, { connection, search: node, page: { limit: MOST } }, AGAIN);
  return found.data?.links.filter(({ source, destination }) => source === node || destination === node);
}

/** Asked of the node itself. */
export const useNodeConnections = (connection: string, node: string, enabled: boolean) =>
  useQuery(listNodeConnections, { connection, node }, { enabled, retry: false });

interface Asked {
  data: unknown;
  error: unknown;
  isPending: boolean;
  refetch: () => Promise<unknown>;
}
const about = ({ data, error, isPending, refetch }: Asked) => ({
  error: data ? undefined : error,
  loading: isPending,
  retry: () => void refetch(),
});
