import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../testing/wait.ts';
import { presentedBy } from './present.ts';
import { readTlsTarget } from './target.ts';

const td = 'probe.example';
const period = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };

function authority(name: string) {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const issuer = { name: { organization: name }, key, subjectKeyId: subjectKeyId(spki(key)) };
  return { issuer, der: Buffer.from(issueAuthority(name, issuer, period)) };
}
const own = authority(td);
const stranger = authority('stranger.example');
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const leaf = Buffer.from(
  issueLeaf({ spiffeId: `spiffe://${td}/web`, publicKey: spki(pair), dnsNames: [] }, own.issuer, period),
);
const pem = (...ders: Buffer[]) => ders.map((der) => new X509Certificate(der).toString()).join('');
const identity = (...rest: Buffer[]) => ({
  cert: pem(leaf, ...rest),
  key: pair.export({ type: 'pkcs8', format: 'pem' }),
});

const servers: Server[] = [];
const sockets = new Set<Socket>();
async function listen(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

interface Seen {
  names: string[];
  protocols: string[][];
}
/** A server that keeps what it was asked for; it never sees a whole handshake. */
async function serve(options: TlsOptions) {
  const seen: Seen = { names: [], protocols: [] };
  const server = createServer({
    ALPNCallback: ({ servername, protocols }) => {
      seen.names.push(servername);
      seen.protocols.push(protocols);
      return protocols.includes('h2') ? 'h2' : undefined;
    },
    ...options,
  });
  server.on('tlsClientError', () => {});
  return { port: await listen(server), seen };
}

const guard = { allow: ['127.0.0.0/8'], resolve: async () => ['127.0.0.1'] };
const look = (port: number, more: Partial<typeof guard & { deadline: number; name: string }> = {}) =>
  presentedBy({ host: '127.0.0.1', port, serverName: more.name ?? '' }, { ...guard, ...more });

describe('what a TLS endpoint presents', () => {
  it.each([
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ] as const)(
    '%s with %s: the certificates as they are, to the byte, and what was agreed on',
    async (version, cipher) => {
      const { port } = await serve({
        ...identity(own.der),
        minVersion: version,
        maxVersion: version,
        ciphers: cipher,
      });
      const found = await look(port);
      expect(found).toMatchObject({
        address: `127.0.0.1:${port}`,
        keyProved: true,
        asksClientCertificate: false,
        protocol: version,
        alpn: 'h2',
        reason: '',
      });
      expect(found.cipher).toMatch(/^TLS_/u);
      expect(found.certificates).toEqual([leaf, own.der]);
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'over %s a chain in a wrong order, with one that has no place in it, is shown as presented',
    async (version) => {
      const { port } = await serve({
        ...identity(stranger.der, own.der),
        minVersion: version,
        maxVersion: version,
      });
      // A TLS library would give back leaf and authority only.
      expect((await look(port)).certificates).toEqual([leaf, stranger.der, own.der]);
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'over %s, of a server that wants a client certificate, and none is given',
    async (version) => {
      const { port } = await serve({
        ...identity(own.der),
        requestCert: true,
        rejectUnauthorized: true,
        ca: pem(own.der),
        minVersion: version,
        maxVersion: version,
      });
      const found = await look(port);
      expect(found).toMatchObject({ asksClientCertificate: true });
      expect(found.certificates).toEqual([leaf, own.der]);
    },
  );

  it('also where the handshake is cut after it, and says so', async () => {
    const { port } = await serve({ ...identity(), minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    // Passes the server's first flight on, and hangs up then.
    const cutting = createNetServer((near) => {
      const far = new (near.constructor as typeof Socket)();
      sockets.add(far);
      far.connect(port, '127.0.0.1');
      near.pipe(far);
      far.once('data', (part: Buffer) => near.end(part, () => near.destroy()));
      far.on('error', () => {});
      near.on('error', () => {});
    });
    const found = await look(await listen(cutting));
    expect(found).toMatchObject({ keyProved: false, protocol: '' });
    expect(found.certificates).toEqual([leaf]);
    expect(found.reason).toMatch(/cut|hung up|failed/u);
  });

  it('asks for the name given, or for none', async () => {
    const { port, seen } = await serve(identity());
    await look(port, { name: 'shop.probe.example' });
    await look(port);
    expect(seen.names.map((name) => name || '')).toEqual(['shop.probe.example', '']);
    expect(seen.protocols[0]).toEqual(['h2', 'http/1.1']);
  });

  it('of a server that speaks another protocol only', async () => {
    const { port } = await serve({
      ...identity(),
      ALPNCallback: ({ protocols }) => (protocols.includes('slim') ? 'slim' : undefined),
    });
    const found = await look(port);
    expect(found).toMatchObject({ alpn: '', keyProved: true });
    expect(found.certificates).toEqual([leaf]);
  });

  it.each<[string, string, RegExp]>([
    ['a banner', 'SSH-2.0-CANARY-4711\r\n', /does not speak TLS/u],
    ['HTTP', 'HTTP/1.1 400 CANARY-4711\r\n\r\n', /does not speak TLS/u],
  ])('S-40: %s instead of TLS is told in our words', async (_what, text, words) => {
    const port = await listen(createNetServer((socket) => void socket.end(text)));
    const failure = await look(port).catch((error: unknown) => String(error));
    expect(failure).toMatch(words);
    expect(failure).not.toContain('CANARY');
  });

  it('S-23: nothing older than TLS 1.2 is spoken', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { port } = await serve({ ...identity(), ...old });
    await expect(look(port)).rejects.toThrow('It speaks nothing newer than TLS 1.1.');
  });

  it('S-18: who says nothing, or too much, is left', async () => {
    const silent = await listen(createNetServer(() => {}));
    await expect(look(silent, { deadline: 300 })).rejects.toThrow('It did not answer within');
    const flood = await listen(
      createNetServer((socket) => {
        // Records of a handshake that never ends.
        const record = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0]), Buffer.alloc(0x4000, 2)]);
        const more = (): void => {
          while (!socket.destroyed && socket.write(record));
        };
        socket.on('drain', more);
        socket.on('data', more);
      }),
    );
    await expect(look(flood, { deadline: 5000 })).rejects.toThrow();
  });

  it('nobody there', async () => {
    const server = createNetServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(look(port)).rejects.toThrow('Nothing listens there.');
  });
});

