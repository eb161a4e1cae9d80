import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../log.ts';
import { isRpcPath, pathOf, refusalOf } from './gatekeeper.ts';
import type { Pages } from './pages.ts';
import { refuse, type RpcFront } from './rpc.ts';

// Sockets that have not yet carried a whole request. A flood of slow ones pushes out its own oldest (S-20).
const MAX_UNPROVEN = 64;

/** The one listener: loopback only, HTTP/1.1. */
export class HttpFront {
  readonly #server: Server;
  readonly #unproven = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param port 0 for any free one. Rejects with EADDRINUSE when it is taken. */
  static async listen(port: number, rpc: RpcFront, pages: Pages, log: Log): Promise<HttpFront> {
    const server = createServer({
      maxHeaderSize: 16 * 1024,
      headersTimeout: 5_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 60_000,
      // The gatekeeper answers a missing Host with 421; Node alone would say 400.
      requireHostHeader: false,
    });
    const front = new HttpFront(server);
    server.on('connection', (socket) => front.#admit(socket));
    // Node hands CONNECT and upgrades over as bare sockets.
    server.on('connect', (_request, socket) => socket.destroy());
    server.on('request', (request, response) => {
      front.#unproven.delete(request.socket);
      const refusal = refusalOf(request, front.port);
      if (refusal) return refuse(response, refusal.status, refusal.message, true);
      if (!isRpcPath(pathOf(request.url ?? ''))) return pages.handle(request, response);
      rpc.handle(request, response).catch((cause: unknown) => {
        log.error('answer-failed', { cause });
        response.destroy();
      });
    });
    server.on('clientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1' }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #admit(socket: Socket): void {
    this.#unproven.add(socket);
    socket.once('close', () => this.#unproven.delete(socket));
    if (this.#unproven.size > MAX_UNPROVEN) {
      const [oldest] = this.#unproven;
      if (oldest) {
        this.#unproven.delete(oldest);
        oldest.destroy();
      }
    }
  }
}
