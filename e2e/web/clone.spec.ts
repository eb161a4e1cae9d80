import { applyWhole, armed, expect, test } from '../fixtures.ts';

test('chosen entries are cloned for two parents with another name, and the clones are undone', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries?td=lighthouse.example&q=/ci/runner`);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await grid.getByText('/ci/runner').first().click();
  await page.getByRole('complementary').getByRole('button', { name: 'Clone…' }).click();
  await expect(page).toHaveURL(/\/entries\/clone\?.*ids=/);
  const parents = page.getByLabel(/^Parents/);
  for (const name of ['one', 'two']) {
    await parents.fill(`spiffe://lighthouse.example/node/journey-${name}`);
    await parents.press('Enter');
  }
  await page.getByRole('button', { name: 'Find and replace' }).click();
  const replacement = page.getByRole('group', { name: 'Replacement 1' });
  await replacement.getByLabel('Find').fill('/ci/runner');
  await replacement.getByLabel('Replace with').fill('/journey/clone-{n}');
  const copies = page.getByRole('region', { name: 'Copies' });
  await expect(copies).toContainText('/journey/clone-2');
  await page.getByRole('button', { name: 'Review plan' }).click();
  const plan = page.getByRole('dialog');
  await (await armed(plan.getByRole('button', { name: 'Create 2 copies of 1 entry' }))).click();
  await expect(plan.getByText('Applied: 2 done.')).toBeVisible();
  await plan.getByRole('button', { name: 'Undo…' }).click();
  await applyWhole(page, /^Delete 2/);

  await page.goto(`${gateway.origin}/entries?td=lighthouse.example&q=/journey/clone-`);
  await expect(page.getByRole('heading', { name: /^No entr/ })).toBeVisible();
});
