import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  /** Process ids of the gateways that are children of the window's main process. */
  gateways(): Promise<number[]>;
}

const OLDER = 'e2e/desktop/older-chromium.js';

/** Lends the page that is there now what its Chromium lacks: it may have been opened before the script was heard of. */
export async function lendMissing(page: Page): Promise<void> {
  await page.evaluate(await readFile(OLDER, 'utf8'));
}

/** The shell in a real Electron window, with a home and a profile of its own. */
export async function launch(home: string, appFolder = resolve('apps/desktop/dist')): Promise<Desktop> {
  const executablePath = process.env.MUSTER_ELECTRON;
  if (executablePath === undefined) throw new Error('Run this by `node apps/desktop/run-test.mjs`.');
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  const app = await _electron.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', `--user-data-dir=${join(home, 'profile')}`, appFolder],
    env: { ...env, MUSTER_HOME: join(home, 'state') },
    timeout: 60_000,
  });
  await app.context().addInitScript({ path: OLDER });
  const pid = app.process().pid ?? 0;
  const page = await app.firstWindow();
  return { app, page, gateways: () => childrenOf(pid) };
}

export async function withHome(use: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'muster-desktop-'));
  try {
    await use(home);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Read from /proc: the page must not know these, and asking the shell would trust what is under test. */
async function childrenOf(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    // After the command in parentheses: state, parent.
    const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (ppid === parent && line.includes('--embedded')) found.push(Number(name));
  }
  return found;
}

export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
