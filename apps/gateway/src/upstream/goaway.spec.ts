import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { temporaryDirectory, until } from './testing/wait.ts';
import { openChannel } from './transport.ts';

const path = join(temporaryDirectory(), 'goaway.sock');
const message = toBinary(BundleSchema, create(BundleSchema, { trustDomain: 'a.example' }));
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
const server = createServer();
const sessions: ServerHttp2Session[] = [];
/** What would have ended the gateway: the monitor hears it whoever else does. */
const uncaught: unknown[] = [];
const hear = (error: unknown): void => void uncaught.push(error);

beforeAll(async () => {
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume().once('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(frame);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  process.on('uncaughtExceptionMonitor', hear);
});
beforeEach(() => {
  sessions.length = 0;
});
afterAll(() => {
  process.off('uncaughtExceptionMonitor', hear);
  for (const session of sessions) session.destroy();
  server.close();
});

// What a Go server sends: MaxConnectionAge and a graceful stop, too many pings, and a stop for another reason.
it.each([
  ['NO_ERROR', constants.NGHTTP2_NO_ERROR, undefined],
  ['ENHANCE_YOUR_CALM', constants.NGHTTP2_ENHANCE_YOUR_CALM, Buffer.from('too_many_pings')],
  ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, undefined],
])(
  'a GOAWAY of %s to an idle session ends no process, whenever the next call comes',
  async (_name, code, data) => {
    const channel = openChannel({ address: `unix://${path}` });
    const client = createClient(Bundle, channel.transport);
    for (let turns = 0; turns < 25; turns += 1) {
      expect((await client.getBundle({})).trustDomain).toBe('a.example');
      const session = sessions.at(-1);
      const ended = new Promise((resolve) => session?.once('close', resolve));
      session?.goaway(code, undefined, data);
      // The next call comes before, amid, or after the end of the session, as `turns` has it.
      for (let count = 0; count < turns; count += 1) await turn();
      // It may fail with the session that it went out on; the one after it goes out on a new session.
      await client.getBundle({}).catch(() => {});
      session?.close();
      await ended;
    }
    await until(
      () => client.getBundle({}).then(({ trustDomain }) => trustDomain, String),
      (answer) => answer === 'a.example',
    );
    channel.close();
    expect(uncaught).toEqual([]);
    expect(sessions.length).toBeGreaterThan(20);
  },
);

it('a channel that is closed right after a GOAWAY ends no process', async () => {
  for (let turns = 0; turns < 15; turns += 1) {
    const channel = openChannel({ address: `unix://${path}` });
    await createClient(Bundle, channel.transport).getBundle({});
    const session = sessions.at(-1);
    session?.goaway(constants.NGHTTP2_NO_ERROR);
    for (let count = 0; count < turns; count += 1) await turn();
    channel.close();
    for (let count = 0; count < 15; count += 1) await turn();
    // Node's own server does not see that the peer of a session it said goodbye to is gone.
    session?.destroy();
  }
  expect(uncaught).toEqual([]);
});
