import { randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { OpenRequestSchema, SessionService, SignedChannel, signedTransport } from '@muster/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Front, raw, startFront } from '../testing/front.ts';
import { LANE, LIST, PROTO, send, sign } from '../testing/signed.ts';

let front: Front;
beforeAll(async () => {
  front = await startFront();
});
afterEach(() => {
  for (const { name } of front.sessions.list()) front.sessions.end(name);
});
afterAll(() => front.close());

const client = (channel: SignedChannel) =>
  createClient(SessionService, signedTransport(front.origin, channel));

describe('S-01: a rebound host name', () => {
  const good = (port: number) => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  const bad = (port: number) => [
    `evil.test:${port}`,
    `127.0.0.1.evil.test:${port}`,
    `localhost.:${port}`,
    `localhost.evil.test:${port}`,
    '127.0.0.1',
    'localhost',
    `127.0.0.1:${port + 1}`,
    `127.0.0.1:0${port}`,
    `0.0.0.0:${port}`,
    `127.1:${port}`,
    `2130706433:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `LOCALHOST:${port}`,
    `user@127.0.0.1:${port}`,
    `127.0.0.1:${port}@evil.test`,
    `127.0.0.1:${port}, evil.test`,
    `evil.test`,
    '',
    `127.0.0.1:${port}/`,
    `10.0.0.1:${port}`,
  ];

  it('is served under our own names', async () => {
    for (const host of good(front.port)) {
      const answer = await raw(front.port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect([host, answer.status]).toEqual([host, 200]);
    }
  });

  it('is refused with 421 on every route and method, before anything else', async () => {
    const requests = [
      'GET /',
      'GET /index.html',
      'HEAD /',
      'OPTIONS /',
      'POST /',
      'GET /nothing',
      ...front.rpcPaths.flatMap((path) => [`POST ${path}`, `GET ${path}`]),
    ];
    for (const request of requests)
      for (const host of bad(front.port)) {
        const answer = await raw(
          front.port,
          `${request} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        );
        expect([request, host, answer.status]).toEqual([request, host, 421]);
        expect(answer.body).not.toContain('<!doctype');
      }
  }, 60_000);

  it('is refused without a host, with two, and with an absolute target', async () => {
    const host = `127.0.0.1:${front.port}`;
    const requests = [
      'GET / HTTP/1.1\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.test\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`,
      `GET http://evil.test/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET //evil.test/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      'GET / HTTP/1.0\r\n\r\n',
    ];
    for (const request of requests) expect((await raw(front.port, request)).status, request).toBe(421);
    const upgrade = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
    expect((await raw(front.port, upgrade)).status).toBe(403);
    expect((await raw(front.port, `CONNECT evil.test:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status).toBe(0);
  });
});

describe('S-02: a call from another site', () => {
  const post = (headers: Record<string, string>) =>
    raw(
      front.port,
      `POST ${LIST} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\n${Object.entries({
        'content-type': PROTO,
        'content-length': '0',
        ...headers,
      })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    );

  it('is refused by Origin', async () => {
    for (const origin of [
      'http://evil.test',
      'null',
      `http://127.0.0.1:${front.port + 1}`,
      `https://127.0.0.1:${front.port}`,
      'file://',
    ])
      expect((await post({ origin })).status, origin).toBe(403);
  });

  it('is refused by Sec-Fetch-Site', async () => {
    for (const site of ['cross-site', 'same-site', 'anything'])
      expect((await post({ 'sec-fetch-site': site })).status, site).toBe(403);
    expect(
      (
        await post({
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
        })
      ).status,
    ).toBe(403);
  });

  it('is refused by content type, method and query', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-8',
    ])
      expect((await post({ 'content-type': type })).status, type).toBe(415);
    for (const path of front.rpcPaths) {
      const get = await raw(front.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\n\r\n`);
      expect(get.status, path).toBe(405);
    }
    const query = `POST ${LIST}?connect=v1 HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\n\r\n`;
    expect((await raw(front.port, query)).status).toBe(400);
  });

  it('S-03: gets no leave from a pre-flight', async () => {
    const answer = await raw(
      front.port,
      `OPTIONS ${LIST} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nOrigin: http://evil.test\r\nAccess-Control-Request-Private-Network: true\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    );
    expect(answer.status).toBe(403);
    expect(answer.head.toLowerCase()).not.toContain('access-control');
  });
});

