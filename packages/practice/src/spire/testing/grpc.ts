import net from 'node:net';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';

export interface UnixTransport {
  transport: Transport;
  /** Ends the connection and every stream on it. */
  close(): void;
}

/** A gRPC client over a unix socket, without TLS. */
export function grpcOverUnix(path: string): UnixTransport {
  const baseUrl = 'http://localhost';
  const sessionManager = new Http2SessionManager(baseUrl, undefined, {
    createConnection: () => net.connect(path),
  });
  return {
    transport: createGrpcTransport({ baseUrl, sessionManager }),
    close: () => sessionManager.abort(),
  };
}
