import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAlive } from './identity.ts';
import { binaries, slimDir, spireDir } from './paths.ts';
import { readState, startStack, stopStack } from './start.ts';

let root: string;
let dir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-'));
  dir = join(root, 'run');
  vi.stubEnv('MUSTER_CACHE', join(root, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** Puts a shell script in the place of every program. */
function installPrograms(script: string, special: Partial<ReturnType<typeof binaries>> = {}): void {
  for (const folder of [spireDir(), slimDir()]) mkdirSync(folder, { recursive: true });
  const all = binaries();
  for (const key of Object.keys(all) as (keyof typeof all)[]) {
    writeFileSync(all[key], `#!/bin/sh\n${special[key] ?? script}\n`);
    chmodSync(all[key], 0o755);
  }
}

test('without the programs a start says so', async () => {
  await expect(startStack({ dir })).rejects.toThrow('not built yet');
});

test('a start that fails names the process, its last words, and ends what was started', async () => {
  installPrograms('exec sleep 60', { spireServer: 'echo "cannot open the datastore" >&2; exit 3' });
  const failed = startStack({ dir });
  await expect(failed).rejects.toThrow(/server-[ab] ended while it was starting/);
  await expect(failed).rejects.toThrow('cannot open the datastore');
  const state = readState(dir);
  expect(state?.complete).toBe(false);
  expect(state?.processes.map(({ name }) => name)).toContain('control-plane');
  expect(state?.processes.filter(isAlive)).toEqual([]);
  expect(readFileSync(join(dir, 'logs', 'server-a.log'), 'utf8')).toContain('datastore');
  await expect(stopStack(dir)).resolves.toBe(true);
  expect(existsSync(dir)).toBe(false);
});

test('a start that is interrupted ends what it started', async () => {
  installPrograms('exec sleep 60');
  const interrupt = new AbortController();
  const started = startStack({ dir, signal: interrupt.signal });
  setTimeout(() => interrupt.abort(new Error('interrupted by hand')), 300);
  await expect(started).rejects.toThrow('interrupted by hand');
  const processes = readState(dir)?.processes ?? [];
  expect(processes.length).toBeGreaterThan(0);
  expect(processes.filter(isAlive)).toEqual([]);
});

test('a directory that holds anything else is neither used nor removed', async () => {
  installPrograms('exec sleep 60');
  mkdirSync(dir);
  writeFileSync(join(dir, 'thesis.txt'), 'years of work');
  await expect(startStack({ dir })).rejects.toThrow('not empty');
  await expect(stopStack(dir)).resolves.toBe(false);
  expect(existsSync(join(dir, 'thesis.txt'))).toBe(true);
});

test('a path too long for a socket is refused before anything starts', async () => {
  installPrograms('exec sleep 60');
  const long = join(root, 'x'.repeat(90));
  await expect(startStack({ dir: long })).rejects.toThrow('too long');
});
