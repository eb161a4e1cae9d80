import { startPracticeSlim } from '@muster/practice/slim/index';
import type { PracticeSlim } from '@muster/practice/slim/index';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startModerator } from './moderator.ts';
import type { Moderator, ModeratorEvent, ModeratorOptions } from './types.ts';

const NAME = 'acme/muster/moderator';
const OPS = 'acme/ops/incident-room';
const PAYMENTS = 'acme/payments/reconciliation';
const BOB = 'acme/ops/bob';
const FRAUD = 'acme/payments/fraud-watch';

const until = <T>(check: () => T, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 50 });
const secretOf = (secret: string): ModeratorOptions['identity'] => ({ kind: 'shared-secret', secret });

describe('on the practice network', { timeout: 60_000 }, () => {
  let practice: PracticeSlim;
  let moderator: Moderator;
  const events: ModeratorEvent[] = [];
  const online = (channel: string) =>
    moderator
      .members(channel)
      .filter((one) => one.status === 'online')
      .map((one) => one.name);
  const statusOf = (channel: string, name: string) =>
    moderator.members(channel).find((one) => one.name === name)?.status;
  const seen = (type: string, name: string) =>
    events.some((event) => event.type === type && 'member' in event && event.member.name === name);

  beforeAll(async () => {
    practice = await startPracticeSlim({ pace: { minMs: 1000, maxMs: 3000 } });
    moderator = startModerator({
      endpoint: practice.endpoint,
      name: NAME,
      identity: secretOf(practice.sharedSecret),
    });
    moderator.onEvent((event) => events.push(event));
    await until(() => expect(moderator.state()).toEqual({ state: 'ready' }));
  }, 60_000);

  afterAll(async () => {
    await moderator?.close();
    await practice?.stop();
  }, 30_000);

  it('creates the two channels and invites their members', async () => {
    for (const { name, members } of practice.channels) {
      await moderator.createChannel(name, { mls: true });
      expect(moderator.channels().at(-1)).toMatchObject({ name, mls: true, memberCount: 1, online: 1 });
      for (const member of members) await moderator.invite(name, member);
      await until(() => expect(online(name)).toEqual([...members, NAME].toSorted()));
      for (const member of members) expect(seen('member-joined', member)).toBe(true);
    }
    const alice = moderator.members(OPS).find((one) => one.name === 'acme/ops/alice');
    expect(alice).toMatchObject({ isModerator: false, instance: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(moderator.members(OPS).find((one) => one.name === NAME)?.isModerator).toBe(true);

    // Its heartbeats take 25–30 s to be missed; the next but two specs pass the time.
    await practice.crashMember(FRAUD);
  });

  it('receives what members write, and is answered', async () => {
    await until(() => expect(moderator.messages(PAYMENTS).some((one) => !one.own)).toBe(true));
    const [message] = moderator.messages(PAYMENTS);
    expect(message).toMatchObject({ payloadType: 'text/plain', from: expect.stringMatching(/^acme\//) });
    // The sender's token comes with every message and must stay in the worker.
    expect(Object.keys(message ?? {}).toSorted()).toEqual(
      [
        'at',
        'bytes',
        'cut',
        'from',
        'fromInstance',
        'id',
        'identity',
        'own',
        'payloadType',
        'sequence',
        'text',
      ].toSorted(),
    );
    // Whom it names: here what a holder of the shared secret goes by.
    expect(message?.identity).toBe(message?.from);
    expect(message?.bytes).toBe(Buffer.byteLength(message?.text ?? ''));

    await moderator.publish(OPS, 'What is the status?');
    const own = moderator.messages(OPS).find((one) => one.own);
    expect(own).toMatchObject({ from: NAME, text: 'What is the status?' });
    await until(() =>
      expect(
        moderator.messages(OPS).some((one) => !one.own && one.text.startsWith('Status: all green')),
      ).toBe(true),
    );
  });

  it('removes a member and invites it again', async () => {
    await expect(moderator.invite(OPS, BOB)).rejects.toMatchObject({ code: 'already-member' });
    await moderator.remove(OPS, BOB);
    expect(statusOf(OPS, BOB)).toBeUndefined();
    expect(seen('member-left', BOB)).toBe(true);
    await expect(moderator.remove(OPS, BOB)).rejects.toMatchObject({ code: 'not-member' });
    await moderator.invite(OPS, BOB);
    expect(statusOf(OPS, BOB)).toBe('online');
  });

  it('runs channels without MLS, and deletes channels', async () => {
    const plain = 'acme/ops/plain';
    await moderator.createChannel(plain, { mls: false });
    await expect(moderator.createChannel(plain, { mls: true })).rejects.toMatchObject({
      code: 'channel-exists',
    });
    await expect(moderator.publish(plain, 'anyone?')).rejects.toMatchObject({ code: 'nobody-there' });
    await moderator.invite(plain, BOB);
    await moderator.publish(plain, 'hello?');
    await until(() => expect(moderator.messages(plain).some((one) => one.from === BOB)).toBe(true));
    expect(moderator.channels().find((one) => one.name === plain)).toMatchObject({ mls: false, online: 2 });
    await moderator.deleteChannel(plain);
    expect(moderator.channels().map((one) => one.name)).toEqual([OPS, PAYMENTS]);
    await expect(moderator.publish(plain, 'x')).rejects.toMatchObject({ code: 'no-channel' });
  });

  it('says plainly that nobody answers at a name, and refuses what cannot be', async () => {
    await expect(moderator.invite(OPS, 'acme/ops/nobody')).rejects.toMatchObject({
      code: 'nobody-answers',
      message: expect.stringContaining('Nobody answers at acme/ops/nobody.'),
    });
    await expect(moderator.invite(OPS, 'nobody')).rejects.toMatchObject({ code: 'invalid-name' });
    await expect(moderator.invite(OPS, NAME)).rejects.toMatchObject({ code: 'own-name' });
    await expect(moderator.publish(OPS, '')).rejects.toMatchObject({ code: 'empty' });
    await expect(moderator.publish(OPS, 'é'.repeat(33 * 1024))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('shows a crashed member Offline, and its successor once it is invited', async () => {
    await until(() => expect(statusOf(PAYMENTS, FRAUD)).toBe('offline'), 50_000);
    expect(seen('member-offline', FRAUD)).toBe(true);
    const crashed = moderator.members(PAYMENTS).find((one) => one.name === FRAUD)?.instance;
    await practice.reviveMember(FRAUD);
    await moderator.invite(PAYMENTS, FRAUD);
    const namesakes = moderator.members(PAYMENTS).filter((one) => one.name === FRAUD);
    expect(namesakes).toMatchObject([{ status: 'online' }]);
    expect(namesakes[0]?.instance).not.toBe(crashed);
  });

  it('restores channels and members after its worker was killed', async () => {
    const pid = moderator.pid() ?? 0;
    const before = moderator.messages(OPS).length;
    // One that cannot come back.
    await practice.crashMember(FRAUD);
    process.kill(pid, 'SIGKILL');
    await until(() => expect(moderator.state()).toMatchObject({ state: 'degraded' }));
    expect(moderator.state()).toEqual({ state: 'degraded', reason: 'the process was ended by SIGKILL' });
    expect(statusOf(OPS, BOB)).toBe('unknown');
    await expect(moderator.publish(OPS, 'x')).rejects.toMatchObject({ code: 'not-ready' });

    await until(() => expect(moderator.state()).toEqual({ state: 'ready' }), 40_000);
    expect(moderator.pid()).not.toBe(pid);
    expect(online(OPS)).toEqual([...(practice.channels[0]?.members ?? []), NAME].toSorted());
    expect(moderator.members(PAYMENTS).map((one) => one.name)).not.toContain(FRAUD);
    expect(events.findLast((event) => event.type === 'restored')).toMatchObject({
      channels: [OPS, PAYMENTS],
      notRestored: [{ channel: PAYMENTS, member: FRAUD, reason: expect.stringContaining('Nobody answers') }],
    });
    expect(moderator.messages(OPS).length).toBeGreaterThanOrEqual(before);
    await moderator.publish(OPS, 'We are back, status?');
    await until(() => expect(moderator.messages(OPS).at(-1)?.own).toBe(false));
  });

  it('leaves no process when closed', async () => {
    const pid = moderator.pid() ?? 0;
    await moderator.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(moderator.createChannel('a/b/c', { mls: true })).rejects.toMatchObject({ code: 'closed' });
  });
});

it.each([
  [{ name: 'acme/moderator' }, /not a SLIM name/],
  [{ endpoint: 'localhost:46357' }, /not http:\/\/host:port/],
  [{ identity: secretOf('short') }, /shorter than the 32 bytes/],
])('fails for good with %o', async (wrong, reason) => {
  const right = { endpoint: 'http://127.0.0.1:1', name: NAME, identity: secretOf('s'.repeat(32)) };
  const moderator = startModerator({ ...right, ...wrong });
  await until(() =>
    expect(moderator.state()).toEqual({ state: 'failed', reason: expect.stringMatching(reason) }),
  );
  await moderator.close();
});

it('names the Workload API that gives no SVID', { timeout: 60_000 }, async () => {
  const practice = await startPracticeSlim();
  const socketPath = '/nonexistent/agent.sock';
  const identity = { kind: 'spire' as const, socketPath, audiences: ['slim'] };
  const moderator = startModerator({ endpoint: practice.endpoint, name: NAME, identity });
  await until(() =>
    expect(moderator.state()).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(
        /^no SVID from the Workload API at \/nonexistent\/agent\.sock: No such file/,
      ),
    }),
  );
  await moderator.close();
  await practice.stop();
});
