// @vitest-environment node
import { ListMessagesResponseSchema, MessageSchema, NewMessageSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { QueryClient } from '@tanstack/react-query';
import { beforeEach, expect, it, vi } from 'vitest';
import { forgetMessages, remember, withArrived } from './messages.ts';

const at = { connection: 'node', channel: 'a/b/c' };
const message = (sequence: number) =>
  create(MessageSchema, { id: `m${sequence}`, sequence: BigInt(sequence) });
const read = (sequences: number[], { earlier = 0, start = 0 } = {}) =>
  create(ListMessagesResponseSchema, {
    messages: sequences.map(message),
    earlier: BigInt(earlier),
    start: BigInt(start),
  });
const ids = (list: { messages: { id: string }[] }) => list.messages.map(({ id }) => id);

let client: QueryClient;
const arrive = (sequence: number, earlier = 0, where = at) =>
  remember(
    client,
    create(NewMessageSchema, { ...where, message: message(sequence), earlier: BigInt(earlier) }),
  );
beforeEach(() => {
  client = new QueryClient();
});

it('has each message once, in its place, whichever way it came first', () => {
  for (const sequence of [3, 5, 4]) arrive(sequence);
  expect(ids(withArrived(client, at, read([1, 2, 3])))).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
  const whole = read([1, 2, 3, 4, 5]);
  expect(withArrived(client, at, whole)).toBe(whole);
  expect(ids(withArrived(client, { ...at, channel: 'x/y/z' }, read([1])))).toEqual(['m1']);
});

it('keeps no more than the gateway does, and knows how many those were', () => {
  arrive(4, 1);
  arrive(5, 2);
  const list = withArrived(client, at, read([1, 2, 3]));
  expect(ids(list)).toEqual(['m3', 'm4', 'm5']);
  expect(list.earlier).toBe(2n);
});

it('does not bring back what is kept no more, or what was said in a channel of the same name', () => {
  arrive(1);
  arrive(2);
  expect(ids(withArrived(client, at, read([3, 4], { earlier: 2 })))).toEqual(['m3', 'm4']);
  expect(ids(withArrived(client, at, read([], { start: 2 })))).toEqual([]);
});

it('forgets all when another gateway may answer, and each in time', () => {
  vi.useFakeTimers();
  arrive(2);
  vi.advanceTimersByTime(31_000);
  arrive(3);
  expect(ids(withArrived(client, at, read([1])))).toEqual(['m1', 'm3']);
  forgetMessages(client);
  expect(ids(withArrived(client, at, read([1])))).toEqual(['m1']);
  vi.useRealTimers();
});

it('puts a thousand of a burst in their places at once', () => {
  for (let sequence = 1000; sequence > 0; sequence--) arrive(sequence);
  expect(ids(withArrived(client, at, read([])))).toEqual(
    Array.from({ length: 1000 }, (_, index) => `m${index + 1}`),
  );
});
