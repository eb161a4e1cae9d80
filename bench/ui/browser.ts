import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build } from 'vite';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the pages, unless `built` is their folder, and runs what measures them in a window of Chromium; `start` answers
 * with the link of a gateway that serves the pages in this folder.
 */
export async function inBrowser(
  start: (pages: string) => Promise<string>,
  run: (page: Page) => Promise<void>,
  built?: string,
): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), 'muster-bench-pages-'));
  const pages = built ?? made;
  try {
    if (built === undefined)
      await build({
        configFile: join(root, 'apps/web/vite.config.ts'),
        build: { outDir: pages, emptyOutDir: true },
        logLevel: 'error',
      });
    const link = await start(pages);
    const executablePath = process.env['MUSTER_CHROMIUM'];
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(link);
    // Signed in: a page that is left before that starts without a session.
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ timeout: 120_000 });
    await run(page);
    await browser.close();
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
