import {
  type Connection,
  ConnectionService,
  GroupService,
  ListConnectionsResponseSchema,
  ListMessagesResponseSchema,
  type NewMessage,
} from '@muster/api';
import { create } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { createConnectQueryKey } from '@connectrpc/connect-query';
import type { QueryClient } from '@tanstack/react-query';

const KEPT = 1000;

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

/** Adds a message to its channel's list, once. */
export function patchMessage(client: QueryClient, transport: Transport, arrived: NewMessage): void {
  const { connection, channel, message } = arrived;
  if (!message) return;
  const queryKey = createConnectQueryKey({
    schema: GroupService.method.listMessages,
    transport,
    input: { connection, channel },
    cardinality: 'finite',
  });
  client.setQueryData(queryKey, (old) => {
    if (!old || old.messages.some((one) => one.id === message.id)) return old;
    return create(ListMessagesResponseSchema, { messages: [...old.messages, message].slice(-KEPT) });
  });
}
