import { readFileSync } from 'node:fs';
import { expect, goTo, test } from '../fixtures.ts';

test('a bundle is read key by key, saved, and compared with its other copy', async ({ signedIn: page }) => {
  await goTo(page, 'Trust domains');
  const grid = page.getByRole('grid', { name: 'Trust bundles' });
  await grid.getByRole('row', { name: /^lighthouse\.example harbor federated copy/ }).click();
  await expect(page).toHaveURL(/name=harbor\/lighthouse\.example/);
  const detail = page.getByRole('complementary');
  await expect(detail.getByRole('region', { name: 'X.509 authorities' }).getByRole('img')).toBeVisible();
  await expect(detail.getByText('spire-server bundle list', { exact: false })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    detail.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  const bundle = JSON.parse(readFileSync(await download.path(), 'utf8')) as { keys: { use: string }[] };
  expect(new Set(bundle.keys.map(({ use }) => use))).toEqual(new Set(['x509-svid', 'jwt-svid']));

  await page.goto(
    `${new URL(page.url()).origin}/trust-domains?tab=compare&left=harbor/drydock.test&right=lighthouse/lighthouse.example`,
  );
  await expect(page.getByText('left only').first()).toBeVisible();
  await page.getByRole('button', { name: 'Swap left and right' }).click();
  await expect(page).toHaveURL(/left=lighthouse\/lighthouse\.example/);
  await page
    .getByLabel('Right', { exact: true })
    .selectOption({ label: 'lighthouse.example of lighthouse, now' });
  await expect(page.getByText('left only')).toHaveCount(0);
  await expect(page.getByText('in both').first()).toBeVisible();
});

test('the map leads by keyboard to a trust domain and to a federation', async ({ signedIn: page }) => {
  await goTo(page, 'Trust domains');
  await page.getByRole('tab', { name: 'Map' }).click();
  const map = page.getByRole('group', { name: /^Map of \d+ trust domains and \d+ federations$/ });
  const node = map.getByRole('button', { name: /^drydock\.test, server not connected here/ });
  await expect(node).toBeVisible();
  const table = page.getByRole('table', { name: 'Federations' });
  await expect(table.getByRole('row').filter({ hasText: 'drydock.test' })).toBeVisible();
  await map.getByRole('button', { name: /^harbor\.example, harbor · \d+ entries/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary')).toContainText('harbor.example');
  await map.getByRole('button', { name: /^harbor\.example trusts lighthouse\.example/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/federation\?.*id=harbor\/lighthouse\.example/);
});

test('deleting a bundle is planned with whom it hits, and a plan alone changes nothing', async ({
  signedIn: page,
}) => {
  await page.goto(
    `${new URL(page.url()).origin}/trust-domains?task=delete&connection=harbor&peer=drydock.test`,
  );
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Entries that federate with it').selectOption('dissociate');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog.getByText('spire-server bundle delete')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${new URL(page.url()).origin}/trust-domains`);
  await expect(page.getByRole('row', { name: /^drydock\.test harbor federated copy/ })).toBeVisible();
});
