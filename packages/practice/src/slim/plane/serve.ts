import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, createConnectRouter } from '@connectrpc/connect';
import type { ConnectRouter } from '@connectrpc/connect';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';

/** Whose way of refusing it has: the Go servers up to 1.4 say which method they lack, the Rust ones from 2.0 say nothing. */
export type Language = 'go' | 'rust';

export interface ServedPlane {
  address: string;
  /** Methods in the order they were called. */
  calls: string[];
  close: () => Promise<void>;
}

/** Serves the methods of one generation, and refuses all others as that generation does. */
export async function servePlane(
  language: Language,
  routes: (router: ConnectRouter) => void,
  port = 0,
): Promise<ServedPlane> {
  const calls: string[] = [];
  const router = createConnectRouter({ connect: false, grpcWeb: false });
  routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const services = new Set(router.handlers.map(({ service }) => service.typeName));
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer((request, response) => {
    const [, service = '', method = ''] = request.url.split('/');
    calls.push(method);
    const handler = handlers.get(request.url);
    if (handler) {
      void handler(universalRequestFromNodeRequest(request, response, undefined, undefined))
        .then((answer) => universalResponseToNodeResponse(answer, response))
        .catch(() => response.stream?.close());
      return;
    }
    const known = services.has(service);
    const words = known ? `unknown method ${method} for service ${service}` : `unknown service ${service}`;
    response.writeHead(200, {
      'content-type': 'application/grpc',
      'grpc-status': String(Code.Unimplemented),
      ...(language === 'go' ? { 'grpc-message': encodeURIComponent(words) } : {}),
      ...(language === 'rust' && !known ? { 'content-length': '0' } : {}),
    });
    response.end();
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
