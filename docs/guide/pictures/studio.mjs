import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { startGatewayProcess } from '../../../e2e/gateway.ts';
import { shrink } from '../shrink.mjs';

const to = join(import.meta.dirname, '..', '..', 'pictures');
const limit = 200_000;
const executablePath = process.env.MUSTER_CHROMIUM;

/**
 * A practice network with a signed-in page before it, and what the chapters need to work on both.
 * `close` ends everything.
 */
export async function openStudio() {
  const gateway = await startGatewayProcess();
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const blank = await browser.newPage();
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const dialog = page.getByRole('dialog');
  const button = (name, where = page) => where.getByRole('button', { name }).first();

  await page.goto(await gateway.open());
  await page.getByRole('navigation').waitFor();

  return {
    gateway,
    browser,
    page,
    dialog,
    button,
    panel: page.getByRole('complementary'),
    at: (path) => page.goto(`${gateway.origin}/${path}`),
    muster,
    /** What a view answers. */
    view: async (name, ...params) =>
      JSON.parse(await muster(['view', name, ...params.flatMap((one) => ['--param', one]), '--json'])),
    /** Plans and applies from the command line, as somebody else would. */
    act: async (action, input) => {
      const planned = await muster(['plan', action, '--input', '-', '--json'], JSON.stringify(input));
      return muster(['apply', JSON.parse(planned).digest]);
    },
    /** Clicks what applies a plan, once it takes clicks, and closes the plan. */
    applied: async (apply) => {
      await apply.and(page.locator('[data-armed=true]')).click();
      await button('Done', dialog).click();
      await dialog.waitFor({ state: 'detached' });
    },
    take: (name) => takeOf(page, name),
    /** Takes another page than the console's. */
    takeOf,
    close: async () => {
      await browser.close();
      await gateway.stop();
    },
  };

  async function takeOf(shown, name) {
    await shown.evaluate(() => document.fonts.ready);
    // No caret, no blinking, nothing under the pointer, and dots and fades at rest.
    await shown.mouse.move(720, 899);
    await shown.waitForTimeout(500);
    const full = await shown.screenshot({ animations: 'disabled', caret: 'hide' });
    const small = await shrink(blank, full);
    if (small.length > limit) throw new Error(`${name}.png would be larger than ${limit} bytes.`);
    writeFileSync(join(to, `${name}.png`), small);
    console.log(`${name}.png ${Math.round(small.length / 1000)} kB`);
  }

  async function muster(args, input) {
    const { code, stdout, stderr } = await gateway.muster(args, input);
    if (code !== 0) throw new Error(`muster ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
