import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPracticeSlim } from '@muster/practice/slim/index';
import type { PracticeSlim } from '@muster/practice/slim/index';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { homeStore } from './home-store.ts';
import { startModerator } from './moderator.ts';
import type { Moderator, ModeratorStore } from './types.ts';

const NAME = 'acme/muster/moderator';
const ROOM = 'acme/ops/kept';
const ALICE = 'acme/ops/alice';
const BOB = 'acme/ops/bob';

const until = <T>(check: () => T, timeout = 25_000) => vi.waitFor(check, { timeout, interval: 50 });

describe('sessions that are kept', { timeout: 90_000 }, () => {
  let practice: PracticeSlim;
  let home: string;
  let store: ModeratorStore;
  const running: Moderator[] = [];

  beforeAll(async () => {
    practice = await startPracticeSlim({ pace: { minMs: 30_000, maxMs: 60_000 } });
  }, 60_000);
  afterAll(() => practice.stop());
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'muster-kept-'));
    store = homeStore(home, 'node', NAME);
  });
  afterEach(async () => {
    for (const moderator of running.splice(0)) {
      for (const { name, role } of moderator.channels())
        await (role === 'moderator' ? moderator.deleteChannel(name) : moderator.leaveSession(name)).catch(
          () => {},
        );
      await moderator.close();
    }
    rmSync(home, { recursive: true, force: true });
  });

  const start = (name = NAME, kept: ModeratorStore | null = store): Moderator => {
    const moderator = startModerator({
      endpoint: practice.endpoint,
      name,
      identity: { kind: 'shared-secret', secret: practice.sharedSecret },
      ...(kept ? { store: kept } : {}),
    });
    running.push(moderator);
    return moderator;
  };
  const ready = async (moderator: Moderator): Promise<Moderator> => {
    await until(() => expect(moderator.state()).toEqual({ state: 'ready' }));
    return moderator;
  };
  const stop = async (moderator: Moderator): Promise<void> => {
    running.splice(running.indexOf(moderator), 1);
    await moderator.close();
  };
  const online = (moderator: Moderator, channel = ROOM) =>
    moderator
      .members(channel)
      .filter((one) => one.status === 'online')
      .map((one) => one.name);

  it('come back with the next gateway: same members, messages pass, and one more can be invited', async () => {
    const before = await ready(start());
    await before.createChannel(ROOM, { mls: true, maxRetries: 3, intervalMs: 700 });
    await before.invite(ROOM, ALICE);
    await until(() => expect(online(before)).toEqual([NAME, ALICE].toSorted()));
    const [alice] = before.members(ROOM).filter((one) => one.name === ALICE);
    // As a kill would: no word to the members.
    await stop(before);

    const after = start();
    // Before it is connected, what ought to be there is shown, and that nobody knows who is.
    expect(after.channels()).toMatchObject([{ name: ROOM, mls: true, maxRetries: 3, intervalMs: 700 }]);
    expect(after.members(ROOM)).toMatchObject([{ name: ALICE, status: 'unknown' }]);
    await ready(after);
    await until(() => expect(online(after)).toEqual([NAME, ALICE].toSorted()));
    await until(() => expect(after.channels()[0]?.session).toBe('open'));
    // It was not invited anew: the instance and the MLS group are those of before.
    expect(after.members(ROOM).find((one) => one.name === ALICE)?.instance).toBe(alice?.instance);
    await after.invite(ROOM, BOB);
    await after.publish(ROOM, 'What is the status?');
    await until(() => expect(after.messages(ROOM).some((one) => one.from === ALICE)).toBe(true));
    expect(after.notices()).toEqual([]);
    // Whoever was being invited when the gateway ended may be deaf to this session: what helps is said.
    await expect(after.invite(ROOM, 'acme/ops/nobody')).rejects.toMatchObject({
      code: 'maybe-half-joined',
      message: expect.stringMatching(/^acme\/ops\/nobody does not answer.*Restart it, and invite it again/u),
    });
  });

  it('S-13: are encrypted, in files that are ours alone, and hold no name in clear text', async () => {
    const moderator = await ready(start());
    await moderator.createChannel(ROOM, { mls: true });
    await moderator.invite(ROOM, ALICE);
    const base = join(home, 'moderator');
    expect(statSync(join(base, 'key')).mode & 0o777).toBe(0o600);
    expect(statSync(store.folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(store.folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name), 'latin1');
      for (const secret of [practice.sharedSecret, store.key.toString('base64url'), ROOM, ALICE])
        expect(content).not.toContain(secret);
    }
  });

  it('are not opened by two gateways at once; the second says so and takes over when the first ends', async () => {
    const first = await ready(start());
    await first.createChannel(ROOM, { mls: true });
    const second = start();
    await until(() =>
      expect(second.state()).toEqual({
        state: 'degraded',
        reason: expect.stringContaining('another gateway'),
      }),
    );
    await stop(first);
    await ready(second);
    expect(second.channels()).toMatchObject([{ name: ROOM }]);
  });

  it('that cannot be read are put aside and told of, and the channels are made anew', async () => {
    const before = await ready(start());
    await before.createChannel(ROOM, { mls: true });
    await before.invite(ROOM, ALICE);
    await until(() => expect(online(before)).toContain(ALICE));
    await stop(before);
    for (const file of readdirSync(join(store.folder, 'sessions')))
      writeFileSync(join(store.folder, 'sessions', file), randomBytes(8192));

    const after = await ready(start());
    await until(() => expect(online(after)).toEqual([NAME, ALICE].toSorted()));
    expect(after.notices()).toEqual([expect.stringContaining('sessions.unreadable-')]);
    await after.publish(ROOM, 'What is the status?');
  });

  it('are taken up as the bindings have them when the record of them is damaged or of another key', async () => {
    const before = await ready(start());
    await before.createChannel(ROOM, { mls: true, maxRetries: 4, intervalMs: 900 });
    await before.invite(ROOM, ALICE);
    await until(() => expect(online(before)).toContain(ALICE));
    await stop(before);
    writeFileSync(join(store.folder, 'channels.sealed'), 'AAAA');

    const after = await ready(start());
    expect(after.channels()).toMatchObject([{ name: ROOM, mls: true, maxRetries: 4, intervalMs: 900 }]);
    await until(() => expect(online(after)).toContain(ALICE));
    expect(after.notices()).toEqual([expect.stringContaining('channels.sealed.unreadable-')]);
  });

  it('of another key are put aside whole', async () => {
    const before = await ready(start());
    await before.createChannel(ROOM, { mls: true });
    await stop(before);
    const after = await ready(start(NAME, { folder: store.folder, key: randomBytes(32) }));
    expect(after.notices()).toHaveLength(2);
    expect(after.channels()).toEqual([]);
  });

  it('are closed and rejoined, across gateways too, and deleted ones stay deleted', async () => {
    const before = await ready(start());
    await before.createChannel(ROOM, { mls: true });
    await before.createChannel(`${ROOM}-gone`, { mls: true });
    await before.invite(ROOM, ALICE);
    await before.deleteChannel(`${ROOM}-gone`);
    await before.closeSession(ROOM);
    expect(before.channels()[0]?.session).toBe('closed');
    await expect(before.publish(ROOM, 'x')).rejects.toMatchObject({ code: 'session-closed' });
    await expect(before.invite(ROOM, BOB)).rejects.toMatchObject({ code: 'session-closed' });
    await stop(before);

    const after = await ready(start());
    expect(after.channels().map(({ name, session }) => [name, session])).toEqual([[ROOM, 'closed']]);
    await after.rejoinSession(ROOM);
    expect(after.channels()[0]?.session).toBe('open');
    await until(() => expect(online(after)).toContain(ALICE));
    await after.publish(ROOM, 'What is the status?');
    await until(() => expect(after.messages(ROOM).some((one) => one.from === ALICE)).toBe(true));
  });

  it('of others are joined when asked for, kept, closed, rejoined and left; unasked invitations are declined', async () => {
    const theirs = await ready(start('acme/other/moderator', null));
    const ours = await ready(start());
    await theirs.createChannel(ROOM, { mls: true });
    await theirs.invite(ROOM, ALICE);
    // Nobody asked: we leave at once.
    await theirs.invite(ROOM, NAME);
    await until(() => expect(theirs.members(ROOM).map((one) => one.name)).not.toContain(NAME));
    expect(ours.channels()).toEqual([]);
    expect(ours.notices()).toEqual([expect.stringContaining(ROOM)]);

    await expect(ours.join(ROOM, 50)).rejects.toMatchObject({ code: 'not-invited' });
    const joining = ours.join(ROOM, 20_000);
    await expect(ours.join(ROOM, 50)).rejects.toMatchObject({ code: 'already-waiting' });
    await theirs.invite(ROOM, NAME);
    await joining;
    expect(ours.channels()).toMatchObject([{ name: ROOM, role: 'participant', session: 'open', mls: true }]);
    await until(() => expect(online(ours)).toEqual([NAME, ALICE, 'acme/other/moderator'].toSorted()));
    await ours.publish(ROOM, 'What is the status?');
    await until(() => expect(ours.messages(ROOM).some((one) => one.from === ALICE)).toBe(true));
    await until(() => expect(theirs.messages(ROOM).some((one) => one.from === NAME)).toBe(true));
    await expect(ours.invite(ROOM, BOB)).rejects.toMatchObject({ code: 'not-moderator' });
    await expect(ours.deleteChannel(ROOM)).rejects.toMatchObject({ code: 'not-moderator' });

    await ours.closeSession(ROOM);
    await until(() => expect(theirs.members(ROOM).find((one) => one.name === NAME)?.status).toBe('offline'));
    await ours.rejoinSession(ROOM);
    await until(() => expect(theirs.members(ROOM).find((one) => one.name === NAME)?.status).toBe('online'));

    await stop(ours);
    const again = await ready(start());
    await until(() => expect(online(again)).toContain(ALICE));
    await again.publish(ROOM, 'What is the status?');
    await again.leaveSession(ROOM);
    expect(again.channels()).toEqual([]);
    await until(() => expect(theirs.members(ROOM).map((one) => one.name)).not.toContain(NAME));
  });

  it('of others that end there are lost here, and say why', async () => {
    const theirs = await ready(start('acme/other/moderator', null));
    const ours = await ready(start());
    await theirs.createChannel(ROOM, { mls: true });
    const joining = ours.join(ROOM, 20_000);
    await theirs.invite(ROOM, NAME);
    await joining;
    await theirs.remove(ROOM, NAME);
    await until(() => expect(ours.channels()).toMatchObject([{ session: 'lost' }]));
    expect(ours.channels()[0]?.sessionReason).toContain('removed us');
    const anew = ours.join(ROOM, 20_000);
    await theirs.invite(ROOM, NAME);
    await anew;
    expect(ours.channels()).toMatchObject([{ session: 'open', sessionReason: '' }]);
  });
});
