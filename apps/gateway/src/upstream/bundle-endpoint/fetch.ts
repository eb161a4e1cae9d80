import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ownBytes, toLatin1 } from '@muster/domain/bytes';
import { parseCertificate } from '@muster/domain/certificate';
import { uriNames } from '@muster/domain/certificate-names';
import { toPem } from '../workload/der.ts';
import { EndpointError, networkWords, socketName } from './endpoint-error.ts';
import { checkedAddress, deadlineMs, tooSlow } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { readEndpointUrl } from './url.ts';
import type { EndpointUrl } from './url.ts';

const mostBytes = 4 * 1024 * 1024;
const mostRedirects = 3;

/** How the endpoint proves who it is; the two never stand in for each other (SPIFFE Federation 7.2). */
export type Proof =
  /** Authorities of the web; `ca` only in tests. */
  | { profile: 'https_web'; ca?: string }
  /** X.509 authorities, DER, of the trust domain of `id`. */
  | { profile: 'https_spiffe'; id: string; authorities: readonly Uint8Array[] };

export interface FetchOptions extends GuardOptions {
  proof: Proof;
}

/** An answer of an endpoint that proved who it is. */
export interface Fetched {
  body: Uint8Array;
  /** SPIFFE ID on its certificate; empty: none. */
  presented: string;
  /** Address and port connected to. */
  address: string;
}

/** Fetches a bundle document (S-15). Throws `EndpointError`. */
export async function fetchBundle(text: string, options: FetchOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(deadlineMs);
  let target = readOrThrow(text, 'policy');
  for (let hop = 0; ; hop += 1) {
    const answer = await once(target, options, signal);
    if (answer.location === undefined) return answer;
    if (hop === mostRedirects)
      throw new EndpointError('content', `It redirects more than ${mostRedirects} times.`);
    target = redirected(target, answer.location, options.proof);
  }
}

function readOrThrow(text: string, kind: 'policy' | 'content', prefix = ''): EndpointUrl {
  const read = readEndpointUrl(text);
  if (!read.ok) throw new EndpointError(kind, `${prefix}${read.problem}`);
  return read.value;
}

/** Each hop is checked from its own text again; it is never kept. */
function redirected(from: EndpointUrl, location: string, proof: Proof): EndpointUrl {
  const text = /^\/(?!\/)/u.test(location) ? `${from.url.origin}${location}` : location;
  const next = readOrThrow(text, 'policy', 'It redirects to a URL that may not be asked. ');
  const away = next.host.toLowerCase() !== from.host.toLowerCase() || next.port !== from.port;
  if (proof.profile === 'https_spiffe' && away)
    throw new EndpointError('policy', 'It redirects to another host, which https_spiffe does not allow.');
  return next;
}

interface Answer extends Fetched {
  location?: string;
}

async function once(target: EndpointUrl, options: FetchOptions, signal: AbortSignal): Promise<Answer> {
  const address = await checkedAddress(target.host, options, signal);
  const seen: Seen = { names: undefined, chainGood: false, address: socketName(address, target.port) };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    {
      // The address that was checked, so that a second resolution cannot lead elsewhere.
      host: address,
      port: target.port,
      path: `${target.url.pathname}${target.url.search}`,
      method: 'GET',
      headers: {
        host: target.url.host,
        accept: 'application/json',
        // S-19: nothing is unpacked here.
        'accept-encoding': 'identity',
        'user-agent': 'muster',
      },
      agent: false,
      signal,
      minVersion: 'TLSv1.2',
      maxHeaderSize: 16 * 1024,
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...tlsOf(options.proof, target.host, seen),
    },
    (response) => void read(response, seen).then(resolve, reject),
  );
  // Before the verdict of the handshake destroys the socket: what was presented tells the wrong profile from the
  // wrong name.
  sent.on('socket', (socket) => socket.prependOnceListener('secure', () => look(socket as TLSSocket, seen)));
  sent.on('error', (error) => reject(explain(error, options.proof, seen, signal)));
  sent.end();
  try {
    return await promise;
  } finally {
    sent.destroy();
  }
}

interface Seen {
  /** URI names of the certificate presented; undefined: none was. */
  names: string[] | undefined;
  chainGood: boolean;
  address: string;
}

function look(socket: TLSSocket, seen: Seen): void {
  // Not getPeerX509Certificate: it takes the certificate out of the chain that is checked next.
  const { raw } = socket.getPeerCertificate() as { raw?: Uint8Array };
  if (raw) seen.names = uriNamesOf(raw);
}

