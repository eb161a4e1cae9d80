import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-parting-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tells a child to write after so long, and goes away as soon as it is at it. */
async function abandon(afterMs: number): Promise<{ signal: string | null; file: string }> {
  const file = join(folder, 'file');
  const child = fork(new URL('./testing/partingProcess.ts', import.meta.url), { serialization: 'advanced' });
  await once(child, 'message');
  child.send({ id: 1, call: 'write', input: { file, afterMs } });
  await once(child, 'message');
  const ended = once(child, 'exit');
  child.disconnect();
  const [, signal] = (await ended) as [number | null, string | null];
  return { signal, file };
}

it('a child whose parent is gone finishes what must not be cut off, and ends', async () => {
  const { signal, file } = await abandon(500);
  expect(signal).toBe('SIGKILL');
  expect(readFileSync(file, 'utf8')).toBe('whole');
});

it('what takes longer than a few seconds is cut off', { timeout: 60_000 }, async () => {
  const { signal, file } = await abandon(3_600_000);
  expect(signal).toBe('SIGKILL');
  expect(existsSync(file)).toBe(false);
});
