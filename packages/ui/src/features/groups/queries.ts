import { ActionService, ConnectionService, GroupService, ItemOutcome } from '@muster/api';
import { type JsonObject } from '@bufbuild/protobuf';
import { createClient, type Transport } from '@connectrpc/connect';
import { createConnectQueryKey, useQuery, useTransport } from '@connectrpc/connect-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Channels of every connection, names to invite, and the connections that could not be read. */
export function useChannels() {
  return useQuery(GroupService.method.listChannels, {});
}

export function useMembers(connection: string, channel: string) {
  return useQuery(GroupService.method.listMembers, { connection, channel });
}

/** Messages, oldest first. The shell's watch writes new ones into this query. */
export function useMessages(connection: string, channel: string, enabled: boolean) {
  return useQuery(GroupService.method.listMessages, { connection, channel }, { enabled });
}

/** Where a channel can be made, and why not elsewhere. */
export function useManagers() {
  return useQuery(ConnectionService.method.listConnections, {});
}

export interface OutgoingMessage {
  readonly connection: string;
  readonly channel: string;
  readonly text: string;
}

/** Sends a message: planned and applied in one go, because the text was just written by who sends it. */
export function useSendMessage() {
  const transport = useTransport();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: OutgoingMessage) => sendMessage(transport, message),
    onSuccess: async (_done, { connection, channel }) => {
      await client.invalidateQueries({
        queryKey: createConnectQueryKey({
          schema: GroupService.method.listMessages,
          transport,
          input: { connection, channel },
          cardinality: 'finite',
        }),
      });
    },
  });
}

async function sendMessage(transport: Transport, message: OutgoingMessage): Promise<void> {
  const actions = createClient(ActionService, transport);
  const input: JsonObject = { connection: message.connection, channel: message.channel, text: message.text };
  const { plan } = await actions.plan({ action: 'message.send', input });
  if (!plan) throw new Error('The gateway made no plan for the message.');
  for await (const progress of actions.apply({ digest: plan.digest, idempotencyKey: randomKey() })) {
    const item = progress.item;
    if (item && item.outcome !== ItemOutcome.DONE) throw new Error(refusal(item.outcome, item.reason));
  }
}

function refusal(outcome: ItemOutcome, reason: string): string {
  if (outcome === ItemOutcome.UNKNOWN) {
    return `It is not known whether the message was sent: ${reason || 'the connection broke meanwhile.'} Look before you send it again.`;
  }
  return reason || 'The message was refused, and no reason was given.';
}

/** 16 random bytes, hex: applied at most once. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
