import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer as createPlain } from 'node:net';
import { createServer } from 'node:tls';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { expect, it, onTestFinished } from 'vitest';
import { whyNot } from './node-credentials.ts';

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

/** An authority, and a certificate of it for `localhost` that is valid for so many milliseconds from now. */
function certificates(validMs: number) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = { country: 'US', organization: 'SPIFFE' };
  const issuer = { name, key: privateKey, subjectKeyId: subjectKeyId(spki(privateKey)) };
  const of = (ms: number) => ({
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + ms),
  });
  const publicKey = spki(pair.privateKey);
  const asked = { spiffeId: 'spiffe://local.test/node', publicKey, dnsNames: ['localhost'] };
  return {
    ca: pem(issueAuthority('local.test', issuer, of(3_600_000))),
    cert: pem(issueLeaf(asked, issuer, of(validMs))),
    key: String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
}

async function listen(server: ReturnType<typeof createPlain>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const waited = 'connecting took longer than 10 s';

it('says what a handshake ends in, where the bindings only wait', async () => {
  const { ca, cert, key } = certificates(3_600_000);
  const port = await listen(createServer({ cert, key }));
  const other = certificates(3_600_000).ca;
  const why = (host: string, given?: string) =>
    whyNot(`https://${host}:${port}`, given === undefined ? {} : { ca: given }, waited);
  expect(await why('localhost', other)).toBe('its certificate was not issued by the authorities in caFile');
  expect(await why('localhost')).toMatch(/of no authority that this computer trusts/u);
  expect(await why('127.0.0.1', ca)).toBe('its certificate does not name 127.0.0.1');
  // Nothing is wrong with the certificate: the bindings' own words stay.
  expect(await why('localhost', ca)).toBe(waited);
});

it('tells a certificate that has expired, and a node without TLS', async () => {
  const { ca, cert, key } = certificates(-60_000);
  const expired = await listen(createServer({ cert, key }));
  expect(await whyNot(`https://localhost:${expired}`, { ca }, waited)).toBe('its certificate has expired');
  const plain = await listen(createPlain((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  expect(await whyNot(`https://localhost:${plain}`, { ca }, waited)).toMatch(/does not speak TLS 1\.3/u);
});

// The texts were recorded from the bindings, npm 2.0.0-alpha.5, at a node 3.4.6.
const alert = 'received fatal alert: CertificateRequired';
const ended = 'link negotiation error failed to send link negotiation request: connection send error';
const client = { cert: '', key: '' };
const authorization = { kind: 'password', username: 'operator', password: 'hunter2' } as const;
it.each([
  [alert, {}, /asks for a client certificate, and we have none/u],
  ['received fatal alert: DecryptError', { client }, /refused our certificate/u],
  [ended, {}, /asks for a password or token, and we have none/u],
  [ended, { authorization }, /does not accept the credential we gave \(username, passwordFile\)/u],
  ['connection closed', {}, /must begin with https/u],
  ['something new', {}, /^something new$/u],
])('%s → in words', async (said, credentials, words) => {
  const why = await whyNot('http://localhost:1', credentials, said);
  expect(why).toMatch(words);
  expect(why).not.toContain('hunter2');
});
