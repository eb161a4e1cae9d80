import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createClient } from '@connectrpc/connect';
import { toBinary, create } from '@bufbuild/protobuf';
import {
  ListSessionsRequestSchema,
  NotOurGateway,
  OpenRequestSchema,
  openSession,
  requestFields,
  SessionService,
  signedTransport,
  SignedChannel,
  type StoredSession,
  WatchService,
  writeAuthHeader,
} from '@muster/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Front, raw, startFront } from '../testing/front.ts';

const LIST = '/muster.v1.SessionService/ListSessions';
const PROTO = 'application/proto';

let front: Front;
beforeAll(async () => {
  front = await startFront();
});
afterEach(() => {
  for (const { name } of front.sessions.list()) front.sessions.end(name);
});
afterAll(() => front.close());

/** A signed request as parts, to send again or to spoil. */
interface Signed {
  path: string;
  method: string;
  type: string;
  body: Buffer;
  auth: string;
}

async function sign(
  stored: StoredSession,
  sequence: bigint,
  change: Partial<Omit<Signed, 'auth'>> & { timeMs?: bigint; lane?: Uint8Array } = {},
): Promise<Signed> {
  const { path = LIST, method = 'POST', type = PROTO, body = Buffer.alloc(0) } = change;
  const lane = change.lane ?? LANE;
  const timeMs = change.timeMs ?? BigInt(Date.now());
  const { instance, session, generation, key } = stored;
  const bodySha256 = createHash('sha256').update(body).digest();
  const fields = requestFields({
    instance,
    session,
    generation,
    lane,
    sequence,
    timeMs,
    method,
    path,
    contentType: type,
    contentEncoding: '',
    bodySha256,
  });
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, fields));
  return {
    path,
    method,
    type,
    body,
    auth: writeAuthHeader({ session, generation, lane, sequence, timeMs, mac }),
  };
}
const LANE = randomBytes(16);

async function send(to: Front, r: Signed): Promise<{ status: number; text: string }> {
  const response = await fetch(to.origin + r.path, {
    method: r.method,
    headers: { 'content-type': r.type, 'muster-auth': r.auth },
    body: new Uint8Array(r.body),
  });
  return { status: response.status, text: await response.text() };
}

const client = (channel: SignedChannel) =>
  createClient(SessionService, signedTransport(front.origin, channel));

describe('a session', () => {
  it('serves 1,000 calls in a row and 64 at once', async () => {
    const list = client(await front.signIn());
    for (let i = 0; i < 1000; i++) await list.listSessions({});
    const answers = await Promise.all(Array.from({ length: 64 }, () => list.listSessions({})));
    expect(answers).toHaveLength(64);
  });

  it('takes 64 numbers at once in any order', async () => {
    const { stored } = await front.signIn();
    const requests = await Promise.all(Array.from({ length: 64 }, (_, i) => sign(stored, BigInt(i + 1))));
    const statuses = await Promise.all(requests.reverse().map((r) => send(front, r)));
    expect(statuses.every((s) => s.status === 200)).toBe(true);
  });

  it('goes on after a change of key, and takes the old one for requests under way', async () => {
    const channel = await front.signIn();
    const old = channel.stored;
    await channel.rekey(front.origin);
    await client(channel).listSessions({});
    expect((await send(front, await sign(old, 1n))).status).toBe(200);
    front.clock.pass(61_000);
    const timeMs = BigInt(front.clock.wall());
    expect((await send(front, await sign(old, 2n, { timeMs }))).status).toBe(401);
    front.clock.wallAhead = 0;
  });

  it('is one of at most 16', async () => {
    const own = await startFront();
    try {
      for (let i = 0; i < 16; i++) await own.signIn();
      await expect(own.signIn()).rejects.toThrow(/16 sessions open already/);
    } finally {
      await own.close();
    }
  });

  it('has at most 32 streams', async () => {
    const own = await startFront();
    try {
      const watch = createClient(WatchService, signedTransport(own.origin, await own.signIn()));
      const stop = new AbortController();
      const opened = await Promise.allSettled(
        Array.from({ length: 33 }, async () => {
          const events = watch.watch({}, { signal: stop.signal })[Symbol.asyncIterator]();
          await events.next();
        }),
      );
      const refused = opened.filter((o) => o.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(String(refused[0]?.reason)).toContain('too many streams');
      stop.abort();
    } finally {
      await own.close();
    }
  });
});

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

describe('S-05: a program that squats on the port', () => {
  async function squat(
    answer: (path: string) => { status: number; headers?: Record<string, string>; body: Buffer },
  ) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? '');
      const { status, headers, body } = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': PROTO, ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { origin, seen, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  it('is noticed at sign-in, and learns no secret', async () => {
    const fake = await squat(() => ({
      status: 200,
      body: Buffer.from([0x0a, 16, ...randomBytes(16), 0x12, 32, ...randomBytes(32)]),
    }));
    await expect(openSession(fake.origin, front.code(), 'browser')).rejects.toBeInstanceOf(NotOurGateway);
    expect(fake.seen).toHaveLength(1);
    await fake.close();
  });

  it('is noticed by an answer that is not signed, or signed by a stranger', async () => {
    const { stored } = await front.signIn();
    for (const mac of ['', Buffer.from(randomBytes(32)).toString('base64url')]) {
      const fake = await squat(() => ({
        status: 200,
        headers: mac ? { 'muster-mac': mac } : {},
        body: Buffer.alloc(0),
      }));
      const channel = new SignedChannel(stored);
      const call = createClient(SessionService, signedTransport(fake.origin, channel)).listSessions({});
      await expect(call).rejects.toThrow(/not our gateway/);
      await fake.close();
    }
  });

  it('cannot change a whole answer', async () => {
    const channel = await front.signIn();
    const fake = await squat(() => ({ status: 200, body: Buffer.alloc(0) }));
    const honest = await channel.fetch(`${front.origin}${LIST}`, {
      method: 'POST',
      headers: { 'content-type': PROTO },
    });
    expect(honest.status).toBe(200);
    const replayed = await squat(() => ({
      status: 200,
      headers: { 'muster-mac': honest.headers.get('muster-mac') ?? '' },
      body: Buffer.alloc(3),
    }));
    await expect(
      channel.fetch(`${replayed.origin}${LIST}`, { method: 'POST', headers: { 'content-type': PROTO } }),
    ).rejects.toThrow(/signature/);
    await fake.close();
    await replayed.close();
  });
});

