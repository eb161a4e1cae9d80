import { ConnectionService, ServerService } from '@muster/api';
import { useMutation, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

export const useConnections = () => useQuery(ConnectionService.method.listConnections, {});

/** Tries a connection at once. Watch tells what came of it. */
export const useRetry = () => useMutation(ConnectionService.method.retryConnection);

/** Health and log level: cheap to read, and read again now and then. */
export const useServer = (connection: string) =>
  useQuery(ServerService.method.getServer, { connection }, { refetchInterval: 30_000, retry: false });

/** What the server must count: read only when a person asks. */
export const useServerDetails = (connection: string, asked: boolean) =>
  useQuery(
    ServerService.method.getServer,
    { connection, details: true },
    { enabled: asked, staleTime: 'static', retry: false, placeholderData: keepPreviousData },
  );
