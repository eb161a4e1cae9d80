import { expect, it, vi } from 'vitest';
import { openChild } from './child.ts';
import type { Child } from './child.ts';
import { CallError } from './ipc.ts';
import { jittered, PERMANENT, supervise } from './supervise.ts';
import type { EchoCalls } from './testing/echoProcess.ts';

const entry = new URL('./testing/echoProcess.ts', import.meta.url);
const backoff = { firstMs: 10, maxMs: 50 };
const ignore = () => {};

it('answers calls, keeps error codes, and rejects what waits when the child ends', async () => {
  const notes: string[] = [];
  const child = openChild<EchoCalls, string>(entry, (note) => notes.push(note));
  const value = { a: 1n, b: new Map([['x', undefined]]), c: new Date(0) };
  await expect(child.call('echo', value, 10_000)).resolves.toEqual(value);
  expect(notes).toEqual(['hello']);
  await expect(child.call('fail', { code: 'odd' }, 10_000)).rejects.toMatchObject({ code: 'odd' });
  await expect(child.call('hang', undefined, 50)).rejects.toMatchObject({ code: 'timed-out' });
  const waiting = expect(child.call('hang', undefined, 10_000)).rejects.toMatchObject({ code: 'gone' });
  child.kill('enough');
  await waiting;
  await expect(child.ended).resolves.toBe('enough');
  await expect(child.call('echo', 1, 10_000)).rejects.toMatchObject({ code: 'gone', message: 'enough' });
});

it('S-21: gives a child nothing of the environment but what it needs to find its files', async () => {
  vi.stubEnv('MUSTER_CANARY', 'canary of a secret');
  vi.stubEnv('NODE_OPTIONS', '--trace-warnings');
  try {
    const child = openChild<EchoCalls, string>(entry, ignore);
    const { environment, arguments: given } = await child.call('started', undefined, 10_000);
    child.kill('enough');
    expect(JSON.stringify([environment, given])).not.toContain('canary');
    expect(environment['NODE_OPTIONS']).toBeUndefined();
    // Node itself adds the channel to its parent.
    const own = Object.keys(environment).filter((key) => !key.startsWith('NODE_CHANNEL_'));
    expect(
      own.filter((key) => !/^(PATH|HOME|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH|LANG)$/u.test(key)),
    ).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});

it('restarts a child that ends, and says why it ended', async () => {
  const ups: Child<EchoCalls>[] = [];
  const reasons: string[] = [];
  const supervisor = supervise<EchoCalls, string>({
    entry,
    backoff,
    start: async (child) => void (await child.call('echo', 1, 10_000)),
    onUp: (child) => {
      ups.push(child);
      if (ups.length < 3) child.call('die', { code: 7 }, 10_000).catch(ignore);
    },
    onDown: (reason) => reasons.push(reason),
    onFailed: ignore,
    onNote: ignore,
  });
  await vi.waitFor(() => expect(ups).toHaveLength(3), { timeout: 20_000 });
  expect(reasons).toEqual(['the process ended with code 7', 'the process ended with code 7']);
  await supervisor.stop();
  await expect(ups[2]?.ended).resolves.toBe('stopped');
});

it('starts no process while `before` fails, and stops for good on a permanent error', async () => {
  const failures = [new Error('not yet'), new CallError(PERMANENT, 'never')];
  const reasons: string[] = [];
  const failed = new Promise<string>((resolve) => {
    supervise<EchoCalls, string>({
      entry,
      backoff,
      before: async () => {
        throw failures.shift();
      },
      start: async () => expect.unreachable(),
      onUp: ignore,
      onDown: (reason) => reasons.push(reason),
      onFailed: resolve,
      onNote: ignore,
    });
  });
  await expect(failed).resolves.toBe('never');
  expect(reasons).toEqual(['not yet']);
});

it('backs off exponentially, between half and all of each step', () => {
  for (const [failures, full] of [
    [1, 500],
    [2, 1000],
    [5, 8000],
    [9, 30_000],
    [4000, 30_000],
  ] as const) {
    const wait = jittered({ firstMs: 500, maxMs: 30_000 }, failures);
    expect(wait).toBeGreaterThanOrEqual(full / 2);
    expect(wait).toBeLessThanOrEqual(full);
  }
});
