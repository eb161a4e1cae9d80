import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEnvironment, GatewayFailure, type GatewayFiles, startGateway } from './gateway.ts';

const hello = `require('fs').writeSync(3, JSON.stringify({ url: 'http://127.0.0.1:81', secret: 's'.repeat(75) }) + '\\n');`;
const stay = `process.stdin.resume().once('end', () => process.exit(0));`;

let folder = '';
const secrets: string[] = [];
const lost: GatewayFailure[] = [];
const events = {
  onSecret: (secret: string) => void secrets.push(secret),
  onLost: (why: GatewayFailure) => void lost.push(why),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-shell-'));
  secrets.length = 0;
  lost.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(text: string): Promise<GatewayFiles> {
  const entry = join(folder, 'gateway.cjs');
  await writeFile(entry, text);
  return { node: process.execPath, entry, directory: folder };
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the gateway of a window', () => {
  it('hands over its address and secret, and is gone after stop', async () => {
    const gateway = await startGateway(await program(hello + stay), events);
    expect(gateway.url).toBe('http://127.0.0.1:81');
    expect(secrets).toEqual(['s'.repeat(75)]);
    expect(alive(gateway.pid)).toBe(true);
    await gateway.stop();
    expect(alive(gateway.pid)).toBe(false);
    await gateway.stop();
    expect(lost).toEqual([]);
  });

  it('is killed when it does not heed SIGTERM', async () => {
    const gateway = await startGateway(
      await program(`process.on('SIGTERM', () => {});${hello}${stay}`),
      events,
    );
    await gateway.stop(200);
    expect(alive(gateway.pid)).toBe(false);
  });

  it('is asked for with the agreed arguments', async () => {
    const check = `if (process.argv.slice(2).join(' ') !== '--port 0 --no-open --embedded') process.exit(3);`;
    await (await startGateway(await program(check + hello + stay), events)).stop();
  });

  it('is told what its memory needs from its start on', async () => {
    const check = `const { MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_, NODE_COMPILE_CACHE } = process.env;
      if (!MALLOC_ARENA_MAX || !MALLOC_TRIM_THRESHOLD_ || !NODE_COMPILE_CACHE.startsWith(process.cwd())) process.exit(3);`;
    await (await startGateway(await program(check + hello + stay), events)).stop();
  });

  it.each([
    [`console.error('muster.yaml:3: wrong'); process.exit(1)`, 'exit code 1', 'muster.yaml:3: wrong'],
    [`require('fs').writeSync(3, 'nonsense\\n');${stay}`, 'something else', ''],
    [`process.kill(process.pid, 'SIGKILL')`, 'signal SIGKILL', ''],
  ])('that does not start is explained: %s', async (text, reason, detail) => {
    const failed = startGateway(await program(text), events);
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining(reason) as string,
      detail,
    });
  });

  it('that says nothing is given up', async () => {
    await expect(startGateway(await program(stay), events, { waitMs: 300 })).rejects.toThrow(
      'not ready after 0.3 s',
    );
  });

  it('that is still starting is gone when the window is closed', async () => {
    const quit = new AbortController();
    const started = startGateway(await program(stay), events, { signal: quit.signal });
    quit.abort();
    await expect(started).rejects.toThrow('stopped before it was ready');
    expect(lost).toEqual([]);
  });

  it('that is not there is named', async () => {
    const files = { node: process.execPath, entry: join(folder, 'none'), directory: folder };
    await expect(startGateway(files, events)).rejects.toThrow('A part of Muster is missing');
  });

  it('that ends by itself is reported once', async () => {
    await startGateway(await program(`${hello}setTimeout(() => process.exit(7), 100)`), events);
    await expect
      .poll(() => lost.map(({ message }) => message))
      .toEqual(['The gateway stopped unexpectedly (exit code 7).']);
  });

  it('gets nothing of Electron’s environment', () => {
    const env = { PATH: '/bin', MUSTER_HOME: '/m', ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--inspect' };
    expect(childEnvironment(env)).toEqual({ PATH: '/bin', MUSTER_HOME: '/m' });
  });
});
