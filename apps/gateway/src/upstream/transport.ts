import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { Transport } from '@connectrpc/connect';
import type { KeyObject } from 'node:crypto';
import { connect } from 'node:net';
import type { SecureClientSessionOptions } from 'node:http2';
import { careful } from './careful-stream.ts';

/** A channel to one server; `close` ends every call on it. */
export interface Channel {
  transport: Transport;
  close(): void;
}

/** What a TLS channel needs: PEM, or a key that is nobody's to read. */
export interface Identity {
  ca: string;
  cert: string;
  key: string | KeyObject;
  /** The server's SPIFFE ID, exactly. */
  serverId: string;
}

export interface ChannelOptions {
  /** unix:///path, http://host:port or https://host:port */
  address: string;
  /** Mutual TLS with SPIFFE IDs; without it https checks host names as the web does. */
  identity?: Identity;
  /** Certificate authorities for https without an identity; undefined: the system's. */
  ca?: string;
  timeoutMs?: number;
  readMaxBytes?: number;
}

const wordy = { minVersion: 'TLSv1.2' } as const;

/** Opens nothing yet: connect-node dials at the first call, and again after GOAWAY or MaxConnectionAge. */
export function openChannel(options: ChannelOptions): Channel {
  const unix = options.address.startsWith('unix://');
  const baseUrl = unix ? 'http://localhost' : options.address;
  const sessions = new Http2SessionManager(
    baseUrl,
    // Finds a peer that is gone without a FIN; idle sessions are not pinged, gRPC servers answer that with GOAWAY.
    { pingIntervalMs: 30_000, pingTimeoutMs: 10_000 },
    unix ? { createConnection: () => connect(options.address.slice('unix://'.length)) } : tlsOptions(options),
  );
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager: careful(sessions),
    // S-19: a compressed answer could expand without bound.
    acceptCompression: [],
    readMaxBytes: options.readMaxBytes ?? 32 * 1024 * 1024,
    // SPIRE refuses requests above 4 MiB.
    writeMaxBytes: 4 * 1024 * 1024,
    defaultTimeoutMs: options.timeoutMs ?? 15_000,
  });
  return { transport, close: () => sessions.abort() };
}

function tlsOptions({ address, identity, ca }: ChannelOptions): SecureClientSessionOptions | undefined {
  if (!address.startsWith('https://')) return undefined;
  if (!identity) return { ...wordy, ...(ca === undefined ? {} : { ca }) };
  return {
    ...wordy,
    ca: identity.ca,
    cert: identity.cert,
    key:
      typeof identity.key === 'string' ? identity.key : identity.key.export({ format: 'pem', type: 'pkcs8' }),
    // Replaces only the name check: a SPIRE server's certificate has a SPIFFE ID and no host name.
    checkServerIdentity: (_host, certificate) =>
      certificate.subjectaltname === `URI:${identity.serverId}`
        ? undefined
        : Object.assign(new Error('unexpected server id'), { code: 'MUSTER_SERVER_ID' }),
  };
}
