// Takes the guide's pictures anew, from the practice network:
//   node docs/guide/pictures.mjs          (after `npm start` or `npm test` has built the page once)
// MUSTER_CHROMIUM names the browser where Playwright's own is not installed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { startGatewayProcess } from '../../e2e/gateway.ts';
import { shrink } from './shrink.mjs';

const to = join(import.meta.dirname, '..', 'pictures');
const limit = 200_000;
const executablePath = process.env.MUSTER_CHROMIUM;

const gateway = await startGatewayProcess();
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu'],
});
const blank = await browser.newPage();
try {
  await takeAll(await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' }));
} finally {
  await browser.close();
  await gateway.stop();
}

async function takeAll(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const at = (path) => page.goto(`${gateway.origin}/${path}`);
  const button = (name, where = page) => where.getByRole('button', { name }).first();
  const dialog = page.getByRole('dialog');

  await page.goto(await gateway.open());
  await page.getByRole('navigation').waitFor();

  // Something to see on the Activity page, and an entry of our own.
  await at('entries/new');
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example/shop/web');
  await page.getByLabel('Parent ID').fill('spiffe://harbor.example/node/pier-a');
  const selector = page.getByRole('group', { name: 'Selector 1' });
  await selector.getByLabel('Type').fill('k8s');
  await selector.getByLabel('Value').fill('ns:shop');
  await button('Add selector').click();
  await page.getByRole('group', { name: 'Selector 2' }).getByLabel('Value').fill('sa:web');
  await take(page, 'create-entry');
  await button('Review plan').click();
  await dialog.getByText('spire-server entry create').waitFor();
  await take(page, 'plan');
  await applied(button(/^Create 1/, dialog));

  // One of the first that has something to say in most fields.
  const { entries } = await view('entries', 'page.limit=18');
  const open = entries.find((one) => one.federatesWith.length > 0 && one.dnsNames.length > 0) ?? entries[0];
  await at(`entries?id=${open.connection}/${open.id}`);
  await page.getByRole('complementary').getByText('On the command line').waitFor();
  await page.getByRole('grid').getByRole('row').nth(8).waitFor();
  await take(page, 'entries');

  await at('inspect');
  await button(/\/console.*harbor-workload/).click();
  await page.getByRole('region', { name: 'Chain of trust' }).waitFor();
  await take(page, 'inspector');

  await at('channels');
  await page.getByText('acme/ops/incident-room').first().click();
  const members = page.getByRole('region', { name: /^Channel acme/ }).getByRole('table');
  await members
    .getByText(/online/i)
    .first()
    .waitFor();
  await page.getByLabel('Message to the channel').fill('Who has the pager tonight?');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Messages' }).getByText('Who has the pager tonight?').waitFor();
  // Members answer in their own time.
  await page.getByRole('log').getByRole('listitem').nth(2).waitFor();
  await take(page, 'channels');

  await at('connections?name=harbor');
  await page.getByRole('complementary').getByText('entries.write').waitFor();
  await take(page, 'connections');

  await at('activity');
  await page.getByRole('grid').getByText('Create 1 entry').first().click();
  await page.getByRole('complementary').waitFor();
  await take(page, 'activity');

  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(await gateway.open());
  await second.getByRole('navigation').waitFor();
  await at('sessions');
  await page.getByRole('table').getByRole('row').nth(2).waitFor();
  await take(page, 'sessions');
  await other.close();

  await at('');
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
  await take(page, 'overview');

  async function applied(apply) {
    await apply.and(page.locator('[data-armed=true]')).click();
    await button('Done', dialog).click();
    await dialog.waitFor({ state: 'detached' });
  }
}

async function view(name, param) {
  const { code, stdout, stderr } = await gateway.muster(['view', name, '--param', param, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  // No caret, no blinking, nothing under the pointer, and dots and fades at rest.
  await page.mouse.move(720, 899);
  await page.waitForTimeout(400);
  const full = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const small = await shrink(blank, full);
  writeFileSync(join(to, `${name}.png`), small);
  console.log(`${name}.png ${Math.round(small.length / 1000)} kB`);
  if (small.length > limit) throw new Error(`${name}.png is larger than ${limit} bytes.`);
}