describe('S-15: a TLS endpoint that may not be asked', () => {
  const counted = async () => {
    let connections = 0;
    const server = createNetServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    const port = await listen(server);
    return { port, connections: () => connections };
  };
  const ask = async (text: string, more: Partial<typeof guard>) => {
    const read = readTlsTarget(text, '', false);
    return read.ok
      ? presentedBy(read.value, { allow: [], resolve: async () => ['127.0.0.1'], ...more })
      : undefined;
  };

  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'u:p@127.0.0.1',
    'name.example',
  ])('%s: no connection is made', async (host) => {
    const sink = await counted();
    expect(await ask(`${host}:${sink.port}`, {}).catch((error: { kind: string }) => error.kind)).not.toBe(
      'network',
    );
    expect(sink.connections()).toBe(0);
  });

  it('a name with one address that is not public is not asked at the other, and is resolved once', async () => {
    const sink = await counted();
    for (const addresses of [['169.254.169.254'], ['93.184.216.34', '10.0.0.1']]) {
      let looks = 0;
      const resolve = async () => ((looks += 1), addresses);
      await expect(ask(`name.example:${sink.port}`, { resolve })).rejects.toThrow(/probe\.allow/u);
      expect(looks).toBe(1);
    }
    expect(sink.connections()).toBe(0);
  });

  it('a name that leads elsewhere at the second look is connected to where it was checked', async () => {
    const { port } = await serve(identity());
    const answers = [['127.0.0.1'], ['127.66.6.6']];
    let looks = 0;
    const found = await ask(`rebinding.example:${port}`, {
      allow: ['127.0.0.1/32'],
      resolve: async () => answers[looks++] ?? [],
    });
    expect([looks, found?.address]).toEqual([1, `127.0.0.1:${port}`]);
  });

  it('allowed, the same sink is reached: the counting counts', async () => {
    const sink = await counted();
    await ask(`127.0.0.1:${sink.port}`, { allow: ['127.0.0.0/8'] }).catch(() => {});
    await expect.poll(sink.connections).toBe(1);
  });
});

describe('S-16: a socket of this machine', () => {
  it('is reached by no form of a target', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'agent.sock');
    let connections = 0;
    const server = createNetServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    server.listen(path);
    await once(server, 'listening');
    for (const text of [
      `unix://${path}`,
      `unix:${path}`,
      `UNIX://${path}`,
      path,
      `.${path}`,
      `file://${path}`,
      `//${path}:443`,
      `[${path}]:443`,
      `localhost:443${path}`,
      `${path}:443`,
      `%2F${path.slice(1)}:443`,
    ])
      expect(readTlsTarget(text, '', false), text).toMatchObject({ ok: false, field: 'target' });
    expect(connections).toBe(0);
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('a target', () => {
  it.each([
    ['spire.example.org:8081', { host: 'spire.example.org', port: 8081, serverName: 'spire.example.org' }],
    ['Spire.Example.Org:443', { host: 'Spire.Example.Org', port: 443, serverName: 'Spire.Example.Org' }],
    ['192.0.2.7:8443', { host: '192.0.2.7', port: 8443, serverName: '' }],
    ['[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443, serverName: '' }],
  ])('%s is read', (text, value) => {
    expect(readTlsTarget(text, '', false)).toEqual({ ok: true, value });
  });

  it.each([
    ['', /empty/u],
    ['host', /port is missing/u],
    ['host:', /port is missing/u],
    ['host:x', /port is missing/u],
    ['host:0', /port/u],
    ['host:65536', /port/u],
    ['https://host:443', /scheme/u],
    ['host:443/path', /Nothing may follow/u],
    ['host:443?x', /Nothing may follow/u],
    ['a b:443', /space/u],
    ['u@host:443', /user info/u],
    ['::1:443', /read|neither/u],
    ['bücher.example:443', /ASCII/u],
    [`${'a'.repeat(3000)}:443`, /longer/u],
  ])('%s is refused', (text, words) => {
    const read = readTlsTarget(text, '', false);
    expect(read.ok ? '' : read.problem).toMatch(words);
  });

  it.each(['127.0.0.1', 'a b', 'host:443', 'host/path', '::1', 'x@y', 'bücher'])(
    'the name %s is refused for its own field',
    (name) =>
      expect(readTlsTarget('host:443', name, false)).toMatchObject({ ok: false, field: 'server_name' }),
  );

  it('asks for no name where none is wanted', () => {
    expect(readTlsTarget('host:443', 'other', true)).toMatchObject({ ok: true, value: { serverName: '' } });
    expect(readTlsTarget('host:443', 'other', false)).toMatchObject({
      ok: true,
      value: { serverName: 'other' },
    });
  });
});
