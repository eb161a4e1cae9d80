import { applyPlan, expect, fillEntry, grid, shownEntries, test } from './fixtures.ts';

test('the entries of both real SPIRE servers are listed, all that they show', async ({
  signedIn: page,
  gateway,
  stack,
}) => {
  const [a, b] = await Promise.all([shownEntries(stack, 'orgA'), shownEntries(stack, 'orgB')]);
  await page.goto(`${gateway.origin}/entries`);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', String(a.length + b.length + 1));
  await expect(grid(page).getByText('/payments/api').first()).toBeVisible();
  for (const [trustDomain, other, entries] of [
    ['org-a.test', 'org-b.test', a],
    ['org-b.test', 'org-a.test', b],
  ] as const) {
    await page.goto(`${gateway.origin}/entries?td=${trustDomain}`);
    await expect(grid(page)).toHaveAttribute('aria-rowcount', String(entries.length + 1));
    const rows = grid(page).getByRole('row');
    await expect(rows.filter({ hasText: `spiffe://${trustDomain}/payments/api` })).toBeVisible();
    await expect(rows.filter({ hasText: `spiffe://${other}/payments/api` })).toHaveCount(0);
  }
});

test('an entry is created, changed and deleted in the page, as spire-server sees it', async ({
  signedIn: page,
  gateway,
  stack,
}) => {
  const path = '/journey/made';
  const shown = () => shownEntries(stack, 'orgA', ['-spiffeID', `spiffe://org-a.test${path}`]);

  await page.goto(`${gateway.origin}/entries/new`);
  await fillEntry(page, stack, path);
  await expect(page.getByRole('dialog').getByText('spire-server entry create')).toBeVisible();
  expect(await shown()).toEqual([]);
  await applyPlan(page, /^Create 1/);
  expect(await shown()).toMatchObject([{ hint: '', selectors: [{ type: 'unix', value: 'uid:4343' }] }]);

  // The new entry is open beside the list.
  const panel = page.getByRole('complementary');
  await expect(panel.getByText('unix:uid:4343').first()).toBeVisible();
  await expect(grid(page).getByText(path)).toBeVisible();

  await panel.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Hint').fill('journey');
  await page.getByRole('button', { name: 'Review plan' }).click();
  await expect(page.getByRole('dialog').getByText('spire-server entry update')).toBeVisible();
  await applyPlan(page, /^Change 1/);
  expect(await shown()).toMatchObject([
    { hint: 'journey', selectors: [{ type: 'unix', value: 'uid:4343' }] },
  ]);
  await expect(panel.getByText('journey', { exact: true })).toBeVisible();

  await panel.getByRole('button', { name: 'Delete…' }).click();
  await applyPlan(page, /^Delete 1/);
  expect(await shown()).toEqual([]);
  await expect(grid(page).getByText('/payments/api').first()).toBeVisible();
  await expect(grid(page).getByText(path)).toHaveCount(0);
});