function uriNamesOf(der: Uint8Array): string[] {
  const read = parseCertificate(ownBytes(der));
  return read.ok ? uriNames(read.value).map(toLatin1) : [];
}

function tlsOf(proof: Proof, host: string, seen: Seen): RequestOptions {
  if (proof.profile === 'https_web')
    return {
      ...(proof.ca === undefined ? {} : { ca: proof.ca }),
      // An address in the URL is what the certificate must name; the request itself goes by address always.
      ...(isIP(host) === 0 ? {} : { servername: '' }),
    };
  return {
    ca: toPem(proof.authorities),
    // An authority of a bundle need not be self-signed: it is trusted because it is in there.
    allowPartialTrustChain: true,
    // Only reached when the chain is good; replaces the check of host names, not that of the chain.
    checkServerIdentity: (_host, certificate) => {
      seen.chainGood = true;
      const names = uriNamesOf(certificate.raw);
      seen.names = names;
      return names.length === 1 && names[0] === proof.id
        ? undefined
        : Object.assign(new Error('unexpected endpoint id'), { code: 'MUSTER_ENDPOINT_ID' });
    },
  };
}

async function read(response: IncomingMessage, seen: Seen): Promise<Answer> {
  const presented = shownId(seen);
  const { statusCode = 0, headers } = response;
  if ([301, 302, 303, 307, 308].includes(statusCode)) {
    response.destroy();
    if (headers.location === undefined)
      throw new EndpointError('content', `It answers ${statusCode} without saying where to.`);
    return { body: new Uint8Array(), presented, address: seen.address, location: headers.location };
  }
  if (statusCode !== 200) {
    response.destroy();
    throw new EndpointError('content', `It answers with HTTP status ${statusCode}.`);
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new EndpointError('content', 'It answers compressed, which was not asked for.');
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) throw new EndpointError('content', 'It answers with more than 4 MiB.');
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof EndpointError) throw error;
    throw new EndpointError('network', 'The connection broke or was too slow in the middle of the answer.');
  }
  return { body: new Uint8Array(Buffer.concat(parts)), presented, address: seen.address };
}

/** Only what is a SPIFFE ID by its letters is shown. */
function shownId({ names }: Seen): string {
  const id = names?.find((name) => name.startsWith('spiffe://')) ?? '';
  return /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)*$/u.test(id) && id.length <= 2048 ? id : '';
}

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);

/** Closed sentences; neither the endpoint’s nor the library’s words go on (S-40). */
function explain(error: NodeJS.ErrnoException, proof: Proof, seen: Seen, signal: AbortSignal): EndpointError {
  const presented = shownId(seen);
  const facts = { presented, issuedByPeer: seen.chainGood, address: seen.address };
  const code = error.code ?? '';
  if (signal.aborted) return new EndpointError('network', tooSlow, facts);
  if (code === 'MUSTER_ENDPOINT_ID')
    return new EndpointError(
      'identity',
      presented === '' ? 'Its certificate carries no SPIFFE ID.' : `It presents ${presented}.`,
      facts,
    );
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return new EndpointError('identity', 'Its certificate has expired or is not valid yet.', facts);
  if (untrusted.has(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    if (proof.profile === 'https_web' && presented !== '')
      return new EndpointError(
        'profile',
        `It presents the SPIFFE ID ${presented}, as https_spiffe has it, where https_web was expected.`,
        facts,
      );
    if (proof.profile === 'https_spiffe' && seen.names !== undefined && presented === '')
      return new EndpointError(
        'profile',
        'It presents a certificate without a SPIFFE ID, as https_web has it, where https_spiffe was expected.',
        facts,
      );
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
      return new EndpointError('identity', 'Its certificate is for another host name.', facts);
    return new EndpointError(
      'identity',
      proof.profile === 'https_web'
        ? 'Its certificate was not issued by an authority of the web.'
        : 'Its certificate was not issued by an authority in our copy of the bundle.',
      facts,
    );
  }
  return new EndpointError('network', networkWords(code) ?? other(code), facts);
}

const other = (code: string): string =>
  /^(ERR_SSL|ERR_TLS|EPROTO)/u.test(code)
    ? 'The TLS handshake failed: TLS 1.2 or newer is needed there.'
    : code.startsWith('HPE_')
      ? 'What answers there does not speak HTTP over TLS.'
      : 'The connection failed.';
