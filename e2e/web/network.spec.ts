import { applyWhole, expect, goTo, test } from '../fixtures.ts';

test('the lost route is said at once, comes first, and is explained hop by hop', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Network');
  await expect(page.getByRole('group', { name: /^Map of 3 domains, 4 nodes/ })).toBeVisible();
  await page.getByRole('link', { name: '1 route lost on its node' }).click();
  await expect(page).toHaveURL(/tab=routes&truth=lost/);
  const routes = page.getByRole('grid', { name: 'Routes' });
  await expect(routes.getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear On the node' }).click();
  await expect.poll(() => routes.getByRole('row').count()).toBeGreaterThan(10);
  const first = routes.getByRole('row').nth(1);
  await expect(first).toContainText('not on node');
  await first.click();
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('Missing on harbor/quay-2.');
  await expect(
    detail.getByRole('list', { name: 'Hops' }).getByText('connected', { exact: true }),
  ).toHaveCount(2);
  await page.reload();
  await expect(detail).toContainText('What to do.');
  await detail.getByRole('button', { name: 'harbor/quay-2', exact: true }).click();
  await expect(detail).toContainText('slimctl controller');
  await expect(detail).toContainText(/\d connections?, /);
});

test('a link is removed, its routes wait, and it is put back', async ({ signedIn: page }) => {
  await goTo(page, 'Network');
  const map = page.getByRole('group', { name: /^Map of/ });
  await map.getByRole('button', { name: 'Segment operations: harbor – lighthouse, linked' }).click();
  const detail = page.getByRole('complementary');
  await detail.getByRole('button', { name: 'Remove…' }).click();
  const plan = page.getByRole('dialog');
  await expect(plan).toContainText('slimctl controller');
  await expect(plan).toContainText(/applied routes go/);
  await applyWhole(page, /^Remove the link/);

  await expect(map.getByRole('button', { name: /^Segment operations/ })).toHaveCount(0);
  await expect(map.getByRole('button', { name: /lighthouse.lamp-1: applied/ })).toHaveCount(0);
  await page.getByRole('link', { name: /^\d+ routes pending/ }).click();
  const routes = page.getByRole('grid', { name: 'Routes' });
  const cut = routes
    .getByRole('row')
    .filter({ hasText: 'lighthouse/lamp-1' })
    .filter({ hasText: 'harbor/quay-1' });
  await expect(cut.first()).toBeVisible();
  await cut.first().click();
  await expect(detail).toContainText(/no link between (harbor and lighthouse|lighthouse and harbor)/);

  await goTo(page, 'Activity');
  await page
    .getByRole('row', { name: /Remove the link between harbor and lighthouse/ })
    .first()
    .click();
  await detail.getByRole('button', { name: 'Undo…' }).click();
  await applyWhole(page, /^Link harbor and lighthouse/);
  await goTo(page, 'Network');
  await expect(
    map.getByRole('button', { name: 'Segment operations: harbor – lighthouse, linked' }),
  ).toBeVisible();
});

test('a segment is made, given a link, and removed', async ({ signedIn: page }) => {
  await goTo(page, 'Network');
  await page.getByRole('tab', { name: 'Segments' }).click();
  await page.getByRole('button', { name: 'New segment…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('night shift');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog).toContainText('Letters, digits, dots, underscores and hyphens only.');
  await dialog.getByLabel('Name').fill('night');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await applyWhole(page, 'Add segment night');

  await page
    .getByRole('grid', { name: 'Segments' })
    .getByRole('row', { name: /^night/ })
    .click();
  const detail = page.getByRole('complementary');
  await detail.getByRole('button', { name: 'Link two domains…' }).click();
  await dialog.getByLabel('One domain').fill('lighthouse');
  await dialog.getByLabel('The other domain').fill('breakwater');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await expect(dialog).toContainText('No connected node is of domain breakwater.');
  await applyWhole(page, /^Link lighthouse and breakwater/);
  await expect(detail).toContainText('lighthouse – breakwater');
  await page.getByRole('tab', { name: 'Links' }).click();
  await expect(
    page.getByRole('grid', { name: 'Links' }).getByRole('row', { name: /breakwater.*wanted/ }),
  ).toBeVisible();

  await detail.getByRole('button', { name: 'Remove segment…' }).click();
  await applyWhole(page, 'Remove segment night');
  await page.getByRole('tab', { name: 'Segments' }).click();
  await expect(page.getByRole('row', { name: /^night/ })).toHaveCount(0);
});