describe('S-17: a path that climbs out', () => {
  it('finds nothing', async () => {
    const paths = [
      '/../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/....//etc/passwd',
      '/index.html%00.js',
      '/\\..\\..\\etc\\passwd',
      '/proc/self/environ.js',
      '/.built',
      '//etc/passwd',
    ];
    for (const path of paths) {
      const answer = await raw(
        front.port,
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nConnection: close\r\n\r\n`,
      );
      expect([path, answer.status]).toEqual([path, answer.status === 421 ? 421 : 404]);
      expect(answer.body).not.toMatch(/root:|PATH=/);
    }
  });
});

describe('S-18 S-19: too much', () => {
  it('is refused by size, declared or not', async () => {
    const { stored } = await front.signIn();
    const big = await sign(stored, 1n, { body: Buffer.alloc(8 * 1024 * 1024 + 1) });
    const declared = await raw(
      front.port,
      `POST ${LIST} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\nContent-Length: 9000000\r\n\r\n`,
    );
    expect(declared.status).toBe(413);
    const chunk = `${(1 << 20).toString(16)}\r\n${'x'.repeat(1 << 20)}\r\n`;
    const chunked = await raw(
      front.port,
      `POST ${LIST} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(9)}0\r\n\r\n`,
    );
    expect([0, 413]).toContain(chunked.status);
    await expect(
      send(front, big).then(
        (r) => r.status,
        () => 413,
      ),
    ).resolves.toBe(413);
    const header = await raw(
      front.port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect([0, 431]).toContain(header.status);
  });

  it('is refused compressed: by header, and by the envelope flag', async () => {
    const { stored } = await front.signIn();
    const bomb = gzipSync(Buffer.alloc(1 << 20));
    const encoded = await fetch(front.origin + LIST, {
      method: 'POST',
      headers: { 'content-type': PROTO, 'content-encoding': 'gzip' },
      body: new Uint8Array(bomb),
    });
    expect(encoded.status).toBe(415);
    const envelope = Buffer.concat([Buffer.from([1, 0, 0, bomb.length >> 8, bomb.length & 255]), bomb]);
    const watch = await sign(stored, 1n, {
      path: '/muster.v1.WatchService/Watch',
      type: 'application/connect+proto',
      body: envelope,
    });
    const answer = await send(front, watch);
    expect(answer.text).toContain('"code"');
  });
});

describe('S-20: a flood of slow clients', () => {
  it('does not keep a session from its answers', async () => {
    const channel = await front.signIn();
    const slow: Socket[] = [];
    for (let i = 0; i < 1000; i++) {
      const socket = createConnection({ port: front.port, host: '127.0.0.1' });
      socket.on('error', () => {});
      socket.on('connect', () => socket.write('POST / HTTP/1.1\r\nHost: '));
      slow.push(socket);
    }
    for (let i = 0; i < 100; i++) await client(channel).listSessions({});
    for (const socket of slow) socket.destroy();
  });
});

describe('10,000 random headers', () => {
  it('are each refused, and none takes the gateway down', async () => {
    const { stored } = await front.signIn();
    const statuses = new Set<number>();
    const genuine = (await sign(stored, 1n)).auth;
    for (let batch = 0; batch < 100; batch++)
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const noise = randomBytes(1 + ((batch * 100 + i) % 150)).toString(
            i % 3 === 0 ? 'base64url' : 'hex',
          );
          const parts = genuine.split('.');
          parts[i % 7] = noise;
          const auth = i % 2 === 0 ? noise : parts.join('.');
          const response = await fetch(front.origin + LIST, {
            method: 'POST',
            headers: { 'content-type': PROTO, 'muster-auth': auth },
          });
          await response.arrayBuffer();
          statuses.add(response.status);
        }),
      );
    expect([...statuses]).toEqual([401]);
    expect((await send(front, await sign(stored, 1n))).status).toBe(200);
  }, 120_000);
});

describe('S-40: errors', () => {
  it('come from a closed set, with no path, stack or word from inside', async () => {
    const { stored } = await front.signIn();
    let sequence = 0n;
    for (const path of front.rpcPaths)
      for (let i = 0; i < 20; i++) {
        if (path.endsWith('/Open') || path.endsWith('/EndSession') || path.endsWith('/EndOtherSessions'))
          continue;
        const type = ['application/proto', 'application/json', 'application/connect+proto'][i % 3] ?? '';
        const { status, text } = await send(
          front,
          await sign(stored, ++sequence, { path, type, body: randomBytes(i * 7), lane: LANE }),
        );
        expect([200, 400, 401, 404, 415, 429, 500, 501]).toContain(status);
        expect(text).not.toMatch(/\/(?:home|root|work|usr|tmp)\/|node_modules|\n\s+at |\.ts:/);
      }
  });

  it('refuse an Open that is noise', async () => {
    for (let i = 0; i < 50; i++) {
      const response = await fetch(`${front.origin}/muster.v1.SessionService/Open`, {
        method: 'POST',
        headers: { 'content-type': PROTO },
        body: new Uint8Array(
          i % 2
            ? randomBytes(i)
            : toBinary(
                OpenRequestSchema,
                create(OpenRequestSchema, {
                  secretId: randomBytes(8),
                  nonce: randomBytes(16),
                  timeMs: 1n,
                  client: 'browser',
                  proof: randomBytes(32),
                }),
              ),
        ),
      });
      expect([400, 401]).toContain(response.status);
    }
  });
});

describe('S-25: names of prototype members', () => {
  it('pollute nothing', async () => {
    const { stored } = await front.signIn();
    const body = Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    await send(front, await sign(stored, 1n, { type: 'application/json', body }));
    await raw(
      front.port,
      `GET /__proto__ HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\n__proto__: x\r\nConnection: close\r\n\r\n`,
    );
    await raw(
      front.port,
      `POST /muster.v1.constructor/toString HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('S-11 S-33 S-34: what every answer carries', () => {
  it('is a strict policy, no framing and no storing', async () => {
    for (const path of ['/', '/entries', '/missing.js', LIST]) {
      const { headers } = await fetch(front.origin + path, { method: path === LIST ? 'POST' : 'GET' });
      const policy = headers.get('content-security-policy') ?? '';
      for (const rule of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "base-uri 'none'",
      ])
        expect(policy).toContain(rule);
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