describe('S-06 S-07: a captured request', () => {
  it('counts once', async () => {
    const { stored } = await front.signIn();
    const request = await sign(stored, 1n);
    expect((await send(front, request)).status).toBe(200);
    expect((await send(front, request)).status).toBe(401);
  });

  it('opens nothing elsewhere: other path, method, type, body, session', async () => {
    const { stored } = await front.signIn();
    const request = await sign(stored, 1n, {
      body: Buffer.from(toBinary(ListSessionsRequestSchema, create(ListSessionsRequestSchema))),
    });
    const { stored: other } = await front.signIn();
    const strange = await sign(other, 1n);
    const spoiled: Signed[] = [
      { ...request, path: '/muster.v1.SessionService/EndOtherSessions' },
      { ...request, type: 'application/json', body: Buffer.from('{}') },
      { ...request, body: Buffer.from([8, 1]) },
      { ...request, auth: request.auth.replace(/^1\.[^.]+/, strange.auth.split('.').slice(0, 2).join('.')) },
    ];
    for (const bad of spoiled) expect((await send(front, bad)).status).toBe(401);
    const put = await raw(
      front.port,
      `PUT ${LIST} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\nMuster-Auth: ${request.auth}\r\n\r\n`,
    );
    expect(put.status).toBe(405);
    // It was never used up by the attempts, and still counts once.
    expect((await send(front, request)).status).toBe(200);
  });

  it('is refused behind the window of 64, and accepted within it', async () => {
    const { stored } = await front.signIn();
    expect((await send(front, await sign(stored, 100n))).status).toBe(200);
    expect((await send(front, await sign(stored, 37n))).status).toBe(200);
    expect((await send(front, await sign(stored, 36n))).status).toBe(401);
    expect((await send(front, await sign(stored, 37n))).status).toBe(401);
  });

  it('is refused more than 30 s from our clock, either way', async () => {
    const { stored } = await front.signIn();
    const now = BigInt(Date.now());
    expect((await send(front, await sign(stored, 1n, { timeMs: now - 31_000n }))).status).toBe(401);
    expect((await send(front, await sign(stored, 2n, { timeMs: now + 31_000n }))).status).toBe(401);
    expect((await send(front, await sign(stored, 3n, { timeMs: now - 20_000n }))).status).toBe(200);
  });

  it('opens nothing on another gateway, nor after a restart', async () => {
    const second = await startFront();
    try {
      const { stored } = await front.signIn();
      expect((await send(second, await sign(stored, 1n))).status).toBe(401);
      const code = front.code();
      await expect(openSession(second.origin, code, 'browser')).rejects.toThrow(/not good/);
    } finally {
      await second.close();
    }
  });
});

describe('a launch code', () => {
  it('works once', async () => {
    const code = front.code();
    const copy = { ...code, secret: code.secret.slice() };
    await openSession(front.origin, code, 'browser');
    await expect(openSession(front.origin, copy, 'browser')).rejects.toThrow(/not good/);
  });

  it('works for 60 s', async () => {
    const code = front.code();
    front.clock.monotonicAhead += 60_001;
    await expect(openSession(front.origin, code, 'browser')).rejects.toThrow(/not good/);
  });

  it('is not used up by a wrong proof', async () => {
    const code = front.code();
    const wrong = { ...code, secret: new Uint8Array(32) };
    await expect(openSession(front.origin, wrong, 'browser')).rejects.toThrow(/not good/);
    await openSession(front.origin, code, 'browser');
  });
});

