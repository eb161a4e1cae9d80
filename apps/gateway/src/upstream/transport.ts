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
  /** Our certificate where the server's is checked by host name, or by `serverId`. */
  client?: { cert: string; key: KeyObject };
  /** The server's SPIFFE ID, exactly, in place of its host name; `ca` must be of its trust domain. */
  serverId?: string;
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

function tlsOptions(options: ChannelOptions): SecureClientSessionOptions | undefined {
  const { address, identity, ca, client, serverId } = options;
  if (!address.startsWith('https://')) return undefined;
  if (!identity)
    return {
      ...wordy,
      ...(ca === undefined ? {} : { ca }),
      ...(client === undefined ? {} : { cert: client.cert, key: pem(client.key) }),
      ...(serverId === undefined ? {} : checkId(serverId)),
    };
  return {
    ...wordy,
    ca: identity.ca,
    cert: identity.cert,
    key: typeof identity.key === 'string' ? identity.key : pem(identity.key),
    ...checkId(identity.serverId),
  };
}

const pem = (key: KeyObject): string | Buffer => key.export({ format: 'pem', type: 'pkcs8' });

/**
 * One URI, and that one, as X509-SVID section 2 has it; DNS names may stand beside it. Node joins names by `, ` and
 * puts one into quotes that has a comma itself: no SVID needs that, and it could hide another name.
 */
export function hasId(names: string, serverId: string): boolean {
  const uris = names.split(', ').filter((name) => name.startsWith('URI:'));
  return !names.includes('"') && uris.length === 1 && uris[0] === `URI:${serverId}`;
}

/** Replaces only the name check: the certificate of a SPIFFE workload has its ID and no host name. */
function checkId(serverId: string): Pick<SecureClientSessionOptions, 'checkServerIdentity'> {
  return {
    checkServerIdentity: (_host, certificate) =>
      hasId(certificate.subjectaltname ?? '', serverId)
        ? undefined
        : Object.assign(new Error('unexpected server id'), { code: 'MUSTER_SERVER_ID' }),
  };
}
