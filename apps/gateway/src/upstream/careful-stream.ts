import type { GrpcTransportOptions } from '@connectrpc/connect-node';
import type { ClientHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { bundledHeader, bundles } from './bundled-stream.ts';

type Sessions = NonNullable<GrpcTransportOptions['sessionManager']>;

/**
 * Mends two races with a quick server, each of which loses an answer that arrived ("Premature close"):
 * a request's end goes with its last message, and a response that came whole is read to its end.
 */
export function careful(sessions: Sessions): Sessions {
  return {
    authority: sessions.authority,
    notifyResponseByteRead: (stream) => sessions.notifyResponseByteRead(stream),
    request: async (method, path, headers, options) => {
      const { [bundledHeader]: together, ...sent } = headers;
      const stream = await sessions.request(method, path, sent, options);
      hearErrors(stream);
      return readAll(endTogether(stream), together !== undefined);
    },
  };
}

const heard = new WeakSet<object>();

/**
 * connect-node ends a session that got a GOAWAY by an error, and in a race after it stopped listening for errors
 * itself: nobody hearing it would end the gateway.
 */
function hearErrors({ session }: ClientHttp2Stream): void {
  if (!session || heard.has(session)) return;
  heard.add(session);
  session.on('error', () => {});
}

type Callback = (error?: Error | null) => void;

/**
 * Holds each chunk back until it is known whether it is the last, for a turn of the event loop at most. A Go server
 * answers as soon as it has the message; without the end of the request by then it resets the stream after its answer.
 */
function endTogether(stream: ClientHttp2Stream): ClientHttp2Stream {
  const write = stream.write.bind(stream) as (chunk: unknown) => boolean;
  const end = stream.end.bind(stream) as (...args: unknown[]) => ClientHttp2Stream;
  let held: unknown;
  const flush = (): void => {
    const chunk = held;
    held = undefined;
    if (chunk !== undefined && !stream.destroyed) write(chunk);
  };
  const later = (chunk: unknown, _encoding: unknown, done?: Callback): boolean => {
    flush();
    held = chunk;
    setImmediate(flush);
    if (done) queueMicrotask(() => done());
    return true;
  };
  const last = (done?: unknown): ClientHttp2Stream => {
    const chunk = held;
    held = undefined;
    return chunk === undefined ? end(done) : end(chunk, done);
  };
  return Object.assign(stream, { write: later, end: last });
}

/**
 * Reads a stream to its end by what it tells. Over TLS a small response often comes whole, in one record: an HTTP/2 stream
 * then calls itself closed while its data are still to be read, and Node's own iterator takes that for a broken one.
 */
export function chunksOf(stream: Readable): AsyncIterator<unknown> {
  let wake: (() => void) | undefined;
  let failure: unknown;
  let over = false;
  const tell = (): void => wake?.();
  stream.on('readable', tell);
  stream.once('end', () => {
    over = true;
    tell();
  });
  stream.once('error', (error) => {
    failure ??= error;
    tell();
  });
  // Emitted, it means what it says: there is nothing more to come.
  stream.once('close', () => {
    failure ??= Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    tell();
  });
  return {
    async next() {
      for (;;) {
        const value: unknown = stream.read();
        if (value !== null) return { done: false, value };
        if (over || stream.readableEnded) return { done: true, value: undefined };
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    return: (value) => {
      stream.destroy();
      return Promise.resolve({ done: true, value });
    },
  };
}

function readAll(stream: ClientHttp2Stream, together: boolean): ClientHttp2Stream {
  return Object.assign(stream, {
    [Symbol.asyncIterator]: () => (together ? bundles(chunksOf(stream)) : chunksOf(stream)),
  });
}
