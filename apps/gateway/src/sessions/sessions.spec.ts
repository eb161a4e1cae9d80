import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import {
  ListSessionsRequestSchema,
  NotOurGateway,
  openSession,
  SessionService,
  SignedChannel,
  signedTransport,
  WatchService,
} from '@muster/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Front, raw, startFront } from '../testing/front.ts';
import { LIST, PROTO, type Signed, send, sign } from '../testing/signed.ts';

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

/** Opens a window: a stream that has said its first word. */
async function watchIn(to: Front, channel: SignedChannel, signal: AbortSignal): Promise<void> {
  const events = createClient(WatchService, signedTransport(to.origin, channel)).watch({}, { signal });
  await events[Symbol.asyncIterator]().next();
}

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
    const statuses = await Promise.all(requests.toReversed().map((r) => send(front, r)));
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

  it('is one of at most 16 with windows; one without makes room for the next', async () => {
    const own = await startFront();
    const stop = new AbortController();
    try {
      const first = await own.signIn();
      for (let i = 0; i < 15; i++) await watchIn(own, await own.signIn(), stop.signal);
      await watchIn(own, await own.signIn(), stop.signal);
      expect(own.sessions.list()).toHaveLength(16);
      expect((await send(own, await sign(first.stored, 1n))).status).toBe(401);
      await expect(own.signIn()).rejects.toThrow(/16 sessions with open windows/);
    } finally {
      stop.abort();
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
        headers: { 'muster-mac': mac },
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
    const end = await events.next().then(
      (next) => next.done,
      () => true,
    );
    expect(end).toBe(true);
    await expect(client(other).listSessions({})).rejects.toThrow(/session has ended/);
    await client(channel).listSessions({});
  });

  it('is answered, signed, to the window that signs out', async () => {
    const channel = await front.signIn();
    await client(channel).endSession({});
    await expect(client(channel).listSessions({})).rejects.toThrow(/session has ended/);
  });
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
