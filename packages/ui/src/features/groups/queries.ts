import {
  ActionService,
  ConnectionService,
  GroupService,
  ItemOutcome,
  KeyService,
  type ListMessagesResponse,
  Presence,
} from '@muster/api';
import { type JsonObject } from '@bufbuild/protobuf';
import { createClient, type Transport } from '@connectrpc/connect';
import { createConnectQueryKey, createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { keepPreviousData, useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { PAGE, PagedRows, pagesFor, usePagesInSight } from '../../components/index.ts';
import { withArrived } from '../../watch/messages.ts';
import type { MemberFilter } from './MembersTools.tsx';
import { memberKey } from './names.ts';

/** Channels of every connection, names to invite, and the connections that could not be read. */
export function useChannels() {
  return useQuery(GroupService.method.listChannels, {});
}

/** Members that fit: those in sight are read, by offset, so that any place of a long list is one request away. */
export function useMembers(connection: string, channel: string, filter: MemberFilter = {}) {
  const transport = useTransport();
  const [pages, follow] = usePagesInSight();
  const method = GroupService.method.listMembers;
  const at = (page: number) => ({
    ...{ connection, channel, search: filter.find ?? '' },
    presences: presenceFilter(filter.presence),
    identityStates: filter.identity === undefined ? [] : [filter.identity],
    page: { offset: BigInt(page * PAGE), limit: PAGE },
  });
  const first = useQuery(method, at(0), { placeholderData: keepPreviousData });
  const total = Number(first.data?.total ?? 0n);
  const others = pages.filter((page) => page > 0 && page * PAGE < total);
  const rest = useQueries({
    queries: others.map((page) => createQueryOptions(method, at(page), { transport })),
    combine: (results) => results.map(({ data }) => data?.members),
  });
  const rows = useMemo(
    () => PagedRows.of(first.data?.members, others, rest, total),
    // `rest` is new whenever `others` is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first.data, rest, total],
  );
  const onRange = useCallback((from: number, to: number) => follow(pagesFor(from, to)), [follow]);
  return { first, rows, onRange };
}

/** The group as everything that knows it has it. */
export function useComparison(
  connection: string,
  channel: string,
  narrowed: { differingOnly?: boolean; search?: string; page?: { limit: number } } = {},
) {
  return useQuery(
    GroupService.method.compareGroup,
    { connection, channel, ...narrowed },
    { placeholderData: keepPreviousData },
  );
}

/** One member that an address names, where it is not among those read. */
export function useMember(connection: string, channel: string, key: string | undefined) {
  const [instance, name] = [key?.split('/')[3], key?.split('/').slice(0, 3).join('/')];
  const found = useQuery(
    GroupService.method.listMembers,
    { connection, channel, search: instance ?? name ?? '', page: { limit: PAGE } },
    { enabled: key !== undefined },
  );
  return found.data?.members.find((one) => memberKey(one) === key || one.name === key);
}

const presenceFilter = (word: string | undefined): Presence[] => {
  const presence = { online: Presence.ONLINE, offline: Presence.OFFLINE, unknown: Presence.UNKNOWN }[
    word ?? ''
  ];
  return presence === undefined ? [] : [presence];
};

/** Messages, oldest first. The shell's watch writes new ones into this query. */
export function useMessages(connection: string, channel: string, enabled: boolean) {
  const client = useQueryClient();
  const at = { connection, channel };
  return useQuery(GroupService.method.listMessages, at, {
    enabled,
    // One told of while the list was on its way is in neither otherwise.
    structuralSharing: (_old, read) => withArrived(client, at, read as ListMessagesResponse),
  });
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

/** Keys that a new channel can be owned by. */
export const useOwnerKeys = () => useQuery(KeyService.method.listOwnerKeys, {});

/** Names at which this gateway answers as the owner of channels. */
export function useCallbackNames(): readonly string[] {
  const list = useQuery(KeyService.method.listApprovals, { page: { limit: 1 } });
  return list.data?.callbackNames ?? [];
}
