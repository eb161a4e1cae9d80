import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelationshipRow } from '../spire/federation-rows.ts';
import { Prober } from './prober.ts';
import type { ProberOptions } from './prober.ts';

const td = 'peer.example';
const id = `spiffe://${td}/spire/server`;
const hour = 3_600_000;
const loopback = ['127.0.0.0/8'];

function authority(name = td) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = {
    name: { organization: name },
    key: privateKey,
    subjectKeyId: subjectKeyId(spki(privateKey)),
  };
  const period = { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) };
  const der = issueAuthority(name, issuer, period);
  const leaf = (spiffeId: string, dnsNames: string[] = [], ends = Date.now() + hour) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const cert = issueLeaf({ spiffeId, publicKey: spki(pair), dnsNames }, issuer, {
      ...period,
      notAfter: new Date(ends),
    });
    return { cert: new X509Certificate(cert).toString(), key: pair.export({ type: 'pkcs8', format: 'pem' }) };
  };
  return { der, pem: new X509Certificate(der).toString(), leaf };
}

const peer = authority();
const stranger = authority();
const web = authority('web.example');

const documentOf = (sequence: number, more = ''): string =>
  `{"keys":[{"use":"x509-svid",${JSON.stringify(new X509Certificate(peer.der).publicKey.export({ format: 'jwk' })).slice(1, -1)},"x5c":["${Buffer.from(peer.der).toString('base64')}"]${more}}],"spiffe_sequence":${sequence},"spiffe_refresh_hint":60}`;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: Server[] = [];

async function serve(handler: Handler, tls: object = peer.leaf(id), host = '127.0.0.1'): Promise<string> {
  const server = createServer(tls, handler);
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  await once(server, 'listening');
  servers.push(server);
  return `https://${host}:${(server.address() as AddressInfo).port}`;
}
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const body =
  (text: string): Handler =>
  (_request, response) =>
    response.end(text);

const relationship = (url: string, more: Partial<RelationshipRow> = {}): RelationshipRow => ({
  trustDomain: td,
  bundleEndpointUrl: url,
  profile: 'https_spiffe',
  endpointSpiffeId: id,
  ...more,
});
const authorities = (name: string) => (name === td ? [peer.der] : []);
const prober = (more: Partial<ProberOptions> = {}) =>
  new Prober({ allow: loopback, now: () => new Date(), webAuthorities: web.pem, ...more });
const probe = (url: string, more: Partial<RelationshipRow> = {}, options: Partial<ProberOptions> = {}) =>
  prober(options).probe(relationship(url, more), authorities);

describe('an endpoint over https_spiffe', () => {
  it('is authenticated by the bundle held and its exact SPIFFE ID, and its keys are read', async () => {
    const found = await probe(await serve(body(documentOf(7))));
    expect(found).toMatchObject({ problem: '', kind: '', presented: id, sequence: '7', refreshHint: '60' });
    expect(found.keys).toHaveLength(1);
  });

  it.each<[string, object, string, RegExp]>([
    ['another SPIFFE ID', peer.leaf(`spiffe://${td}/spire/agent`), 'identity', /It presents spiffe:/],
    ['a longer SPIFFE ID', peer.leaf(`${id}/x`), 'identity', /It presents/],
    ['another authority', stranger.leaf(id), 'identity', /not issued by an authority in our copy/],
    ['an expired SVID', peer.leaf(id, [], Date.now() - 1000), 'identity', /expired/],
    [
      'a certificate of the web',
      web.leaf('https://peer.example', ['peer.example']),
      'profile',
      /without a SPIFFE ID/,
    ],
    [
      'TLS 1.1',
      { ...peer.leaf(id), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      'network',
      /TLS/,
    ],
  ])('S-23: is refused with %s', async (_name, tls, kind, words) => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.end(documentOf(1));
    }, tls);
    const found = await probe(url);
    expect(found.kind).toBe(kind);
    expect(found.problem).toMatch(words);
    expect(found.keys).toEqual([]);
    expect(asked).toBe(0);
  });

  it('is not asked without an authority of its trust domain', async () => {
    const found = await probe('https://127.0.0.1:1/', { endpointSpiffeId: 'spiffe://other.example/x' });
    expect(found).toMatchObject({ kind: 'nothing-to-check' });
  });

  it('does not lead to another host', async () => {
    const sink = await listenSink();
    const url = await serve((_request, response) => response.writeHead(302, { location: sink.url }).end());
    expect(await probe(url)).toMatchObject({
      kind: 'policy',
      problem: expect.stringContaining('another host'),
    });
    expect(sink.connections()).toBe(0);
  });
});

describe('an endpoint over https_web', () => {
  const webProfile = { profile: 'https_web' as const, endpointSpiffeId: '' };
  const named = web.leaf('https://bundle.example', ['bundle.example']);
  const resolve = async () => ['127.0.0.1'];
  const at = (url: string) => url.replace('127.0.0.1', 'bundle.example');

  it('is authenticated by the web’s authorities and its host name', async () => {
    const url = at(await serve(body(documentOf(3)), named));
    expect(await probe(url, webProfile, { resolve })).toMatchObject({ problem: '', sequence: '3' });
  });

  it('S-23: is refused under another name, by another authority, and never tried as https_spiffe', async () => {
    const url = await serve(body(documentOf(3)), named);
    const other = url.replace('127.0.0.1', 'other.example');
    expect(await probe(other, webProfile, { resolve })).toMatchObject({ kind: 'identity', keys: [] });
    expect(await probe(at(url), webProfile, { resolve, webAuthorities: stranger.pem })).toMatchObject({
      kind: 'identity',
      keys: [],
    });
    const spiffe = await serve(body(documentOf(3)));
    expect(await probe(at(spiffe), webProfile, { resolve })).toMatchObject({
      kind: 'profile',
      presented: id,
      keys: [],
    });
  });

  it('is followed through three redirects and not through four', async () => {
    let hops = 0;
    const url = at(
      await serve((request, response) => {
        hops += 1;
        const left = Number(request.url?.slice(1) || 0);
        if (left === 0) response.end(documentOf(4));
        else response.writeHead(307, { location: `/${left - 1}` }).end();
      }, named),
    );
    expect(await probe(`${url}/3`, webProfile, { resolve })).toMatchObject({ problem: '', sequence: '4' });
    expect(await probe(`${url}/4`, webProfile, { resolve })).toMatchObject({ kind: 'content' });
    expect(hops).toBe(8);
  });
});

