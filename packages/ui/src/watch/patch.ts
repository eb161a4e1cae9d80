import {
  type Connection,
  ConnectionService,
  GroupService,
  ListConnectionsResponseSchema,
  type NewMessage,
} from '@muster/api';
import { create } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { createConnectQueryKey } from '@connectrpc/connect-query';
import type { QueryClient } from '@tanstack/react-query';
import { remember, withArrived } from './messages.ts';

/** Messages of a burst are written together: each writing draws the list anew. */
const GATHER_MS = 100;

/** Writes a connection's new state into what is shown. */
export function patchConnection(client: QueryClient, transport: Transport, changed: Connection): void {
  const queryKey = createConnectQueryKey({
    schema: ConnectionService.method.listConnections,
    transport,
    input: {},
    cardinality: 'finite',
  });
  client.setQueryData(queryKey, (old) => {
    if (!old) return old;
    const known = old.connections.some((connection) => connection.name === changed.name);
    const connections = known
      ? old.connections.map((connection) => (connection.name === changed.name ? changed : connection))
      : [...old.connections, changed];
    return create(ListConnectionsResponseSchema, { ...old, connections });
  });
  // What needs attention is the gateway's to say.
  const { getOverview } = ConnectionService.method;
  void client.invalidateQueries({
    queryKey: createConnectQueryKey({ schema: getOverview, transport, cardinality: 'finite' }),
  });
}

const gathering = new WeakMap<QueryClient, Set<string>>();

/** Adds a message to its channel's list, once, within a moment. */
export function patchMessage(client: QueryClient, transport: Transport, arrived: NewMessage): void {
  const { connection, channel } = arrived;
  remember(client, arrived);
  const waiting = gathering.get(client) ?? new Set<string>();
  gathering.set(client, waiting);
  const key = JSON.stringify([connection, channel]);
  if (waiting.has(key)) return;
  waiting.add(key);
  setTimeout(() => {
    waiting.delete(key);
    const input = { connection, channel };
    const { listMessages } = GroupService.method;
    const queryKey = createConnectQueryKey({ schema: listMessages, transport, input, cardinality: 'finite' });
    client.setQueryData(queryKey, (old) => old && withArrived(client, input, old));
  }, GATHER_MS);
}
