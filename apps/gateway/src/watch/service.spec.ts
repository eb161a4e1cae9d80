import { create } from '@bufbuild/protobuf';
import { createClient, createRouterTransport } from '@connectrpc/connect';
import { MessageSchema, Topic, type WatchEvent, WatchService } from '@muster/api';
import { expect, it } from 'vitest';
import { EventBus } from '../events.ts';
import { watchRoutes } from './service.ts';

/** What a window is told after `say`, once it begins to take again. */
async function told(say: (events: EventBus) => void): Promise<WatchEvent['event'][]> {
  const events = new EventBus();
  const client = createClient(WatchService, createRouterTransport(watchRoutes(events)));
  const stop = new AbortController();
  const all: WatchEvent['event'][] = [];
  try {
    for await (const { event } of client.watch({}, { signal: stop.signal })) {
      all.push(event);
      if (all.length === 1) {
        // The gateway waits for something to happen by then.
        setTimeout(() => {
          say(events);
          events.emit({ kind: 'invalidated', topic: Topic.SESSIONS, scope: 'the end' });
        }, 20);
      }
      if (event.case === 'invalidated' && event.value.scope === 'the end') break;
    }
  } finally {
    stop.abort();
  }
  return all.slice(1, -1);
}
const said = (events: EventBus, id: number, text = '') =>
  events.emit({
    kind: 'message',
    connection: 'node',
    channel: 'a/b/c',
    message: create(MessageSchema, { id: String(id), text, sequence: BigInt(id) }),
    earlier: BigInt(id),
  });
const messages = (all: WatchEvent['event'][]) =>
  all.flatMap((event) => (event.case === 'message' ? [event.value] : []));
const topics = (all: WatchEvent['event'][]) =>
  all.flatMap((event) => (event.case === 'invalidated' ? [event.value.topic] : []));

it('tells a thousand messages in their order, each once', async () => {
  const all = await told((events) => {
    for (let id = 1; id <= 1000; id++) said(events, id);
  });
  expect(messages(all).map(({ message }) => message?.id)).toEqual(
    Array.from({ length: 1000 }, (_, index) => String(index + 1)),
  );
  expect(messages(all).at(-1)?.earlier).toBe(1000n);
  expect(topics(all)).toEqual([]);
});

it('of a flood the window reads again what is kept, and is not cut off', async () => {
  const all = await told((events) => {
    for (let id = 1; id <= 100_000; id++) said(events, id);
  });
  expect(messages(all)).toEqual([]);
  expect(topics(all)).toEqual([Topic.MESSAGES]);
});

it('so it does of few that are long', async () => {
  const text = 'x'.repeat(64 * 1024);
  const all = await told((events) => {
    for (let id = 1; id <= 100; id++) said(events, id, text);
  });
  expect(messages(all)).toEqual([]);
  expect(topics(all)).toEqual([Topic.MESSAGES]);
});
