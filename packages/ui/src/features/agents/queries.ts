import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type Agent,
  AgentService,
  ConnectionKind,
  ConnectionService,
  type ListAgentsRequestSchema,
} from '@muster/api';
import { createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

const PAGE = 200;
const { listAgents, getAgent, listJoinTokens } = AgentService.method;

// A plain object: a message cannot be spread into another.
type Request = Extract<MessageInitShape<typeof ListAgentsRequestSchema>, { $typeName?: never }>;

/** Agents of the list in sight, read by offset: any place of a long list is one request away. */
export function useAgents(request: Request) {
  const transport = useTransport();
  const [pages, setPages] = useState<readonly number[]>([0]);
  const input = (page: number): Request => ({
    ...request,
    page: { offset: BigInt(page * PAGE), limit: PAGE },
  });
  // Counts, facets and age come with every page; the first says them for all.
  const first = useQuery(listAgents, input(0), { placeholderData: keepPreviousData });
  const total = Number(first.data?.total ?? 0n);
  const others = pages.filter((page) => page > 0 && page * PAGE < total);
  const rest = useQueries({
    queries: others.map((page) => createQueryOptions(listAgents, input(page), { transport })),
    combine: (results) => results.map((result) => result.data?.agents),
  });
  const rows = useMemo(() => {
    const all: (Agent | undefined)[] = Array<Agent | undefined>(total).fill(undefined);
    first.data?.agents.forEach((agent, i) => (all[i] = agent));
    others.forEach((page, i) => rest[i]?.forEach((agent, k) => (all[page * PAGE + k] = agent)));
    return all;
    // `rest` is new whenever `others` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first.data, rest, total]);
  const onRange = useCallback((from: number, to: number) => {
    const wanted = range(Math.floor(from / PAGE), Math.floor(to / PAGE));
    setPages((now) => (now.join() === wanted.join() ? now : wanted));
  }, []);
  return { first, rows, onRange };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const useAgent = (at: { connection: string; id: string }) =>
  useQuery(getAgent, at, { placeholderData: keepPreviousData });

export const useJoinTokens = (trustDomain: string | undefined) =>
  useQuery(listJoinTokens, { trustDomains: trustDomain ? [trustDomain] : [] }, { refetchInterval: 15_000 });

export interface Server {
  name: string;
  trustDomain: string;
  /** Why its agents cannot be changed; undefined when they can. */
  problem: string | undefined;
}

/** The SPIRE servers that are configured, and what keeps each from being changed. */
export function useServers(): readonly Server[] | undefined {
  const { data } = useQuery(ConnectionService.method.listConnections, {});
  return useMemo(
    () =>
      data?.connections
        .filter(({ kind }) => kind === ConnectionKind.SPIRE_SERVER)
        .map(({ name, trustDomain, capabilities, reason }) => {
          const write = capabilities.find((capability) => capability.name === 'agents.write');
          return {
            name,
            trustDomain,
            problem: write?.available
              ? undefined
              : write?.reason || reason || 'This server does not let us change agents.',
          };
        }),
    [data],
  );
}

export function problemOf(servers: readonly Server[] | undefined, connection: string): string | undefined {
  if (!servers) return 'The connections are being read.';
  const found = servers.find(({ name }) => name === connection);
  return found ? found.problem : `The connection ${connection} is not configured any more.`;
}
