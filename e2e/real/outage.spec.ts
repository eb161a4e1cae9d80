import type { Page } from '@playwright/test';
import { endProcess, resumeProcess } from '../../realstack/start.ts';
import { applyPlan, expect, fillEntry, grid, shownEntries, test } from './fixtures.ts';

const stale = (page: Page) =>
  page.getByRole('main').getByRole('heading', { level: 1 }).locator('..').getByText('may be out of date');

// What a person relies on is asserted softly, so that one miss does not hide the others.
test('a SPIRE server that is killed is said to be, keeps its entries on screen, and comes back by itself', async ({
  signedIn: page,
  gateway,
  stack,
  context,
}) => {
  const health = page.getByRole('banner').getByRole('link', { name: /connections/ });
  await page.goto(`${gateway.origin}/entries?td=org-a.test`);
  await expect(grid(page).getByText('/payments/api')).toBeVisible();
  await expect(health).not.toContainText('failed', { timeout: 30_000 });
  // A reload would lose this.
  await page.evaluate(() => Object.assign(window, { journey: 'the same page' }));
  const connections = await context.newPage();
  await connections.goto(`${gateway.origin}/connections?name=org-a`);
  const panel = connections.getByRole('complementary');
  await expect(panel.getByText('ready', { exact: true })).toBeVisible();
  const overview = await context.newPage();
  await overview.goto(gateway.origin);
  const attention = overview.getByText('org-a is not connected');
  await expect(overview.getByRole('heading', { name: 'Needs attention' })).toBeVisible();
  await expect(attention).toHaveCount(0);
  const opened = await context.newPage();

  await endProcess(stack.dir, 'server-a');
  try {
    const killed = Date.now();
    await expect(health).toContainText('1 failed', { timeout: 25_000 });
    const after = Date.now() - killed;
    expect.soft(after, 'the header says so within 10 s').toBeLessThan(10_000);
    test.info().annotations.push({ type: 'said after', description: `${after} ms` });
    await expect(panel.getByText('failed', { exact: true })).toBeVisible();
    await expect(panel.getByText(/Nothing listens at its address|There is no socket/).first()).toBeVisible();

    await expect(grid(page).getByText('/payments/api')).toBeVisible();
    await expect.soft(stale(page), 'the open list is marked').toBeVisible({ timeout: 5000 });
    await expect.soft(attention, 'the open overview names it').toBeVisible({ timeout: 5000 });

    // A page that is opened meanwhile has the last entries, too, and says how old they are.
    await opened.goto(`${gateway.origin}/entries?td=org-a.test`);
    await expect(grid(opened).getByText('/payments/api')).toBeVisible();
    await expect(stale(opened)).toBeVisible();
  } finally {
    await resumeProcess(stack.dir, 'server-a');
  }

  await expect(panel.getByText('ready', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(health).not.toContainText('failed');
  await expect.soft(attention, 'the open overview forgets it').toHaveCount(0);
  for (const one of [page, opened])
    await expect.soft(stale(one), 'the mark goes by itself').toHaveCount(0, { timeout: 10_000 });

  await page.getByRole('link', { name: 'New entry' }).first().click();
  await fillEntry(page, stack, '/journey/after-outage');
  await applyPlan(page, /^Create 1/);
  await expect(grid(page).getByText('/journey/after-outage')).toBeVisible();
  expect(
    await shownEntries(stack, 'orgA', ['-spiffeID', 'spiffe://org-a.test/journey/after-outage']),
  ).toHaveLength(1);
  expect(await page.evaluate(() => (window as { journey?: string }).journey)).toBe('the same page');
});
