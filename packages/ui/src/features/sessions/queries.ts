import { SessionService } from '@muster/api';
import { createConnectQueryKey, useMutation, useQuery } from '@connectrpc/connect-query';
import { useQueryClient } from '@tanstack/react-query';

export const useSessions = () => useQuery(SessionService.method.listSessions, {});

/** What can be done with sessions. These end access and change nothing upstream, so they are not planned actions. */
export function useSessionChanges() {
  const client = useQueryClient();
  const readAgain = () =>
    client.invalidateQueries({
      queryKey: createConnectQueryKey({ schema: SessionService.method.listSessions, cardinality: undefined }),
    });
  return {
    end: useMutation(SessionService.method.endSession, { onSettled: readAgain }),
    endOthers: useMutation(SessionService.method.endOtherSessions, { onSettled: readAgain }),
    createLink: useMutation(SessionService.method.createLaunchLink),
  };
}