async function listenSink() {
  let connections = 0;
  const server = createNetServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://127.0.0.1:${port}/`,
    connections: () => connections,
    close: () => server.close(),
  };
}

describe('S-15: what may not be asked', () => {
  let sink: Awaited<ReturnType<typeof listenSink>>;
  beforeAll(async () => {
    sink = await listenSink();
  });
  afterAll(() => void sink.close());

  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'u:p@127.0.0.1',
  ];
  it.each(hosts)('%s: no connection is made', async (host) => {
    const found = await probe(`https://${host}:${sink.port}/`, {}, { allow: [] });
    expect(found.kind).toBe('policy');
    expect(sink.connections()).toBe(0);
  });

  it.each(['127.0.0.1', '169.254.169.254', '10.0.0.1', 'fd00::1', '::ffff:127.0.0.1', 'fe80::1'])(
    'a name that leads to %s: no connection is made, also when another address is public',
    async (address) => {
      const url = `https://name.example:${sink.port}/`;
      for (const addresses of [[address], ['93.184.216.34', address]])
        expect(await probe(url, {}, { allow: [], resolve: async () => addresses })).toMatchObject({
          kind: 'policy',
        });
      expect(sink.connections()).toBe(0);
    },
  );

  it('a name that leads elsewhere at the second look is connected to where it was checked', async () => {
    const url = (await serve(body(documentOf(5)))).replace('127.0.0.1', 'rebinding.example');
    const answers = [['127.0.0.1'], ['127.66.6.6']];
    let looks = 0;
    const found = await probe(url, {}, { resolve: async () => answers[looks++] ?? [] });
    expect(found).toMatchObject({ problem: '', sequence: '5' });
    expect(looks).toBe(1);
  });

  it.each(hosts)('a redirect to %s: no connection is made', async (host) => {
    const named = web.leaf('https://bundle.example', ['bundle.example']);
    let asked = 0;
    const url = await serve(
      (_request, response) => {
        asked += 1;
        response.writeHead(302, { location: `https://${host}:${sink.port}/` }).end();
      },
      named,
      '127.0.0.2',
    );
    // Only where the first hop is may be asked; the sink listens on all the rest of loopback.
    const found = await probe(
      url.replace('127.0.0.2', 'bundle.example'),
      { profile: 'https_web', endpointSpiffeId: '' },
      {
        allow: ['127.0.0.2/32'],
        resolve: async (name) => [name === 'bundle.example' ? '127.0.0.2' : '127.0.0.1'],
      },
    );
    expect([asked, found.kind, sink.connections()]).toEqual([1, 'policy', 0]);
  });

  it('allowed, the same sink is reached: the counting counts', async () => {
    const other = await listenSink();
    await probe(other.url);
    expect(other.connections()).toBe(1);
    other.close();
  });

  it('a redirect to plain http is not followed', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(301, { location: 'http://127.0.0.1/' }).end(),
    );
    expect(await probe(url)).toMatchObject({ kind: 'policy' });
  });
});

describe('what an endpoint answers', () => {
  const canary = 'CANARY-4711';
  it.each<[string, Handler]>([
    ['not JSON', body(canary)],
    ['another status', (_request, response) => response.writeHead(500).end(canary)],
    ['no keys', body(`{"${canary}":1}`)],
    ['a private key', body(documentOf(1, `,"d":"${canary}"`))],
    ['a member twice', body(`{"keys":[],"keys":[],"${canary}":1}`)],
    [
      'compressed',
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(canary),
    ],
    ['more than 4 MiB', (_request, response) => response.end(canary + ' '.repeat(5 * 1024 * 1024))],
    ['a redirect to nowhere', (_request, response) => response.writeHead(302).end(canary)],
  ])('S-13 S-40: %s is refused and not repeated', async (_name, handler) => {
    const found = await probe(await serve(handler));
    expect(found.kind).toBe('content');
    expect(JSON.stringify(found)).not.toContain(canary);
  });

  it('S-24: an older bundle, or another under the same number, is an alarm', async () => {
    let text = documentOf(9);
    const url = await serve((_request, response) => response.end(text));
    const one = prober();
    const ask = () => one.probe(relationship(url), authorities);
    expect((await ask()).kind).toBe('');
    text = documentOf(8);
    expect(await ask()).toMatchObject({
      kind: 'rollback',
      problem: 'The sequence number went back from 9 to 8.',
    });
    // It is measured by the newest seen, not by what came back.
    expect((await ask()).kind).toBe('rollback');
    text = documentOf(9).replace('"spiffe_refresh_hint":60', '"spiffe_refresh_hint":61');
    expect((await ask()).kind).toBe('rollback');
    text = documentOf(10);
    expect((await ask()).kind).toBe('');
  });

  it('S-25: keys named like members of a prototype are only names', async () => {
    const found = await probe(
      await serve(body(documentOf(1).replace('"keys"', '"__proto__":{"polluted":1},"keys"'))),
    );
    expect(found.keys).toHaveLength(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
