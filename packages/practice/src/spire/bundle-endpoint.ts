import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { serverPath } from './ids.ts';
import { issueX509Svid } from './issue.ts';
import type { TrustDomainState } from './trust-domain.ts';
import { spki } from './x509.ts';

/** Seconds; what a bundle endpoint tells others, and what `GetBundle` does not. */
export const publishedRefreshHint = 300n;
const svidSeconds = 300;
const renewMs = 100_000;

/** Serves the bundle of a trust domain over https_spiffe, on loopback, as a SPIRE server does. */
export async function serveBundleEndpoint(
  state: TrustDomainState,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const identity = () => {
    const subject = {
      spiffeId: `spiffe://${state.name}${serverPath}`,
      publicKey: spki(privateKey),
      dnsNames: [],
    };
    const { certificate } = issueX509Svid(state.authorities, subject, svidSeconds, state.clock.seconds());
    return { key, cert: new X509Certificate(certificate).toString(), minVersion: 'TLSv1.2' as const };
  };
  const server = createServer(identity(), (request, response) => {
    if (request.method !== 'GET' || request.url !== '/') {
      response.writeHead(request.method === 'GET' ? 404 : 405).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(bundleDocument(state));
  });
  // A client that refuses our certificate is not worth a crash.
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let active = state.authorities.x509.active.id;
  const renew = () => {
    active = state.authorities.x509.active.id;
    server.setSecureContext(identity());
  };
  const timer = setInterval(renew, renewMs);
  timer.unref();
  const unsubscribe = state.trustChanges.subscribe(() => {
    if (state.authorities.x509.active.id !== active) renew();
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      clearInterval(timer);
      unsubscribe();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A SPIFFE bundle document (SPIFFE Trust Domain and Bundle 4). Taint and the expiry of JWT keys have no place in it. */
function bundleDocument({ authorities }: TrustDomainState): string {
  const bundle = authorities.bundle();
  const keys = [
    ...bundle.x509Authorities.map(({ asn1 }) => ({
      use: 'x509-svid',
      ...new X509Certificate(asn1).publicKey.export({ format: 'jwk' }),
      x5c: [Buffer.from(asn1).toString('base64')],
    })),
    ...bundle.jwtAuthorities.map(({ keyId, publicKey }) => ({
      use: 'jwt-svid',
      kid: keyId,
      ...createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).export({
        format: 'jwk',
      }),
    })),
  ];
  return `{"keys":${JSON.stringify(keys)},"spiffe_sequence":${bundle.sequenceNumber},"spiffe_refresh_hint":${publishedRefreshHint}}`;
}
