import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { percentile } from '../stats.ts';
import { type Frames, putProbe } from './probe.ts';
import { categories, heaviestTask } from './trace.ts';

const root = join(import.meta.dirname, '../..');
/** Narrow, broad, of selectors, of parents, and of nothing. */
const typed = ['checkout', 'payments', 'ns:', 'prod', 'pier-a', 'docker:label', 'e', 'nobody-has-this'];

/** The Entries page in Chromium on a long list: typing, wheel, scrollbar, keys. `--entries N`, a million by default. */
export async function ui(): Promise<void> {
  const at = process.argv.indexOf('--entries');
  const entries = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  const pages = mkdtempSync(join(tmpdir(), 'muster-bench-pages-'));
  let server: ChildProcess | undefined;
  try {
    await build({
      configFile: join(root, 'apps/web/vite.config.ts'),
      build: { outDir: pages, emptyOutDir: true },
      logLevel: 'error',
    });
    server = fork(join(import.meta.dirname, 'server.ts'), [pages, String(entries)]);
    const link = await linkOf(server);
    const executablePath = process.env['MUSTER_CHROMIUM'];
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(link);
    // Signed in: a page that is left before that starts without a session.
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ timeout: 120_000 });
    await readWhole(page, entries);
    await measure(page, entries);
    await browser.close();
  } finally {
    server?.kill();
    rmSync(pages, { recursive: true, force: true });
  }
}

export function linkOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('message', (message) => resolve((message as { link: string }).link));
    server.once('exit', (code) => reject(new Error(`The gateway ended with ${code}.`)));
  });
}

/** Waits until the gateway has read every entry and shows how old that is. */
async function readWhole(page: Page, entries: number): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/entries`);
  await page.waitForFunction(
    (count) => {
      const grid = document.querySelector('[role="grid"]');
      const age = document.querySelector('.page-count')?.textContent ?? '';
      return Number(grid?.getAttribute('aria-rowcount')) > count * 0.99 && age.includes('as of');
    },
    entries,
    { timeout: 1_800_000, polling: 1000 },
  );
  // What is written after the reading: orders, indexes.
  await page.waitForTimeout(10_000);
}

async function measure(page: Page, entries: number): Promise<void> {
  await putProbe(page);
  const typing = await keystrokes(page);
  console.log(
    `ui        ${entries} entries: keystroke to painted rows median ${ms(percentile(typing, 0.5))}, p95 ${ms(percentile(typing, 0.95))} (goal 120), longest ${ms(Math.max(...typing))}, of ${typing.length}`,
  );
  const grid = page.getByRole('grid');
  const say = (what: string, frames: Measured) =>
    console.log(
      `ui        ${what}: longest frame ${ms(frames.longest)} (goal 50), longest task ${frames.task === 0 ? 'below 50 ms' : ms(frames.task)}, of CPU ${ms(frames.heaviest)} in one task and ${ms(frames.cpu)} a frame, ${frames.frames} frames, ${frames.blank} of them blank, ${frames.rows} rows in the document at most`,
    );

  await grid.focus();
  say('wheel', await during(page, () => wheel(page)));
  say('scrollbar dragged from top to bottom', await during(page, () => drag(page)));
  say('End, Home, Page Down', await during(page, () => keys(page)));
  await page.keyboard.press('End');
  await page.waitForTimeout(1500);
  const last = await page.locator('.grid-row').last().getAttribute('aria-rowindex');
  const count = await grid.getAttribute('aria-rowcount');
  console.log(`ui        the last row is number ${last} of ${count}`);
}

async function keystrokes(page: Page): Promise<number[]> {
  const all: number[] = [];
  for (const text of typed) {
    await page.getByRole('searchbox').fill('');
    await page.waitForTimeout(600);
    for (const letter of text) {
      all.push(await page.evaluate((one) => musterProbe.typed(one), letter));
      // As a quick person types.
      await page.waitForTimeout(120);
    }
  }
  await page.getByRole('searchbox').fill('');
  await page.waitForTimeout(1000);
  return all;
}

interface Measured extends Frames {
  /** Processor time of the page's main thread for each frame, ms, and of its heaviest task: what a busy machine spares. */
  cpu: number;
  heaviest: number;
}

/** What the frames took. The tasks are traced in a round of their own: a trace costs time itself. */
async function during(page: Page, run: () => Promise<void>): Promise<Measured> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async (): Promise<number> => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const before = await busy();
  await page.evaluate(() => musterProbe.start());
  await run();
  const frames = await page.evaluate(() => musterProbe.stop());
  const cpu = ((await busy()) - before) / frames.frames;
  await cdp.detach();
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories });
  await run();
  const heaviest = browser ? heaviestTask(await browser.stopTracing()) : 0;
  return { ...frames, cpu, heaviest };
}

async function wheel(page: Page): Promise<void> {
  await page.mouse.move(800, 500);
  for (let i = 0; i < 120; i++) {
    await page.mouse.wheel(0, i < 90 ? 300 : -300);
    await page.waitForTimeout(16);
  }
}

/** A frame a step, as a hand moves a thumb. */
async function drag(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const grid = document.querySelector('[role="grid"]');
    if (!grid) return;
    const end = grid.scrollHeight - grid.clientHeight;
    for (let i = 0; i <= 300; i++) {
      grid.scrollTop = (end * i) / 300;
      await new Promise(requestAnimationFrame);
    }
  });
  await page.waitForTimeout(600);
}

async function keys(page: Page): Promise<void> {
  for (const key of [
    'End',
    'Home',
    ...Array<string>(20).fill('PageDown'),
    'End',
    ...Array<string>(20).fill('PageUp'),
  ]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;
