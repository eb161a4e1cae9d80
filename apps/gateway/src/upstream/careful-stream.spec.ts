import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { careful, chunksOf } from './careful-stream.ts';
import { temporaryDirectory } from './testing/wait.ts';
import { openChannel } from './transport.ts';

const path = join(temporaryDirectory(), 'go.sock');
const message = toBinary(BundleSchema, create(BundleSchema, { trustDomain: 'a.example' }));
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
const seen: boolean[] = [];

/** As grpc-go: answers once it has the message, and resets the stream when the request has not ended by then. */
function answer(stream: ServerHttp2Stream): void {
  stream.once('data', () => {
    setImmediate(() => {
      const ended = stream.readableEnded;
      seen.push(ended);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
        if (!ended) stream.close(0);
      });
      stream.end(frame);
    });
  });
  stream.on('error', () => {});
}

const server = createServer();
beforeAll(async () => {
  server.on('stream', answer);
  server.listen(path);
  await once(server, 'listening');
});
afterAll(() => void server.close());

describe('a request', () => {
  it('ends with its message, so that a server that answers at once does not reset it', async () => {
    const channel = openChannel({ address: `unix://${path}` });
    const client = createClient(Bundle, channel.transport);
    const calls = Array.from({ length: 200 }, () => client.getBundle({}));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ trustDomain }) => trustDomain))).toEqual(new Set(['a.example']));
    expect(seen).toHaveLength(200);
    expect(seen.filter((ended) => !ended)).toEqual([]);
    channel.close();
  });
});

/** Says that it is closed from the start, as an HTTP/2 stream does whose response came in one piece. */
class Whole extends Readable {
  override readonly closed = true;
  override _read(): void {}
}

async function collect(iterator: AsyncIterator<unknown>): Promise<string> {
  let text = '';
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
    text += String(next.value);
  return text;
}

describe('a response', () => {
  const whole = (): Whole => {
    const stream = new Whole();
    stream.push('all ');
    stream.push('of it');
    stream.push(null);
    return stream;
  };
  it('that came whole is read to its end, which Node’s own iterator does not', async () => {
    await expect(collect(whole()[Symbol.asyncIterator]())).rejects.toThrow('Premature close');
    expect(await collect(chunksOf(whole()))).toBe('all of it');
  });
  it('that comes bit by bit is waited for', async () => {
    const stream = new Readable({ read() {} });
    const text = collect(chunksOf(stream));
    for (const part of ['a', 'b', 'c']) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      stream.push(part);
    }
    stream.push(null);
    expect(await text).toBe('abc');
  });
  it('that breaks off is an error, after what had come', async () => {
    const stream = new Readable({ read() {} });
    stream.push('half');
    const iterator = chunksOf(stream);
    expect(String((await iterator.next()).value)).toBe('half');
    const next = iterator.next();
    stream.destroy();
    await expect(next).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    const broken = new Readable({ read() {} });
    const failing = chunksOf(broken).next();
    broken.destroy(new Error('the reason'));
    await expect(failing).rejects.toThrow('the reason');
  });
});

it('a session that fails when nobody else listens any more ends nothing but itself', async () => {
  const session = new EventEmitter();
  const stream = Object.assign(new Readable({ read() {} }), { session, write: () => true, end() {} });
  const sessions = careful({
    authority: 'http://localhost',
    notifyResponseByteRead() {},
    request: async () => stream as never,
  });
  await sessions.request('POST', '/', {}, {});
  await sessions.request('POST', '/', {}, {});
  expect(() => session.emit('error', new Error('GOAWAY'))).not.toThrow();
  expect(session.listenerCount('error')).toBe(1);
});
