import { applyWhole, expect, goTo, test } from '../fixtures.ts';

const parent = 'spiffe://harbor.example/spire/server';
const csv = (...rows: string[]) => ['spiffe_id,parent_id,selectors,x509_svid_ttl', ...rows].join('\n');

test('a CSV is compared, applied, found, unchanged the second time, and deleted again', async ({
  signedIn: page,
  gateway,
}) => {
  await goTo(page, 'Entries');
  await page
    .getByRole('link', { name: 'Import…' })
    .or(page.getByRole('button', { name: 'Import…' }))
    .click();
  await page.getByLabel('Server', { exact: true }).selectOption('harbor');
  const box = page.getByLabel('Entries as CSV, YAML or JSON');
  const file = csv(
    `spiffe://harbor.example/journey/one,${parent},unix:uid:7001,600`,
    `spiffe://harbor.example/journey/two,${parent},unix:uid:7002;unix:path:/opt/two,`,
  );
  await box.fill(`${file}\nspiffe://harbor.example/journey/three,${parent},no-colon,-1`);
  const wrong = page.getByRole('row', { name: /journey \/three/ });
  await expect(wrong).toContainText('x509_svid_ttl: -1 is negative');
  await expect(wrong).toContainText('selectors[0]: A selector is written type:value');
  await expect(page.getByRole('button', { name: 'Review plan' })).toBeDisabled();
  await box.fill(file);
  await expect(page.getByRole('button', { name: /^all 2/ })).toBeVisible();
  await page.getByRole('button', { name: 'Review plan' }).click();
  await applyWhole(page, 'Create 2 entries');

  await page.goto(`${gateway.origin}/entries?q=/journey/`);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('/journey/two')).toBeVisible();
  await page.goto(`${gateway.origin}/entries/import?connection=harbor`);
  await box.fill(file);
  await expect(page.getByRole('button', { name: /^unchanged 2/ })).toBeVisible();

  await page.goto(`${gateway.origin}/entries?q=/journey/`);
  for (const name of ['one', 'two'])
    await grid
      .getByRole('row')
      .filter({ hasText: `/journey/${name}` })
      .getByRole('checkbox')
      .check();
  await page.getByRole('button', { name: 'Delete 2…' }).click();
  await applyWhole(page, /^Delete 2/);
  await expect(grid.getByText('/journey/two')).toHaveCount(0);
});
