import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inProcess } from './in-process.ts';

const entry = fileURLToPath(new URL('../../../gateway/src/main.ts', import.meta.url));

/** A real gateway on its practice network, in a process of its own; `home` is for MUSTER_HOME. */
export interface Practice {
  readonly home: string;
  stop(): Promise<void>;
}

export async function startPractice(): Promise<Practice> {
  const home = mkdtempSync(join(tmpdir(), 'muster-names-'));
  const child = spawn(process.execPath, [entry, '--port', '0', '--no-open'], {
    env: { ...process.env, MUSTER_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  let said = '';
  await new Promise<void>((ready, failed) => {
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('#sign-in=')) ready();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => failed(new Error(`The gateway ended with ${code}:\n${said}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    await rm(home, { recursive: true, force: true });
  };
  // Its first snapshot of every server, so that what is looked for is there.
  for (let left = 100; left > 0; left -= 1) {
    const { out } = await inProcess(['view', 'entries', '-p', 'page.limit=1', '--json'], home);
    const { total = '0' } = (out === '' ? {} : JSON.parse(out)) as { total?: string };
    if (Number(total) >= 200) return { home, stop };
    await new Promise((later) => setTimeout(later, 100));
  }
  await stop();
  throw new Error('The practice network was not read in time.');
}
