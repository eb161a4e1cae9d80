/** Builds the shell and runs its journey in a real Electron window, under Xvfb on Linux. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildDesktop } from './build.mjs';
import { electronRuntime, install, NoRuntime } from './test-runtime.mjs';

const root = join(import.meta.dirname, '..', '..');

function finished(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** A display of our own, on a number that Xvfb picks; `xvfb-run` hangs where it gets no SIGUSR1. */
async function startDisplay() {
  if (process.platform !== 'linux') return { env: {}, stop: () => undefined };
  const onPath = () => process.env.PATH?.split(':').some((folder) => existsSync(join(folder, 'Xvfb')));
  if (!onPath() && !((await install(['xvfb'])) && onPath()))
    throw new NoRuntime(
      'The desktop journey needs a display to draw on: install Xvfb (Debian: apt-get install xvfb).',
    );
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x950x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  server.stderr.on('data', (data) => (complaint = String(data)));
  const number = await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('close', () => reject(new NoRuntime(`Xvfb stopped: ${complaint.trim()}`)));
    server.stdio[3].once('data', (data) => resolve(String(data).trim()));
  });
  return { env: { DISPLAY: `:${number}` }, stop: () => server.kill() };
}

async function main() {
  const runtime = await electronRuntime();
  console.log(`desktop: Electron ${runtime.version} from ${runtime.from}`);
  await buildDesktop();
  if (!existsSync(join(root, 'apps/web/dist/index.html'))) {
    const built = await finished(process.execPath, [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      'apps/web/vite.config.ts',
    ]);
    if (built !== 0) return built;
  }
  const display = await startDisplay();
  try {
    return await finished(
      process.execPath,
      [
        join(root, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--config',
        'e2e/desktop/playwright.config.ts',
        ...process.argv.slice(2),
      ],
      { ...process.env, ...display.env, MUSTER_ELECTRON: runtime.executable },
    );
  } finally {
    display.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof NoRuntime)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
