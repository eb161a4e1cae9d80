import { endProcess, resumeProcess } from '../../realstack/start.ts';
import { applyPlan, expect, fillEntry, grid, shownEntries, test } from './fixtures.ts';

test('a SPIRE server that is killed is said to be, keeps its entries on screen, and comes back by itself', async ({
  signedIn: page,
  gateway,
  stack,
  context,
}) => {
  const health = page.getByRole('banner').getByRole('link', { name: /connections/ });
  const title = page.getByRole('main').getByRole('heading', { level: 1 }).locator('..');
  await page.goto(`${gateway.origin}/entries?td=org-a.test`);
  await expect(grid(page).getByText('/payments/api')).toBeVisible();
  await expect(health).not.toContainText('failed', { timeout: 30_000 });
  // A reload would lose this.
  await page.evaluate(() => Object.assign(window, { journey: 'the same page' }));
  const connections = await context.newPage();
  await connections.goto(`${gateway.origin}/connections?name=org-a`);
  const panel = connections.getByRole('complementary');
  await expect(panel.getByText('ready', { exact: true })).toBeVisible();

  let down = false;
  try {
    await endProcess(stack.dir, 'server-a');
    down = true;
    const killed = Date.now();
    await expect(health).toContainText('1 failed', { timeout: 10_000 });
    await expect(panel.getByText('failed', { exact: true })).toBeVisible({ timeout: 10_000 });
    await expect(panel.getByText(/Nothing listens at its address|There is no socket/).first()).toBeVisible({
      timeout: 10_000,
    });
    test.info().annotations.push({ type: 'said after', description: `${Date.now() - killed} ms` });
    await expect(grid(page).getByText('/payments/api')).toBeVisible();
    await expect(title.getByText('may be out of date')).toBeVisible({ timeout: 10_000 });

    await resumeProcess(stack.dir, 'server-a');
    down = false;
    await expect(panel.getByText('ready', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(health).not.toContainText('failed', { timeout: 10_000 });
    await expect(title.getByText('may be out of date')).toHaveCount(0, { timeout: 45_000 });
  } finally {
    if (down) await resumeProcess(stack.dir, 'server-a');
  }

  await page.getByRole('link', { name: 'New entry' }).first().click();
  await fillEntry(page, stack, '/journey/after-outage');
  await applyPlan(page, /^Create 1/);
  await expect(grid(page).getByText('/journey/after-outage')).toBeVisible();
  expect(
    await shownEntries(stack, 'orgA', ['-spiffeID', 'spiffe://org-a.test/journey/after-outage']),
  ).toHaveLength(1);
  expect(await page.evaluate(() => (window as { journey?: string }).journey)).toBe('the same page');
});
