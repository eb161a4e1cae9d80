import { applyWhole, expect, goTo, test } from '../fixtures.ts';

test('a relationship is opened, its endpoint asked, and its bundle refreshed', async ({ signedIn: page }) => {
  await goTo(page, 'Federation');
  const grid = page.getByRole('grid', { name: 'Federations' });
  await grid.getByRole('row', { name: /^harbor lighthouse\.example/ }).click();
  await expect(page).toHaveURL(/id=harbor\/lighthouse\.example/);
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('unknown: the server’s API records no such time');
  await detail.getByRole('button', { name: 'Ask the endpoint' }).click();
  await expect(detail).toContainText('The endpoint answered');
  await page.reload();
  await expect(detail).toContainText('The endpoint answered');
  await detail.getByRole('button', { name: 'Refresh…' }).click();
  await expect(page.getByRole('dialog').getByText('spire-server federation refresh')).toBeVisible();
  await applyWhole(page, /^Apply|^Refresh/);
});

test('the doctor says what is wrong with each pair, and every remedy is an action', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Federation');
  await page.getByRole('tab', { name: /^Doctor/ }).click();
  const finding = page.getByRole('listitem').filter({ hasText: 'set by hand and not fetched since' });
  await expect(finding.getByText('Not known:')).toBeVisible();
  await finding.getByRole('button', { name: 'Refresh the copy of drydock.test…' }).click();
  await expect(page.getByRole('dialog').getByText('spire-server federation refresh')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await finding.getByRole('link', { name: 'Edit the relationship…' }).click();
  await expect(page.getByRole('dialog')).toContainText('drydock.test');
});

test('a relationship with another organisation is created, found, and deleted again', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Federation');
  await page.getByRole('button', { name: 'New federation…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Our server').selectOption('lighthouse');
  await dialog.getByLabel('The other side', { exact: true }).selectOption('');
  await dialog.getByLabel('Their trust domain').fill('journey.test');
  await dialog.getByLabel('Bundle endpoint of journey.test').fill('http://bundle.journey.test');
  await dialog.getByLabel('Profile', { exact: true }).selectOption('https_web');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.getByText(/must be an https:\/\/ URL/)).toBeVisible();
  await dialog.getByLabel('Bundle endpoint of journey.test').fill('https://bundle.journey.test');
  await dialog.getByRole('checkbox', { name: /^Fetch the bundle at once/ }).uncheck();
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.getByText('spire-server federation create')).toBeVisible();
  await applyWhole(page, 'Federate with journey.test');

  const row = page.getByRole('grid', { name: 'Federations' }).getByRole('row', { name: /journey\.test/ });
  await row.click();
  await page.getByRole('complementary').getByRole('button', { name: 'Delete…' }).click();
  await dialog.getByRole('button', { name: 'Review' }).click();
  await applyWhole(page, /^Apply|^Delete/);
  await expect(row).toHaveCount(0);
});
