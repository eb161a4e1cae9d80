import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { identify, isAlive, signal } from './identity.ts';

test('a running process is known by its pid and start time', () => {
  const me = identify(process.pid);
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, boot: 'another boot' })).toBe(false);
});

test('a process that got the pid of an earlier one is never signalled', async () => {
  const child = spawn('sleep', ['60']);
  try {
    const now = identify(child.pid ?? 0);
    const earlier = { ...now, startTicks: String(Number(now.startTicks) - 1) };
    expect(signal(earlier, 'SIGKILL')).toBe(false);
    expect(isAlive(now)).toBe(true);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    expect(signal(now, 'SIGKILL')).toBe(true);
    await gone;
    expect(isAlive(now)).toBe(false);
    expect(signal(now, 'SIGKILL')).toBe(false);
  } finally {
    child.kill('SIGKILL');
  }
});
