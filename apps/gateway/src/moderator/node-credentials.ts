import { connect, getCACertificates } from 'node:tls';
import { clientConfig } from '@muster/practice/slim/bindings';
import type { SlimBindings, SlimClientConfig } from '@muster/practice/slim/bindings';
import { addressOf } from './probe.ts';
import type { NodeCredentials } from './types.ts';

/** How long the bindings may go by a token before they read its file again, in milliseconds. */
const TOKEN_KEPT_MS = 10_000;

/** A connection to the node with these credentials, in the words of the bindings. */
export function nodeConfig(
  slim: SlimBindings,
  endpoint: string,
  { ca, client, authorization }: NodeCredentials,
): SlimClientConfig {
  const config = clientConfig(slim, endpoint);
  const { CaSource, TlsSource } = slim;
  return {
    ...config,
    tls: {
      ...config.tls,
      // By default the system's authorities would vouch for it too.
      ...(ca === undefined
        ? {}
        : { caSource: new CaSource.Pem({ data: ca }), includeSystemCaCertsPool: false }),
      ...(client && { source: new TlsSource.Pem(client) }),
    },
    ...(authorization && { auth: authentication(slim, authorization) }),
  };
}

function authentication(
  { ClientAuthenticationConfig: Sign }: SlimBindings,
  given: NonNullable<NodeCredentials['authorization']>,
): NonNullable<SlimClientConfig['auth']> {
  switch (given.kind) {
    case 'password':
      return new Sign.Basic({ config: { username: given.username, password: given.password } });
    case 'token':
      return new Sign.StaticJwt({ config: { tokenFile: given.file, duration: TOKEN_KEPT_MS } });
    case 'jwt-svid':
      return new Sign.Spire({
        config: {
          socketPath: given.socketPath,
          targetSpiffeId: given.spiffeId,
          jwtAudiences: [given.audience],
          trustDomains: [],
        },
      });
  }
}

const authorizationKeys = {
  password: 'username, passwordFile',
  token: 'tokenFile',
  'jwt-svid': 'jwtAudience',
};

/**
 * Why the bindings did not connect, in words to act on; those are of core 2.0.0-alpha.10 (npm 2.0.0-alpha.5).
 * @param said the last cause that the bindings gave
 */
export async function whyNot(endpoint: string, credentials: NodeCredentials, said: string): Promise<string> {
  const { authorization, client } = credentials;
  if (/fatal alert/u.test(said))
    return client
      ? 'it refused our certificate (certFile): it may have expired, or be of an authority the node does not trust'
      : 'it asks for a client certificate, and we have none (certFile, keyFile)';
  // An HTTP 401 to the first message; the bindings keep the status to themselves.
  if (/link negotiation error failed to send/u.test(said))
    return authorization
      ? `it ended the connection at our first message; most likely it does not accept the credential we gave (${authorizationKeys[authorization.kind]})`
      : 'it ended the connection at our first message; most likely it asks for a password or token, and we have none';
  if (endpoint.startsWith('https:')) return (await handshakeFault(endpoint, credentials)) ?? said;
  return said === 'connection closed'
    ? `${said}. If it expects TLS, its address must begin with https`
    : said;
}

/** The bindings try for ever where they do not trust a certificate, and never say so: a handshake of our own tells. */
async function handshakeFault(
  endpoint: string,
  { ca, client }: NodeCredentials,
): Promise<string | undefined> {
  const { hostname, port } = addressOf(endpoint);
  const host = hostname.replace(/^\[|\]$/gu, '');
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = connect({
    host,
    port,
    ...(/^[\d.]+$|:/u.test(host) ? {} : { servername: host }),
    ca: ca ?? [...getCACertificates('default'), ...getCACertificates('system')],
    ...client,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2'],
    timeout: 3000,
  });
  socket.once('secureConnect', () => resolve(undefined));
  socket.once('timeout', () => resolve(undefined));
  socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(wordsOf(code, host, ca)));
  try {
    return await promise;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

function wordsOf(code: string, host: string, ca: string | undefined): string | undefined {
  if (/^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)/u.test(code))
    return ca === undefined
      ? 'its certificate is of no authority that this computer trusts; a private one belongs in caFile'
      : 'its certificate was not issued by the authorities in caFile';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate does not name ${host}`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet: check both clocks';
  if (/^(ERR_SSL|EPROTO)/u.test(code))
    return 'it does not speak TLS 1.3 there; the address of a node without TLS begins with http';
  return undefined;
}
