import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Code,
  ConnectError,
  createConnectRouter,
  type ContextValues,
  createContextValues,
  type ConnectRouter,
  type Interceptor,
} from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol';
import {
  AUTH_HEADER,
  MAC_HEADER,
  readAuthHeader,
  responseFields,
  SessionService,
  toBase64Url,
} from '@muster/api';
import { callerKey } from '../caller.ts';
import type { Log } from '../log.ts';
import type { Grant, Sessions } from '../sessions/sessions.ts';
import { either } from '../signals.ts';
import { MAX_BODY, readBody } from './body.ts';
import { pathOf } from './gatekeeper.ts';
import { SECURITY_HEADERS } from './headers.ts';

const OPEN_PATH = `/${SessionService.typeName}/${SessionService.method.open.name}`;
const OPEN_MAX_BODY = 4096;

const CODE_NAMES: Readonly<Record<number, string>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'unimplemented',
  405: 'unimplemented',
  413: 'resource_exhausted',
  415: 'unimplemented',
  421: 'permission_denied',
  429: 'resource_exhausted',
  503: 'unavailable',
};

/** Answers without a session's MAC: turned away before one was known. */
export function refuse(response: ServerResponse, status: number, message: string, close = false): void {
  const body = Buffer.from(JSON.stringify({ code: CODE_NAMES[status] ?? 'unknown', message }));
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json',
    'content-length': body.length,
    ...(close ? { connection: 'close' } : {}),
  });
  response.end(body);
}

/** Takes calls: verifies each over its bytes, before anything parses them, and signs each answer. */
export class RpcFront {
  readonly paths: readonly string[];
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;
  readonly #sessions: Sessions;

  constructor(sessions: Sessions, log: Log, routes: readonly ((router: ConnectRouter) => unknown)[]) {
    this.#sessions = sessions;
    const router = createConnectRouter({
      connect: true,
      grpc: false,
      grpcWeb: false,
      acceptCompression: [],
      readMaxBytes: MAX_BODY,
      interceptors: [closedErrors(log)],
    });
    for (const register of routes) register(router);
    this.#handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
    this.paths = [...this.#handlers.keys()];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? '');
    const open = path === OPEN_PATH;
    const body = await readBody(request, open ? OPEN_MAX_BODY : MAX_BODY);
    if (body === 'too-large')
      return refuse(response, 413, `A call may have at most ${MAX_BODY / 1024 / 1024} MiB.`, true);
    if (body === 'cut') return void request.destroy();
    if (open) return this.#answer(request, response, path, body, undefined, undefined);

    const auth = readAuthHeader(String(request.headers[AUTH_HEADER] ?? ''));
    const grant =
      auth &&
      this.#sessions.verify(auth, {
        method: request.method ?? '',
        path,
        contentType: request.headers['content-type'] ?? '',
        contentEncoding: request.headers['content-encoding'] ?? '',
        bodySha256: createHash('sha256').update(body).digest(),
      });
    if (!grant) return refuse(response, 401, 'This call is not signed by a session of this gateway.');
    if (!grant.withinRate)
      return refuse(
        response,
        429,
        'This session sends more than 200 calls a second. Slow down and try again.',
      );
    return this.#answer(request, response, path, body, grant, auth.mac);
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    body: Buffer,
    grant: Grant | undefined,
    requestMac: Uint8Array | undefined,
  ): Promise<void> {
    const sign = (status: number, bodySha256: Buffer | undefined): Record<string, string> =>
      grant && requestMac
        ? { [MAC_HEADER]: toBase64Url(grant.sign(responseFields(requestMac, status, bodySha256))) }
        : {};
    const handler = this.#handlers.get(path);
    const stream = (request.headers['content-type'] ?? '').startsWith('application/connect+');
    const whole = (status: number, headers: Record<string, string>, bytes: Buffer) => {
      const digest = createHash('sha256').update(bytes).digest();
      response.writeHead(status, { ...SECURITY_HEADERS, ...headers, ...sign(status, digest) });
      response.end(bytes);
    };
    const error = (status: number, message: string) =>
      whole(
        status,
        { 'content-type': 'application/json' },
        Buffer.from(JSON.stringify({ code: CODE_NAMES[status], message })),
      );
    if (!handler) return error(404, 'This gateway has no such call.');

    const close = stream ? grant?.openStream() : undefined;
    if (stream && !close) {
      // In a stream an error is its last message, whatever the status.
      const headers = { 'content-type': request.headers['content-type'] ?? '', ...sign(200, undefined) };
      response.writeHead(200, { ...SECURITY_HEADERS, ...headers });
      response.end(
        lastMessage('resource_exhausted', 'This session has too many streams open. Close a window.'),
      );
      return;
    }
    const gone = new AbortController();
    response.once('close', () => {
      // Only a window that went away early ends the work; an abort after every answer costs as much as its MAC.
      if (!response.writableFinished) gone.abort();
    });
    const contextValues = createContextValues();
    if (grant) contextValues.set(callerKey, grant.caller);
    try {
      const answer = await handler({
        httpVersion: '1.1',
        method: 'POST',
        url: `http://gateway${path}`,
        header: headersOf(request),
        body: once(body),
        signal: either(grant?.signal, gone),
        contextValues,
      });
      const headers = Object.fromEntries(answer.header?.entries() ?? []);
      if (stream && answer.status === 200) {
        response.writeHead(200, { ...SECURITY_HEADERS, ...headers, ...sign(200, undefined) });
        response.flushHeaders();
        await pipe(answer.body, response);
      } else if (answer.status === 500 && !failedInside.has(contextValues))
        // Nothing of ours ran: the library could not parse the message, and says so in words from inside.
        error(400, 'The message of this call could not be read.');
      else whole(answer.status, headers, await collect(answer.body));
    } finally {
      close?.();
    }
  }
}

