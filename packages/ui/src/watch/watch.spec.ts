// @vitest-environment node
import {
  ConnectionSchema,
  ConnectionService,
  ConnectionState,
  EntryService,
  GroupService,
  MessageSchema,
  NewMessageSchema,
  Topic,
  WatchService,
  type WatchEvent,
} from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect';
import { callUnaryMethod, createConnectQueryKey, createQueryOptions } from '@connectrpc/connect-query';
import { describe, expect, it, vi } from 'vitest';
import { fakeTransport, World } from '../testing/fake/index.ts';
import { createQueryClient } from '../transport.tsx';
import { patchConnection, patchMessage } from './patch.ts';
import { holdWatch } from './stream.ts';
import { invalidateTopic } from './topics.ts';

const beat: WatchEvent['event'] = { case: 'beat', value: { $typeName: 'muster.v1.Beat' } };

function handlers() {
  return { onOpen: vi.fn(), onEvent: vi.fn(), onBroken: vi.fn() };
}

describe('the Watch stream', () => {
  it('comes back after it broke, and says that anything may have changed', async () => {
    let opened = 0;
    const transport = createRouterTransport((router) =>
      router.service(WatchService, {
        async *watch(_request, { signal }) {
          yield { event: beat };
          if (++opened === 1) throw new ConnectError('gone', Code.Unavailable);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      }),
    );
    const seen = handlers();
    const stop = holdWatch(transport, seen, { firstWait: 5 });
    await vi.waitFor(() => expect(seen.onOpen).toHaveBeenCalledTimes(2));
    expect(seen.onOpen.mock.calls).toEqual([[false], [true]]);
    expect(seen.onBroken).toHaveBeenCalledWith('gone');
    stop();
  });

  it('does not trust a silent stream', async () => {
    const transport = createRouterTransport((router) =>
      router.service(WatchService, {
        async *watch(_request, { signal }) {
          yield { event: beat };
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new ConnectError('aborted', Code.Canceled);
        },
      }),
    );
    const seen = handlers();
    const stop = holdWatch(transport, seen, { silence: 20, firstWait: 5 });
    await vi.waitFor(() =>
      expect(seen.onBroken).toHaveBeenCalledWith('The gateway has said nothing for a while.'),
    );
    stop();
  });

  it('does not try again without a session', async () => {
    const watch = vi.fn(() => {
      throw new ConnectError('ended', Code.Unauthenticated);
    });
    const transport = createRouterTransport((router) => router.service(WatchService, { watch }));
    const seen = handlers();
    holdWatch(transport, seen, { firstWait: 1 });
    await vi.waitFor(() => expect(seen.onBroken).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(watch).toHaveBeenCalledOnce();
  });
});

describe('what Watch tells', () => {
  it('marks the queries of its topic, and no others, as out of date', async () => {
    const transport = fakeTransport();
    const client = createQueryClient();
    const entries = createQueryOptions(EntryService.method.listEntries, {}, { transport });
    const channels = createQueryOptions(GroupService.method.listChannels, {}, { transport });
    await Promise.all([client.fetchQuery(entries), client.fetchQuery(channels)]);
    invalidateTopic(client, Topic.ENTRIES);
    expect(client.getQueryState(entries.queryKey)?.isInvalidated).toBe(true);
    expect(client.getQueryState(channels.queryKey)?.isInvalidated).toBe(false);
  });

  it('writes a connection and a message into what is shown, a message once', async () => {
    const transport = fakeTransport(new World());
    const client = createQueryClient();
    const input = { connection: 'node-1', channel: 'agntcy/ops/fleet' };
    const connections = createQueryOptions(ConnectionService.method.listConnections, {}, { transport });
    const messages = createQueryOptions(GroupService.method.listMessages, input, { transport });
    await Promise.all([client.fetchQuery(connections), client.fetchQuery(messages)]);
    patchConnection(
      client,
      transport,
      create(ConnectionSchema, { name: 'node-1', state: ConnectionState.FAILED, reason: 'refused' }),
    );
    expect(
      (await client.fetchQuery({ ...connections, staleTime: Infinity })).connections.find(
        (one) => one.name === 'node-1',
      ),
    ).toMatchObject({ state: ConnectionState.FAILED, reason: 'refused' });
    const arrived = create(NewMessageSchema, {
      ...input,
      message: create(MessageSchema, { id: 'm9', text: 'hello', sequence: 9n }),
    });
    patchMessage(client, transport, arrived);
    patchMessage(client, transport, arrived);
    await vi.waitFor(async () =>
      expect(
        (await client.fetchQuery({ ...messages, staleTime: Infinity })).messages.map((message) => message.id),
      ).toEqual(['m0', 'm1', 'm2', 'm3', 'm9']),
    );
  });
});

it('uses one key for reading and for writing', async () => {
  const transport = fakeTransport();
  const key = createConnectQueryKey({
    schema: ConnectionService.method.listConnections,
    transport,
    input: {},
    cardinality: 'finite',
  });
  expect(createQueryOptions(ConnectionService.method.listConnections, {}, { transport }).queryKey).toEqual(
    key,
  );
  expect(
    (await callUnaryMethod(transport, ConnectionService.method.listConnections, {})).connections,
  ).toHaveLength(7);
});
