import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { startPracticeSlim } from './practiceSlim.ts';

const running = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const gone = (pid: number) =>
  vi.waitFor(() => expect(running(pid)).toBe(false), { timeout: 10_000, interval: 50 });

it(
  'starts a node with members, restarts it on the same port, and leaves no process',
  { timeout: 60_000 },
  async () => {
    const practice = await startPracticeSlim();
    try {
      expect(practice.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(Buffer.byteLength(practice.sharedSecret)).toBeGreaterThanOrEqual(32);
      expect(practice.channels.map((channel) => channel.name)).toEqual([
        'acme/ops/incident-room',
        'acme/payments/reconciliation',
      ]);
      for (const { members } of practice.channels) {
        for (const member of members) expect(practice.members).toContain(member);
      }

      await practice.crashMember('acme/ops/bob');
      await expect(practice.crashMember('acme/ops/bob')).rejects.toMatchObject({ code: 'no-member' });
      await practice.reviveMember('acme/ops/bob');
      await expect(practice.reviveMember('acme/ops/bob')).rejects.toMatchObject({ code: 'running' });

      const rooms = practice.rooms('muster/practice/channel-manager');
      const room = 'acme/ops/managed';
      await rooms.open(room, true);
      await rooms.open(room, true);
      await rooms.invite(room, 'acme/ops/alice');
      await rooms.invite(room, 'acme/ops/alice');
      await rooms.invite(room, 'acme/ops/pager-bot');
      const names = async () => (await rooms.members(room)).map(({ name }) => name).toSorted();
      expect(await names()).toEqual([
        'acme/ops/alice',
        'acme/ops/pager-bot',
        'muster/practice/channel-manager',
      ]);
      await rooms.expel(room, 'acme/ops/pager-bot');
      expect(await names()).toEqual(['acme/ops/alice', 'muster/practice/channel-manager']);
      await expect(rooms.ask('acme/ops/nobody', new Uint8Array())).rejects.toMatchObject({ code: 'slim' });
      await rooms.close(room);
      await expect(rooms.members(room)).rejects.toMatchObject({ code: 'no-room' });

      const first = practice.pid() ?? 0;
      const restarted = new Promise<void>((resolve) => practice.onRestarted(resolve));
      process.kill(first, 'SIGKILL');
      await restarted;
      expect(practice.pid()).not.toBe(first);
      await expect(fetch(practice.endpoint)).rejects.not.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    } finally {
      const last = practice.pid() ?? 0;
      await practice.stop();
      await gone(last);
    }
  },
);

it('says why it cannot start', { timeout: 60_000 }, async () => {
  await expect(startPracticeSlim({ sharedSecret: 'short' })).rejects.toMatchObject({
    code: 'no-start',
    message: 'the shared secret is shorter than the 32 bytes SLIM asks for',
  });
});

it('leaves no process when its parent is killed', { timeout: 60_000 }, async () => {
  const source = new URL('./practiceSlim.ts', import.meta.url).href;
  const script = `const { startPracticeSlim } = await import(${JSON.stringify(source)});
    console.log((await startPracticeSlim()).pid());`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface(parent.stdout);
  const pid = await new Promise<number>((resolve) => lines.once('line', (line) => resolve(Number(line))));
  expect(running(pid)).toBe(true);
  parent.kill('SIGKILL');
  await gone(pid);
});
