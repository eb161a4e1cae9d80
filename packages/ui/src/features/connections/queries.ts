import { ConnectionService } from '@muster/api';
import { useMutation, useQuery } from '@connectrpc/connect-query';

export const useConnections = () => useQuery(ConnectionService.method.listConnections, {});

/** Tries a connection at once. Watch tells what came of it. */
export const useRetry = () => useMutation(ConnectionService.method.retryConnection);
