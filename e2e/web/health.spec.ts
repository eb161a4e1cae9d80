import { expect, goTo, test } from '../fixtures.ts';

test('a finding says why it matters and leads to its remedy', async ({ signedIn: page }) => {
  await goTo(page, 'Health');
  await page.getByRole('button', { name: /^Entries whose parent leads to no agent/ }).click();
  await expect(page).toHaveURL(/code=orphan/);
  const grid = page.getByRole('grid', { name: 'Findings' });
  await expect(grid.getByRole('row')).toHaveCount(3);
  await grid.getByRole('row').nth(1).click();
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('is neither an attested agent nor leads to one');
  await page.reload();
  await expect(detail).toContainText('is neither an attested agent nor leads to one');
  await detail.getByRole('link', { name: 'Who gets it?' }).click();
  await expect(page).toHaveURL(/\/why\?/);
  await expect(page.getByRole('region', { name: 'The answer' })).toContainText(/nobody|no agent/);
});

test('what was looked for and not found is said', async ({ signedIn: page }) => {
  await page.goto(`${new URL(page.url()).origin}/health?code=missing-bundle`);
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await expect(page.getByText('Workloads are handed no bundle of that trust domain')).toBeVisible();
});
