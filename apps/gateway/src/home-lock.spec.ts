import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secrets } from './sessions/secrets.ts';
import { systemClock } from './sessions/clock.ts';
import { HomeTaken, lockHome } from './home-lock.ts';
import { prepareHome, writeRuntimeFile } from './home.ts';
import { temporaryDirectory } from './upstream/testing/wait.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const lockModule = new URL('home-lock.ts', import.meta.url).href;

let home: string;
beforeEach(() => {
  home = temporaryDirectory();
  prepareHome(home);
});

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** Another process that has the home until it is killed. */
async function holder(): Promise<() => Promise<void>> {
  const code = `
    const { lockHome } = await import(${JSON.stringify(lockModule)});
    await lockHome(${JSON.stringify(home)});
    // What nothing holds on to is collected.
    await new Promise((later) => setTimeout(later, 20));
    globalThis.gc();
    await new Promise((later) => setTimeout(later, 20));
    console.log('held');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = other;
  await once(other.stdout, 'data');
  return async () => {
    other.kill('SIGKILL');
    await once(other, 'exit');
  };
}

/** What the gateway says that is started on this home. */
function start(...args: string[]): { code: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [main, '--port', '0', '--no-open', ...args], {
    env: { ...process.env, MUSTER_HOME: home },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, said: stderr };
}

describe('a home and its one gateway', { timeout: 60_000 }, () => {
  it('refuses the window’s gateway beside one from a shell, and names that', async () => {
    const unlock = await lockHome(home);
    writeRuntimeFile(
      home,
      'http://127.0.0.1:4747',
      new Secrets(new Uint8Array(16), systemClock).createRuntimeSecret(),
    );
    const { code, said } = start('--embedded');
    expect(said).toBe(
      `muster: A gateway of this home runs already at http://127.0.0.1:4747 (process ${process.pid}). "muster open" gives a link to it; stop it to start this one, or set MUSTER_HOME to another folder.\n`,
    );
    expect(code).toBe(1);
    // Nothing of it was opened.
    expect(existsSync(join(home, 'gateway.log'))).toBe(false);
    unlock();
  });

  it('refuses one from a shell beside the window’s, which leaves no address', async () => {
    const kill = await holder();
    await expect(lockHome(home, 200)).rejects.toThrow(/the desktop window’s, most likely/u);
    // However it ends, it leaves nothing behind that would refuse the next.
    await kill();
    (await lockHome(home, 0))();
  });

  it('waits for one that is stopping', async () => {
    const unlock = await lockHome(home);
    setTimeout(unlock, 300);
    (await lockHome(home, 5000))();
  });

  it('is not refused by what a gateway left that was killed, though another process has its number now', async () => {
    writeRuntimeFile(
      home,
      'http://127.0.0.1:4747',
      new Secrets(new Uint8Array(16), systemClock).createRuntimeSecret(),
    );
    (await lockHome(home, 0))();
  });

  it('says so where no file can be locked, and not that another has it', async () => {
    const file = join(home, 'run', 'gateway.lock');
    mkdirSync(file);
    const refused = lockHome(home, 0);
    await expect(refused).rejects.toThrow(`${file} cannot be locked`);
    await expect(refused).rejects.not.toBeInstanceOf(HomeTaken);
  });
});
