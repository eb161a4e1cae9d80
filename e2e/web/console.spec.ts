import { expect, test } from '../fixtures.ts';

test('sessions are listed and ended, and the ended window says so in place', async ({
  signedIn: page,
  gateway,
  browser,
}) => {
  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(await gateway.open());
  // A page left before it has signed in has no session to go on with.
  await expect(second.getByRole('navigation')).toBeVisible();
  await second.goto(`${gateway.origin}/entries?q=checkout`);
  await expect(second.getByRole('grid')).toBeVisible();
  await page.goto(`${gateway.origin}/sessions`);
  // The other window is in the list before there is anything to end.
  const end = page.getByRole('button', { name: 'End all others…' });
  await expect(end).not.toHaveAttribute('aria-disabled', 'true');
  await end.click();
  await page.getByRole('dialog').getByRole('button', { name: /^End/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(second.getByText('muster open').first()).toBeVisible();
  // Signing in again happens in place: what was looked at is still there.
  await expect(second).toHaveURL(/q=checkout/);
  await other.close();
});

test('connections say what they can and cannot', async ({ signedIn: page, gateway }) => {
  await page.goto(`${gateway.origin}/connections`);
  for (const name of ['harbor', 'lighthouse-workload', 'slim'])
    await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  await expect(page.getByText('ready').first()).toBeVisible();
});

test('a reload keeps the session, and a second tab shares it', async ({
  signedIn: page,
  gateway,
  context,
}) => {
  await page.reload();
  await expect(page.getByRole('navigation')).toBeVisible();
  const tab = await context.newPage();
  await tab.goto(`${gateway.origin}/entries`);
  await expect(
    tab.getByRole('grid', { name: 'Registration entries' }).getByText('/admin/break-glass'),
  ).toBeVisible();
  await expect(page.getByRole('navigation')).toBeVisible();
});

test('the palette finds a page and an entry', async ({ signedIn: page }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('break-glass');
  await expect(page.getByRole('option', { name: /break-glass/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('sessions');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/sessions/);
});

for (const width of [1440, 700])
  for (const scheme of ['light', 'dark'] as const)
    test(`every page has its picture, ${scheme} at ${width}`, async ({ signedIn: page, gateway }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of [
        '',
        'entries',
        'entries/new',
        'agents',
        'trust-domains',
        'inspect',
        'channels',
        'activity',
        'connections',
        'sessions',
      ]) {
        await page.goto(`${gateway.origin}/${path}`);
        await expect(page.getByRole('heading').first()).toBeVisible();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect([path, overflow]).toEqual([path, 0]);
        await page.screenshot({
          path: `test-results/pages/${path.replaceAll('/', '-') || 'overview'}-${scheme}-${width}.png`,
        });
      }
    });
