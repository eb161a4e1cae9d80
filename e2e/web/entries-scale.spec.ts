import { readFileSync } from 'node:fs';
import { expect, test } from '../fixtures.ts';

test('the tree leads from the server to an entry, by keyboard, and from a branch to its list', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries`);
  await page.getByRole('tab', { name: 'Tree by path' }).click();
  await expect(page).toHaveURL(/view=paths/);
  const tree = page.getByRole('treegrid', { name: 'Entries by path' });
  await expect(tree.getByText('admin').first()).toBeVisible();
  await tree.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByText('break-glass').first()).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary')).toContainText('/admin/break-glass');
  await page.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('tab', { name: 'Tree by parent' }).click();
  const parents = page.getByRole('treegrid', { name: 'Entries by parent' });
  await expect(parents.getByText('/spire/server').first()).toBeVisible();
  await parents
    .getByRole('row')
    .filter({ hasText: '/spire/server' })
    .first()
    .getByRole('link', { name: 'Show as list' })
    .click();
  await expect(page).toHaveURL(/parent=spiffe:\/\/harbor\.example\/spire\/server/);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('node alias').first()).toBeVisible();
});

test('columns are chosen, a search is saved and found again after a reload', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries?q=checkout`);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('/checkout').first()).toBeVisible();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'JWT TTL' }).check();
  await page.getByRole('checkbox', { name: 'Revision' }).check();
  await page.keyboard.press('Escape');
  await expect(grid.getByRole('columnheader', { name: 'JWT TTL' })).toBeVisible();

  await page.getByRole('button', { name: 'Saved searches' }).click();
  await page.getByRole('button', { name: 'Save this search…' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('All checkouts');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Saved: All checkouts' })).toBeVisible();

  await page.goto(`${gateway.origin}/entries`);
  await expect(grid.getByRole('columnheader', { name: 'JWT TTL' })).toBeVisible();
  await page.getByRole('button', { name: 'Saved searches' }).click();
  await page.getByRole('button', { name: 'All checkouts', exact: true }).click();
  await expect(page).toHaveURL(/q=checkout/);
});

test('what matches is saved as a file, whole, and the command line writes the same', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries?td=harbor.example&q=payments`);
  await expect(page.getByRole('grid').getByText('payments').first()).toBeVisible();
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('radio', { name: /CSV/ }).check();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Export \d+ entries$/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^entries-.*\.csv$/);
  const text = readFileSync(await download.path(), 'utf8');
  await expect(page.getByText(/^Saved \d+ entries as/)).toBeVisible();
  const { code, stdout } = await gateway.muster([
    ...['export', 'entries', '--format', 'csv'],
    ...['-p', 'trust_domains=harbor.example', '-p', 'search=payments'],
  ]);
  expect(code).toBe(0);
  expect(stdout).toBe(text);
  expect(text.split('\r\n')[0]).toContain('spiffe_id,parent_id,selectors');
});

test('every row is reached by keyboard, and ? tells the keys', async ({ signedIn: page, gateway }) => {
  await page.goto(`${gateway.origin}/entries`);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('/admin/break-glass').first()).toBeVisible();
  const count = Number(await grid.getAttribute('aria-rowcount'));
  await grid.focus();
  await page.keyboard.press('End');
  await expect(page.locator(`[role="row"][aria-rowindex="${count}"]`)).toBeVisible();
  await page.keyboard.press('Home');
  await expect(page.locator('[role="row"][aria-rowindex="2"]')).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('First and last of all rows');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toHaveCount(0);
});
