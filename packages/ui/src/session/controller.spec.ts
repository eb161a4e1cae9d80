// @vitest-environment node
import { NotOurGateway, type SessionSecret, SessionService, type StoredSession } from '@muster/api';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Platform } from '../platform.ts';
import { SessionController } from './controller.ts';
import { memoryKeeper, type SessionKeeper } from './keeper.ts';

const SECRET: SessionSecret = {
  instance: new Uint8Array(16),
  id: new Uint8Array(8),
  secret: new Uint8Array(32).fill(7),
};

async function stored(session: number, generation = 0): Promise<StoredSession> {
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const base = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveKey']);
  return {
    instance: new Uint8Array(16),
    session: new Uint8Array(16).fill(session),
    base,
    key,
    generation,
    idleSeconds: 900,
    rekeySeconds: 0,
  };
}

function windowOf(keeper: SessionKeeper, secret?: SessionSecret) {
  let given = secret;
  const platform: Platform = {
    kind: 'browser',
    gateway: 'http://127.0.0.1:1',
    sessions: keeper,
    takeSignInSecret: () => {
      const taken = given;
      given = undefined;
      return taken;
    },
    onSignInSecret: () => () => undefined,
    openExternal: () => undefined,
    signInCommand: 'npx muster open',
  };
  return new SessionController(platform);
}

/** A keeper whose announcements reach every window, as a browser's do. */
function sharedKeeper(): SessionKeeper & { tell: () => void } {
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  return {
    ...memoryKeeper(),
    announce: tell,
    onAnnounced: (changed) => (listeners.add(changed), () => listeners.delete(changed)),
    tell,
  };
}
const answer = (status: number, headers: Record<string, string> = {}) =>
  vi.fn(async () => new Response('{}', { status, headers }));
const list = (session: SessionController) => createClient(SessionService, session.transport).listSessions({});

afterEach(() => vi.unstubAllGlobals());

describe('SessionController', () => {
  it('asks to sign in when there is nothing to go on with', async () => {
    const session = windowOf(memoryKeeper());
    await session.start();
    expect(session.getState()).toMatchObject({ state: 'signed-out', keep: false });
    await expect(list(session)).rejects.toMatchObject({ code: Code.Unauthenticated });
  });

  it('goes on with the session its origin keeps', async () => {
    const keeper = memoryKeeper();
    await keeper.save(await stored(1));
    const session = windowOf(keeper);
    await session.start();
    expect(session.getState()).toMatchObject({ state: 'signed-in', id: '01'.repeat(16) });
  });

  it('says why a link did not sign in', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(
        async () =>
          new Response(JSON.stringify({ code: 'unauthenticated' }), {
            status: 401,
            headers: { 'content-type': 'application/json' },
          }),
      ),
    );
    const session = windowOf(memoryKeeper(), { ...SECRET, secret: new Uint8Array(32) });
    await session.start();
    expect(session.getState()).toMatchObject({
      state: 'signed-out',
      reason: expect.stringContaining('used already'),
    });
  });

  it('keeps the page when the gateway no longer knows the session, and forgets the key', async () => {
    const keeper = memoryKeeper();
    await keeper.save(await stored(1));
    const session = windowOf(keeper);
    await session.start();
    vi.stubGlobal('fetch', answer(401));
    await expect(list(session)).rejects.toMatchObject({ code: Code.Unauthenticated });
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ state: 'signed-out', keep: true }));
    expect(await keeper.load()).toBeUndefined();
  });

  it('sends nothing more to a program that is not our gateway', async () => {
    const keeper = memoryKeeper();
    await keeper.save(await stored(1));
    const session = windowOf(keeper);
    await session.start();
    const fetch = answer(200, { 'content-type': 'application/proto' });
    vi.stubGlobal('fetch', fetch);
    const error: unknown = await list(session).catch((caught: unknown) => caught);
    expect(ConnectError.from(error).cause ?? error).toBeInstanceOf(NotOurGateway);
    expect(session.getState()).toMatchObject({ state: 'not-our-gateway', keep: true });
    await expect(list(session)).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('follows another window that signed in anew, re-keyed or signed out', async () => {
    const keeper = sharedKeeper();
    await keeper.save(await stored(1));
    const session = windowOf(keeper);
    await session.start();
    await keeper.save(await stored(2));
    keeper.tell();
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ id: '02'.repeat(16) }));
    await keeper.clear();
    keeper.tell();
    await vi.waitFor(() => expect(session.getState()).toMatchObject({ state: 'signed-out', keep: false }));
  });

  it('takes the session of another window instead of ending, when its own was refused', async () => {
    const keeper = sharedKeeper();
    await keeper.save(await stored(1));
    const session = windowOf(keeper);
    await session.start();
    await keeper.save(await stored(2));
    vi.stubGlobal('fetch', answer(401));
    await list(session).catch(() => undefined);
    await vi.waitFor(() =>
      expect(session.getState()).toMatchObject({ state: 'signed-in', id: '02'.repeat(16) }),
    );
  });

  it('signs out everywhere: the key is forgotten and the page goes', async () => {
    const keeper = sharedKeeper();
    await keeper.save(await stored(1));
    const [one, two] = [windowOf(keeper), windowOf(keeper)];
    await Promise.all([one.start(), two.start()]);
    vi.stubGlobal('fetch', answer(503));
    await one.signOut();
    expect(one.getState()).toMatchObject({ state: 'signed-out', keep: false });
    await vi.waitFor(() => expect(two.getState()).toMatchObject({ state: 'signed-out', keep: false }));
  });
});
