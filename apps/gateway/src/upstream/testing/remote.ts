import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Code, ConnectError } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { serveGrpc } from '@muster/practice/grpc-server';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import { toPem } from '../workload/der.ts';
import type { TestAuthority, TestLeaf } from './authority.ts';

export const privatePem = (der: Uint8Array): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PRIVATE KEY-----\n`;

/** A SPIRE server's network address: mutual TLS, and only an administrator may list entries. */
export interface RemoteSpire {
  address: string;
  /** SPIFFE IDs that may do more than read the bundle. */
  admins: Set<string>;
  /** Serial numbers of the client certificates of all handshakes, in order. */
  serials: string[];
  calls: number;
  /** Ends every connection gracefully, as a server's MaxConnectionAge does. */
  retireConnections: () => void;
  close: () => void;
}

export async function startRemoteSpire(authority: TestAuthority, own: TestLeaf): Promise<RemoteSpire> {
  const admins = new Set<string>();
  const serials: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const callers = new Map<string, string>();
  const needAdmin = (from: string | null): void => {
    state.calls += 1;
    if (!admins.has(callers.get(from ?? '') ?? ''))
      throw new ConnectError('authorization denied for method /x/y', Code.PermissionDenied);
  };
  const server = createSecureServer({
    cert: toPem([own.der]),
    key: privatePem(own.key),
    ca: toPem([authority.der]),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const adapter = connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    // As a gRPC server has it; HTTP's 404 would say that something else listens here.
    fallback: (_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/grpc',
        'grpc-status': String(Code.Unimplemented),
        'grpc-message': 'unknown service',
      });
      response.end();
    },
    routes(router) {
      router.service(Bundle, {
        getBundle: () => ({
          trustDomain: authority.trustDomain,
          x509Authorities: [{ asn1: new Uint8Array(authority.der) }],
        }),
        listFederatedBundles: () => ({}),
      });
      router.service(Entry, {
        async listEntries(_request, context) {
          needAdmin(context.requestHeader.get('x-port'));
          await new Promise((resolve) => setTimeout(resolve, 20));
          return {};
        },
      });
      router.service(Agent, {
        listAgents: (_request, context) => {
          needAdmin(context.requestHeader.get('x-port'));
          return {};
        },
      });
    },
  });
  server.on('request', (request, response) => {
    request.headers['x-port'] = String(request.stream.session?.socket.remotePort);
    adapter(request, response);
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.getPeerCertificate();
    serials.push(certificate.serialNumber);
    callers.set(String(socket.remotePort), (certificate.subjectaltname ?? '').replace(/^URI:/u, ''));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const state: RemoteSpire = {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    admins,
    serials,
    calls: 0,
    retireConnections() {
      for (const session of sessions) {
        // As gRPC does it: no stream of the client's is cut off, then the last one is named.
        session.goaway(0, 2 ** 31 - 1);
        setTimeout(() => session.close(), 30);
      }
    },
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  return state;
}

/** What a Workload API gives at the moment. */
export interface Given {
  svids: { spiffeId: string; hint?: string; leaf: TestLeaf }[];
  own: TestAuthority;
  federated?: TestAuthority[];
  /** JWT-SVIDs for an audience. */
  tokens?: (audience: string) => { spiffeId: string; hint?: string; svid: string }[];
}

/** A Workload API whose answers a test decides. */
export interface TestWorkloadApi {
  socket: string;
  /** Undefined: no identity issued. */
  give: (given: Given | undefined) => void;
  stop: () => Promise<void>;
}

export async function startWorkloadApi(directory: string): Promise<TestWorkloadApi> {
  const socket = join(directory, 'workload.sock');
  let given: Given | undefined;
  let changed = Promise.withResolvers<void>();
  const follow = async function* <T>(signal: AbortSignal, compute: (now: Given) => T): AsyncGenerator<T> {
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    while (!signal.aborted) {
      if (!given) throw new ConnectError('no identity issued', Code.PermissionDenied);
      yield compute(given);
      await Promise.race([changed.promise, gone]);
    }
  };
  const all = ({ own, federated = [] }: Given): TestAuthority[] => [own, ...federated];
  const bundles = (authorities: TestAuthority[], bytes: (one: TestAuthority) => Uint8Array) =>
    Object.fromEntries(authorities.map((one) => [`spiffe://${one.trustDomain}`, new Uint8Array(bytes(one))]));
  const server = await serveGrpc({
    path: socket,
    routes(router) {
      router.service(SpiffeWorkloadAPI, {
        fetchX509SVID: (_request, { signal }) =>
          follow(signal, (now) => ({
            svids: now.svids.map(({ spiffeId, hint = '', leaf }) => ({
              spiffeId,
              hint,
              x509Svid: new Uint8Array(leaf.der),
              x509SvidKey: new Uint8Array(leaf.key),
              bundle: new Uint8Array(now.own.der),
            })),
            federatedBundles: bundles(now.federated ?? [], ({ der }) => der),
          })),
        fetchJWTSVID({ audience: [audience = ''] }) {
          if (!given) throw new ConnectError('no identity issued', Code.PermissionDenied);
          return { svids: given.tokens?.(audience) ?? [] };
        },
        fetchX509Bundles: (_request, { signal }) =>
          follow(signal, (now) => ({ bundles: bundles(all(now), ({ der }) => der) })),
        fetchJWTBundles: (_request, { signal }) =>
          follow(signal, (now) => ({ bundles: bundles(all(now), () => Buffer.from('{"keys":[]}')) })),
      });
    },
  });
  return {
    socket,
    give(next) {
      given = next;
      changed.resolve();
      changed = Promise.withResolvers();
    },
    stop: () => server.stop(),
  };
}
