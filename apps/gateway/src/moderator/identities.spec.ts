import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPracticeSlim } from '@muster/practice/slim/index';
import type { PracticeSlim } from '@muster/practice/slim/index';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startModerator } from './moderator.ts';
import type { Moderator, ModeratorIdentity } from './types.ts';

const HOST = 'acme/jwt/host';
const GUEST = 'acme/jwt/guest';
const ROOM = 'acme/jwt/room';
const HOST_ID = 'spiffe://acme.example/host';
const GUEST_ID = 'spiffe://acme.example/guest';

const until = <T>(check: () => T, timeout = 25_000) => vi.waitFor(check, { timeout, interval: 50 });

interface Keys {
  pem: string;
  jwk: object;
}

function makeKeys(kid: string): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' },
  };
}

describe('a moderator with tokens', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-jwt-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const [ours, theirs] = [makeKeys('one'), makeKeys('two')];
  const keysFile = file('keys.json', JSON.stringify({ keys: [ours.jwk, theirs.jwk] }));
  const jwt = (keys: Keys, subject: string): ModeratorIdentity => ({
    kind: 'jwt',
    keyFile: file(`${randomUUID()}.pem`, keys.pem),
    algorithm: 'ES256',
    subject,
    issuer: 'muster',
    audiences: ['slim'],
    keysFile,
  });
  let practice: PracticeSlim;
  const running: Moderator[] = [];

  beforeAll(async () => {
    practice = await startPracticeSlim({ pace: { minMs: 60_000, maxMs: 60_000 } });
  }, 60_000);
  afterEach(async () => {
    for (const one of running.splice(0)) await one.close();
  });
  afterAll(async () => {
    await practice.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (name: string, identity: ModeratorIdentity): Moderator => {
    const moderator = startModerator({ endpoint: practice.endpoint, name, identity });
    running.push(moderator);
    return moderator;
  };
  const ready = (moderator: Moderator) => until(() => expect(moderator.state()).toEqual({ state: 'ready' }));

  it('of keys of their own verify each other, and are told by the subject; S-13: never by the token', async () => {
    const [host, guest] = [start(HOST, jwt(ours, HOST_ID)), start(GUEST, jwt(theirs, GUEST_ID))];
    const told: unknown[] = [];
    host.onEvent((event) => told.push(event));
    await ready(host);
    await ready(guest);
    await host.createChannel(ROOM, { mls: true });
    const joining = guest.join(ROOM, 20_000);
    await host.invite(ROOM, GUEST);
    await joining;
    await guest.publish(ROOM, 'hello from the guest');
    await until(() => expect(host.messages(ROOM)).toHaveLength(1));
    expect(host.messages(ROOM)[0]).toMatchObject({
      from: GUEST,
      text: 'hello from the guest',
      identity: GUEST_ID,
    });
    await host.publish(ROOM, 'hello from the host');
    await until(() => expect(guest.messages(ROOM).find((one) => !one.own)?.identity).toBe(HOST_ID));
    const everything = JSON.stringify([told, host.messages(ROOM), host.members(ROOM), guest.messages(ROOM)]);
    // Every JWT begins so: a JSON object in base64url.
    expect(everything).not.toContain('eyJ');
  });

  it('signed by a key that the others do not know is not let in', async () => {
    const strange = start(GUEST, jwt(makeKeys('three'), GUEST_ID));
    const host = start(HOST, jwt(ours, HOST_ID));
    await ready(host);
    await ready(strange);
    await host.createChannel(ROOM, { mls: true, maxRetries: 2, intervalMs: 500 });
    const joining = strange.join(ROOM, 6000).catch((error: unknown) => error);
    await expect(host.invite(ROOM, GUEST)).rejects.toThrow();
    expect(await joining).toMatchObject({ code: 'not-invited' });
  });

  it('says which file is missing or holds nothing of use, and comes up when it is there', async () => {
    const late = join(folder, 'late.json');
    const moderator = start(HOST, { ...jwt(ours, HOST_ID), keysFile: late } as ModeratorIdentity);
    const reason = expect.stringContaining('keysFile');
    await until(() => expect(moderator.state()).toMatchObject({ state: 'degraded', reason }));
    writeFileSync(late, '{"keys":[]}');
    await until(() =>
      expect(moderator.state()).toMatchObject({ reason: expect.stringContaining('no public key') }),
    );
    writeFileSync(late, JSON.stringify({ keys: [ours.jwk] }));
    await ready(moderator);
  });

  it('takes new keys when their file is replaced', async () => {
    const rotating = file('rotating.json', JSON.stringify({ keys: [ours.jwk] }));
    const moderator = start(HOST, { ...jwt(ours, HOST_ID), keysFile: rotating } as ModeratorIdentity);
    await ready(moderator);
    const before = moderator.pid();
    writeFileSync(rotating, JSON.stringify({ keys: [ours.jwk, theirs.jwk] }));
    await until(() => expect(moderator.pid()).not.toBe(before));
    await ready(moderator);
  });
});
