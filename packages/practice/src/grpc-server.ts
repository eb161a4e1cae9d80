import { chmod, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import type { ConnectRouter } from '@connectrpc/connect';
import { Code, createConnectRouter } from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';

/** What a Go gRPC server accepts of one message unless told otherwise. */
const maxMessageBytes = 4 * 1024 * 1024;

export interface GrpcServer {
  stop(): Promise<void>;
}

export interface GrpcServerOptions {
  /** At most 107 bytes: the kernel's limit for a unix socket address. */
  path: string;
  routes(router: ConnectRouter): void;
  /** Methods the server knows but refuses, by path. */
  refused?: ReadonlySet<string>;
}

/** Serves gRPC on a unix socket of mode 0600, wording its own failures as a Go server does. */
export async function serveGrpc({
  path,
  routes,
  refused = new Set(),
}: GrpcServerOptions): Promise<GrpcServer> {
  if (Buffer.byteLength(path) > 107) throw new Error(`the socket path is longer than 107 bytes: ${path}`);
  const shutdown = new AbortController();
  const router = createConnectRouter({
    connect: false,
    grpcWeb: false,
    readMaxBytes: maxMessageBytes,
    shutdownSignal: shutdown.signal,
  });
  routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const services = new Set(router.handlers.map((handler) => handler.service.typeName));

  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer({ settings: { initialWindowSize: 1 << 20 } }, (request, response) => {
    const handler = handlers.get(request.url);
    if (handler) void answer(handler, request, response);
    else if (refused.has(request.url))
      trailersOnly(response, Code.PermissionDenied, `authorization denied for method ${request.url}`);
    else trailersOnly(response, Code.Unimplemented, unknownMethod(request.url, services));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A client that vanishes is not worth a crash.
    session.on('error', () => {});
  });

  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);

  return {
    async stop() {
      shutdown.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
      await rm(path, { force: true });
    },
  };
}

async function answer(
  handler: UniversalHandler,
  request: http2.Http2ServerRequest,
  response: http2.Http2ServerResponse,
): Promise<void> {
  try {
    const answered = await handler(universalRequestFromNodeRequest(request, response, undefined, undefined));
    await universalResponseToNodeResponse(inGoWords(answered), response);
  } catch {
    // The client went away, or the server is stopping: nobody is left to answer.
    response.stream?.close(http2.constants.NGHTTP2_CANCEL);
  }
}

/** Replaces the message of an oversized request, which arises below the services, by that of a Go server. */
function inGoWords(response: UniversalServerResponse): UniversalServerResponse {
  const { body, trailer } = response;
  if (!body || !trailer) return response;
  const worded = async function* () {
    yield* body;
    const size = /size (\d+) is larger than configured readMaxBytes (\d+)/.exec(
      decodeURIComponent(trailer.get('grpc-message') ?? ''),
    );
    if (size)
      trailer.set(
        'grpc-message',
        encodeURIComponent(`grpc: received message larger than max (${size[1]} vs. ${size[2]})`),
      );
  };
  return { ...response, body: worded() };
}

function trailersOnly(response: http2.Http2ServerResponse, code: Code, message: string): void {
  response.writeHead(200, {
    'content-type': 'application/grpc',
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(message),
  });
  response.end();
}

function unknownMethod(url: string, services: ReadonlySet<string>): string {
  const [, service = '', method = ''] = url.split('/');
  return services.has(service)
    ? `unknown method ${method} for service ${service}`
    : `unknown service ${service}`;
}
