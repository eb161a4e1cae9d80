import { ListMessagesResponseSchema, type ListMessagesResponse, type NewMessage } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import type { QueryClient } from '@tanstack/react-query';

/** Longer than reading a channel takes. */
const REMEMBERED_MS = 30_000;
/** As many as a channel keeps: of more the list itself has to be read again, which the gateway says. */
const REMEMBERED = 1000;

interface Arrival {
  readonly at: number;
  readonly arrived: NewMessage;
}

const clients = new WeakMap<QueryClient, Map<string, Arrival[]>>();

const keyOf = ({ connection, channel }: { connection: string; channel: string }): string =>
  JSON.stringify([connection, channel]);

/** Remembers a message that the stream told of: a list read at the same time may have been made before it came. */
export function remember(client: QueryClient, arrived: NewMessage): void {
  const channels = clients.get(client) ?? new Map<string, Arrival[]>();
  clients.set(client, channels);
  const now = performance.now();
  for (const [key, arrivals] of channels) {
    const fresh = arrivals.findIndex(({ at }) => now - at < REMEMBERED_MS);
    if (fresh < 0) channels.delete(key);
    else if (fresh > 0) arrivals.splice(0, fresh);
  }
  const key = keyOf(arrived);
  const arrivals = channels.get(key) ?? [];
  channels.set(key, arrivals);
  arrivals.push({ at: now, arrived });
  if (arrivals.length > REMEMBERED) arrivals.splice(0, arrivals.length - REMEMBERED);
}

/** Another gateway may answer after the stream broke, and its messages have other places. */
export function forgetMessages(client: QueryClient): void {
  clients.delete(client);
}

/** What was read of a channel, with what arrived meanwhile: each message once, in its place, and no more than are kept. */
export function withArrived(
  client: QueryClient,
  at: { connection: string; channel: string },
  read: ListMessagesResponse,
): ListMessagesResponse {
  const arrivals = clients.get(client)?.get(keyOf(at)) ?? [];
  const known = new Set(read.messages.map((message) => message.id));
  // Those before the first were heard, and are kept no more; those before the start were of another session.
  const after = read.earlier > 0n ? (read.messages[0]?.sequence ?? read.start) : read.start;
  let earlier = read.earlier;
  const news = arrivals.flatMap(({ arrived }) => {
    const { message } = arrived;
    if (!message || message.sequence <= after || known.has(message.id)) return [];
    if (arrived.earlier > earlier) earlier = arrived.earlier;
    known.add(message.id);
    return [message];
  });
  if (news.length === 0) return read;
  const all = [...read.messages, ...news].sort((a, b) => Number(a.sequence - b.sequence));
  const messages = all.slice(Number(earlier - read.earlier));
  return create(ListMessagesResponseSchema, { ...read, messages, earlier });
}
