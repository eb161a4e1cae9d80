import { once } from 'node:events';
import { createSecureServer, createServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { ControlPlaneService } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { toPem } from '../workload/der.ts';
import type { TestAuthority, TestLeaf } from './authority.ts';
import { privatePem } from './remote.ts';

/** The northbound API of a control plane and that of a channel manager, behind whatever credentials a test asks for. */
export interface SlimServer {
  address: string;
  port: number;
  /** `authorization` of every call, in order; empty: none. */
  authorizations: string[];
  /** Serial numbers of the client certificates of all handshakes, in order. */
  serials: string[];
  /** Says whether a call is let in; refused, it gets HTTP 401 without grpc-status as 3.4.6 answers. */
  admit: (authorization: string) => boolean;
  /** Waits before each listing, ms. */
  slow: number;
  /** What the channel manager answers to a change; undefined: that it went well. */
  refusal: ((authorization: string) => string) | undefined;
  close: () => void;
}

export async function startSlimServer(
  tls?: { own: TestLeaf; clientsOf?: TestAuthority },
  port = 0,
): Promise<SlimServer> {
  const state: SlimServer = {
    address: '',
    port: 0,
    authorizations: [],
    serials: [],
    admit: () => true,
    slow: 0,
    refusal: undefined,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  const sessions = new Set<ServerHttp2Session>();
  const adapter = connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    routes(router) {
      router.service(ControlPlaneService, {
        listDomains: () => ({}),
        async *listNodes() {
          await new Promise((resolve) => setTimeout(resolve, state.slow));
          yield { id: 'domain-a/node-a', domain: 'domain-a', status: 1 };
        },
      });
      router.service(ChannelManagerService, {
        async listChannels() {
          await new Promise((resolve) => setTimeout(resolve, state.slow));
          return { success: true, channelName: [], channels: [] };
        },
        createChannel: ({ ttlSeconds }, { requestHeader }) => {
          if (ttlSeconds === 0n) return { success: false, errorMsg: 'ttl-seconds must be positive' };
          const said = state.refusal?.(requestHeader.get('authorization') ?? '');
          return said === undefined ? { success: true } : { success: false, errorMsg: said };
        },
      });
    },
  });
  const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const authorization = request.headers.authorization ?? '';
    state.authorizations.push(authorization);
    if (state.admit(authorization)) return adapter(request, response);
    response.writeHead(401);
    response.end();
  };
  const server = tls
    ? createSecureServer({
        cert: toPem([tls.own.der]),
        key: privatePem(tls.own.key),
        ...(tls.clientsOf === undefined
          ? {}
          : { ca: toPem([tls.clientsOf.der]), requestCert: true, rejectUnauthorized: true }),
      })
    : createServer();
  server.on('request', answer);
  server.on('secureConnection', (socket: TLSSocket) => {
    const { serialNumber } = socket.getPeerCertificate();
    if (serialNumber !== undefined) state.serials.push(serialNumber);
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  state.port = (server.address() as AddressInfo).port;
  state.address = `${tls ? 'https' : 'http'}://127.0.0.1:${state.port}`;
  return state;
}
