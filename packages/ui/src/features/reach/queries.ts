import { GroupService, NetworkService, ReachService } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

export interface Question {
  /** Empty with a channel: its moderator. */
  from: string;
  /** Empty with a channel: everyone in it. */
  to: string;
  channel: string;
  /** Control plane; empty: the one that knows the names. */
  connection: string;
}

/** What nodes have changes without a word: milliseconds between two looks. */
const AGAIN = 10_000;

/** Undefined: nothing is asked yet. */
export function useReach(question: Question | undefined) {
  return useQuery(ReachService.method.explain, question ?? skipToken, {
    placeholderData: question ? keepPreviousData : undefined,
    refetchInterval: AGAIN,
    retry: false,
  });
}

/** Channels to ask about. */
export const useChannels = () => useQuery(GroupService.method.listChannels, {});

/** Who is in a channel, to choose from; undefined: no channel. */
export function useMembers(at: { connection: string; name: string } | undefined): readonly string[] {
  const { data } = useQuery(
    GroupService.method.listMembers,
    at ? { connection: at.connection, channel: at.name, page: { limit: 200 } } : skipToken,
  );
  return data?.members.map(({ name }) => name) ?? [];
}

/** Names that the network has routes to, by what was typed. */
export function useRoutedNames(typed: string, connection: string): readonly string[] {
  const { data } = useQuery(
    NetworkService.method.listRoutes,
    { connection, search: typed, wildcard: true, order: 'name', page: { limit: 100 } },
    { placeholderData: keepPreviousData },
  );
  return data?.routes.map(({ name }) => name).filter(Boolean) ?? [];
}

export const useControlPlanes = () => useQuery(NetworkService.method.listControlPlanes, {});
