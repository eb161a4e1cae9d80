import { readFileSync } from 'node:fs';
import { expect, goTo, test } from '../fixtures.ts';

test('what expires is read on the axis and in the list, filtered, opened and saved', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Expiry');
  const axis = page.getByRole('group', { name: 'How many expire in each stretch of time' });
  await axis.getByRole('button', { name: /^Expired and still there: \d+$/ }).click();
  await expect(page).toHaveURL(/expired=only/);
  const grid = page.getByRole('grid', { name: 'What expires, soonest first' });
  await expect(grid.getByText(/^in \d/)).toHaveCount(0);
  await expect(grid.getByText('/legacy-host').or(grid.getByText(/ago$/)).first()).toBeVisible();

  await page.goto(page.url().replace('expired=only', 'kind=entry'));
  const entry = grid
    .getByRole('row')
    .filter({ hasText: '/admin /break-glass' })
    .or(grid.getByRole('row').filter({ hasText: 'break-glass' }));
  await entry.first().click();
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('break-glass');
  await page.reload();
  await expect(detail).toContainText('break-glass');
  await detail.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/entries\?.*id=/);
});

test('the list is saved as CSV', async ({ signedIn: page }) => {
  await goTo(page, 'Expiry');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toBe('expires_at,kind,name,trust_domain,connection,valid_from,note');
  expect(lines.length).toBeGreaterThan(20);
});