// Calls whose service failed, as opposed to those that never reached one.
const failedInside = new WeakSet<ContextValues>();

// A closed set of errors goes out (S-40): what a service meant for people, or a number to look up in the log. In the
// middle of a stream too: there the call itself has been answered long before.
function closedErrors(log: Log): Interceptor {
  return (next) => async (request) => {
    const closed = (cause: unknown): unknown => {
      if (cause instanceof ConnectError && cause.code !== Code.Internal) return cause;
      failedInside.add(request.contextValues);
      const id = randomUUID();
      log.error('rpc-failed', { id, path: request.url.replace('http://gateway', ''), cause });
      return new ConnectError(
        `Something went wrong inside the gateway. Its log has more under ${id}.`,
        Code.Internal,
      );
    };
    try {
      const answer = await next(request);
      return answer.stream ? { ...answer, message: guarded(answer.message, closed) } : answer;
    } catch (cause) {
      throw closed(cause);
    }
  };
}

async function* guarded<T>(
  messages: AsyncIterable<T>,
  closed: (cause: unknown) => unknown,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (cause) {
    throw closed(cause);
  }
}

// The envelope that ends a Connect stream: flag 2, length, JSON.
function lastMessage(code: string, message: string): Buffer {
  const json = Buffer.from(JSON.stringify({ error: { code, message } }));
  const head = Buffer.alloc(5);
  head.writeUInt8(2);
  head.writeUInt32BE(json.length, 1);
  return Buffer.concat([head, json]);
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !name.startsWith(':')) headers.set(name, value);
  return headers;
}

async function* once(body: Buffer): AsyncIterable<Uint8Array> {
  yield body;
}

async function collect(body: UniversalServerResponse['body']): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Waits for the socket to drain, so a slow window holds back its own stream only (S-20).
async function pipe(body: UniversalServerResponse['body'], response: ServerResponse): Promise<void> {
  for await (const chunk of body ?? []) {
    if (response.destroyed) break;
    if (!response.write(chunk))
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
  }
  response.end();
}
