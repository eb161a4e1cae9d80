import { Buffer } from 'node:buffer';
import { connect as connectSocket, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { EndpointError, networkWords, socketName } from '../bundle-endpoint/endpoint-error.ts';
import { checkedAddress, deadlineMs, tooSlow } from '../bundle-endpoint/guard.ts';
import type { GuardOptions } from '../bundle-endpoint/guard.ts';
import { readFlight } from './handshake.ts';
import { Tap } from './tap.ts';
import type { TlsTarget } from './target.ts';

/** What an endpoint presented. Nothing of it was trusted, and nothing was sent but the handshake. */
export interface Presented {
  /** Address and port connected to. */
  address: string;
  /** DER, in the order presented. */
  certificates: readonly Uint8Array[];
  asksClientCertificate: boolean;
  /** The handshake was completed, so it has the leaf's private key. */
  keyProved: boolean;
  /** E.g. TLSv1.3; empty: it did not come that far. */
  protocol: string;
  cipher: string;
  alpn: string;
  /** Why the handshake was not completed; empty when it was. */
  reason: string;
}

/** What SPIRE, SLIM and web servers speak; one that wants another is asked again without any. */
const protocols = ['h2', 'http/1.1'];

/** Connects to the address that was checked, takes the certificates, and hangs up. Throws `EndpointError`. */
export async function presentedBy(target: TlsTarget, options: GuardOptions): Promise<Presented> {
  const signal = AbortSignal.timeout(options.deadline ?? deadlineMs);
  const address = await checkedAddress(target.host, options, signal);
  const first = await once(target, address, protocols, signal);
  return first === 'no-such-protocol' ? expected(await once(target, address, [], signal)) : first;
}

function expected(answer: Presented | 'no-such-protocol'): Presented {
  if (answer === 'no-such-protocol')
    throw new EndpointError('network', 'It refuses the handshake for want of a protocol (ALPN).');
  return answer;
}

async function once(
  target: TlsTarget,
  address: string,
  alpn: string[],
  signal: AbortSignal,
): Promise<Presented | 'no-such-protocol'> {
  const name = socketName(address, target.port);
  const socket = connectSocket({ host: address, port: target.port });
  const tap = new Tap(socket);
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  const giveUp = (): void => resolve(Object.assign(new Error('too slow'), { code: 'MUSTER_TOO_SLOW' }));
  signal.addEventListener('abort', giveUp, { once: true });
  let secret: Buffer | undefined;
  let tls: TLSSocket | undefined;
  let agreed: Agreed = { protocol: '', cipher: '', alpn: '' };
  // A socket that fails before anything is said fails the tap, and with it the handshake.
  tap.on('error', resolve);
  tap.on('close', () => resolve(Object.assign(new Error('cut'), { code: 'ECONNRESET' })));
  socket.once('connect', () => {
    tls = handshake(tap, target, alpn);
    tls.on('keylog', (line: Buffer) => {
      secret ??= handshakeSecret(line);
    });
    // Before the library's own verdict on the chain, which destroys the socket: this probe judges nothing (S-23).
    tls.prependOnceListener('secure', () => {
      if (tls) agreed = agreedOn(tls);
      resolve(undefined);
    });
    tls.on('error', resolve);
  });
  try {
    const error = await promise;
    const flight = readFlight(tap.received, secret);
    const facts = { address: name, ...flight, ...agreed };
    if (error === undefined) return { ...facts, keyProved: true, reason: '' };
    const code = error.code ?? '';
    if (alpn.length > 0 && code.endsWith('NO_APPLICATION_PROTOCOL')) return 'no-such-protocol';
    const reason = explain(code, socket);
    if (flight.certificates.length === 0) throw new EndpointError('network', reason, { address: name });
    return { ...facts, keyProved: false, reason };
  } finally {
    signal.removeEventListener('abort', giveUp);
    tls?.destroy();
    tap.destroy();
  }
}

function handshake(tap: Tap, { serverName }: TlsTarget, alpn: string[]): TLSSocket {
  return connectTls({
    socket: tap,
    // No authority at all: what is presented is not completed from anywhere.
    ca: [],
    minVersion: 'TLSv1.2',
    ...(alpn.length === 0 ? {} : { ALPNProtocols: alpn }),
    ...(serverName === '' || isIP(serverName) !== 0 ? {} : { servername: serverName }),
  });
}

type Agreed = Pick<Presented, 'protocol' | 'cipher' | 'alpn'>;

function agreedOn(tls: TLSSocket): Agreed {
  const { alpnProtocol } = tls;
  return {
    protocol: tls.getProtocol() ?? '',
    cipher: tls.getCipher().standardName,
    // Only what was offered can be agreed on.
    alpn: typeof alpnProtocol === 'string' && protocols.includes(alpnProtocol) ? alpnProtocol : '',
  };
}

/** NSS key log format: label, client random, secret. */
function handshakeSecret(line: Buffer): Buffer | undefined {
  const found = /^SERVER_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]+ ([0-9a-f]+)/u.exec(line.toString('latin1'));
  return found?.[1] === undefined ? undefined : Buffer.from(found[1], 'hex');
}

/** Closed sentences; neither the endpoint’s nor the library’s words go on (S-40). */
function explain(code: string, socket: Socket): string {
  if (code === 'MUSTER_TOO_SLOW') return tooSlow;
  if (code === 'MUSTER_TOO_MUCH') return 'It sends more than 1 MiB before the handshake is over.';
  const words = networkWords(code);
  if (words !== undefined)
    return code === 'ECONNRESET' && socket.bytesRead === 0 && socket.bytesWritten > 0
      ? 'It hung up in the middle of the handshake.'
      : words;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|RECORD_OVERFLOW/u.test(code))
    return 'What answers there does not speak TLS.';
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/u.test(code)) return 'It speaks nothing newer than TLS 1.1.';
  if (/UNRECOGNIZED_NAME/u.test(code))
    return 'It serves no such name (SNI): ask for another one, or for none.';
  if (/CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE$/u.test(code))
    return 'It ends the handshake without a client certificate, and this gateway gives none.';
  if (/HANDSHAKE_FAILURE/u.test(code))
    return 'It ends the handshake: it may ask for a client certificate, another name (SNI), or other ciphers.';
  if (/EXCESSIVE_MESSAGE_SIZE/u.test(code)) return 'It presents more than 100 KiB of certificates.';
  return /^(ERR_SSL|ERR_TLS|EPROTO)/u.test(code) ? 'The TLS handshake failed.' : 'The connection failed.';
}