describe('S-08: a request with a bit flipped', () => {
  it('is refused, all 200 of them, with one and the same answer', async () => {
    const { stored } = await front.signIn();
    const answers = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const request = await sign(stored, BigInt(i + 1), {
        body: Buffer.from([0x0a, 0x02, 0x68, 0x69]),
        path: '/muster.v1.SessionService/EndSession',
      });
      const text = i % 2 === 0 ? Buffer.from(request.auth) : Buffer.from(request.body);
      const bit = randomBytes(2).readUInt16BE() % (text.length * 8);
      text[bit >> 3] = (text[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const auth = i % 2 === 0 ? text.toString('latin1') : request.auth;
      const body = i % 2 === 0 ? request.body : text;
      const answer = await raw(
        front.port,
        Buffer.concat([
          Buffer.from(
            `POST ${request.path} HTTP/1.1\r\nHost: 127.0.0.1:${front.port}\r\nContent-Type: ${PROTO}\r\nMuster-Auth: ${auth.replaceAll(/[\r\n\0]/g, '?')}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
            'latin1',
          ),
          body,
        ]),
      );
      if (answer.status === 0 || answer.status === 400) continue; // a control character: not HTTP any more
      answers.add(`${answer.status} ${answer.body}`);
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^401 /);
  }, 60_000);
});

describe('S-09: refusals', () => {
  it('are the same to the letter for an unknown session, a wrong MAC, a used number and a wrong time', async () => {
    const { stored } = await front.signIn();
    expect((await send(front, await sign(stored, 1n))).status).toBe(200);
    const stranger = { ...stored, session: new Uint8Array(16) };
    const good = await sign(stored, 2n);
    const answers = await Promise.all([
      send(front, await sign(stranger, 2n)),
      send(front, { ...good, auth: good.auth.slice(0, -43) + 'A'.repeat(43) }),
      send(front, await sign(stored, 1n)),
      send(front, await sign(stored, 3n, { timeMs: 1n })),
      send(front, { ...good, auth: 'nonsense' }),
    ]);
    expect(new Set(answers.map((a) => `${a.status} ${a.text}`)).size).toBe(1);
  });
});

describe('S-10: the end of a session', () => {
  it('comes after 15 minutes without a window, by the monotonic clock', async () => {
    const own = await startFront();
    try {
      const { stored } = await own.signIn();
      own.clock.monotonicAhead += 14 * 60_000;
      expect((await send(own, await sign(stored, 1n))).status).toBe(200);
      own.clock.wallAhead -= 3_600_000;
      own.clock.monotonicAhead += 15 * 60_000 + 1;
      expect((await send(own, await sign(stored, 2n, { timeMs: BigInt(own.clock.wall()) }))).status).toBe(
        401,
      );
    } finally {
      await own.close();
    }
  });

  it('does not come while a window is open', async () => {
    const own = await startFront();
    try {
      const channel = await own.signIn();
      const stop = new AbortController();
      const events = createClient(WatchService, signedTransport(own.origin, channel))
        .watch({}, { signal: stop.signal })
        [Symbol.asyncIterator]();
      await events.next();
      own.clock.monotonicAhead += 3_600_000;
      expect((await send(own, await sign(channel.stored, 1n))).status).toBe(200);
      stop.abort();
    } finally {
      await own.close();
    }
  });

  it('comes at once for a session that is ended, with its streams', async () => {
    const channel = await front.signIn();
    const other = await front.signIn();
    const events = createClient(WatchService, signedTransport(front.origin, other))
      .watch({})
      [Symbol.asyncIterator]();
    await events.next();
    const name = Buffer.from(other.stored.session).toString('hex', 0, 8);
    await client(channel).endSession({ name });
    await expect(events.next().then((r) => r.done))
      .resolves.toBeOneOf([true])
      .catch(() => {});
    await expect(client(other).listSessions({})).rejects.toThrow(/session has ended/);
    await client(channel).listSessions({});
  });

  it('is answered, signed, to the window that signs out', async () => {
    const channel = await front.signIn();
    await client(channel).endSession({});
    await expect(client(channel).listSessions({})).rejects.toThrow(/session has ended/);
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

describe('S-38: large numbers', () => {
  it('are exact in sequence numbers beyond 2^53', async () => {
    const { stored } = await front.signIn();
    const beyond = 2n ** 53n;
    expect((await send(front, await sign(stored, beyond + 1n))).status).toBe(200);
    expect((await send(front, await sign(stored, beyond))).status).toBe(200);
    expect((await send(front, await sign(stored, beyond + 1n))).status).toBe(401);
  });
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
