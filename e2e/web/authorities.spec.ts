import { applyWhole, expect, goTo, test } from '../fixtures.ts';

test('a key is rotated in the cockpit: prepared, then made active', async ({ signedIn: page }) => {
  await goTo(page, 'Authorities');
  const jwt = page.getByRole('region', { name: 'JWT authorities of lighthouse.example' });
  await jwt.getByRole('button', { name: 'Steps and gates' }).click();
  await expect(page).toHaveURL(/at=lighthouse\/jwt/);
  const detail = page.getByRole('complementary');
  await detail.getByRole('button', { name: /^Prepare/ }).click();
  await expect(page.getByRole('dialog').getByText('spire-server localauthority jwt prepare')).toBeVisible();
  await applyWhole(page, /^Apply|^Prepare/);
  await expect(
    jwt.getByRole('group', { name: /^Validity/ }).getByRole('img', { name: /^prepared/ }),
  ).toBeVisible();

  await detail.getByRole('button', { name: /^Activate/ }).click();
  await applyWhole(page, /^Apply|^Activate/);
  await expect(jwt.getByRole('img', { name: /^old, trusted/ })).toBeVisible();
  await expect(detail.locator('[aria-current="step"]')).toContainText('Taint');
});

test('the same facts stand in a table, which the address holds', async ({ signedIn: page }) => {
  await goTo(page, 'Authorities');
  await page.getByRole('tab', { name: /Table/ }).click();
  await page.reload();
  const grid = page.getByRole('grid', { name: 'Authorities' });
  await expect(grid.getByRole('row').filter({ hasText: 'JWT' }).first()).toBeVisible();
  await expect(grid.getByRole('row').filter({ hasText: 'X.509' }).first()).toBeVisible();
  await expect(page.getByRole('tab', { name: /Table/, selected: true })).toBeVisible();
});
