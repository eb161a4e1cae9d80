import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { TransportProvider } from '@connectrpc/connect-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';

const TRIES = 3;

/** One client for the window. Watch says what is out of date, so nothing is read again only because time passed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        // A refusal stays a refusal; only what could not be reached may be reached later.
        retry: (failures, error) => ConnectError.from(error).code === Code.Unavailable && failures < TRIES,
        retryDelay: (attempt) => Math.min(8000, 500 * 2 ** attempt) * (0.75 + Math.random() / 2),
      },
    },
  });
}

interface Props {
  transport: Transport;
  client: QueryClient;
  children: ReactNode;
}

export function ServerState({ transport, client, children }: Props) {
  return (
    <QueryClientProvider client={client}>
      <TransportProvider transport={transport}>{children}</TransportProvider>
    </QueryClientProvider>
  );
}
