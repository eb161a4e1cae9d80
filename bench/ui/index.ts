import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { percentile } from '../stats.ts';
import { inBrowser } from './browser.ts';
import { during, type Measured, ms } from './during.ts';
import { putProbe } from './probe.ts';

/** Narrow, broad, of selectors, of parents, and of nothing. */
const typed = ['checkout', 'payments', 'ns:', 'prod', 'pier-a', 'docker:label', 'e', 'nobody-has-this'];

/** The Entries page in Chromium on a long list: typing, wheel, scrollbar, keys. `--entries N`, a million by default. */
export async function ui(): Promise<void> {
  const at = process.argv.indexOf('--entries');
  const entries = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  let server: ChildProcess | undefined;
  try {
    await inBrowser(
      (pages) => linkOf((server = fork(join(import.meta.dirname, 'server.ts'), [pages, String(entries)]))),
      async (page) => {
        await readWhole(page, entries);
        await measure(page, entries);
      },
    );
  } finally {
    server?.kill();
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
