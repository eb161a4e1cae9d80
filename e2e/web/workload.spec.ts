import { expect, goTo, test } from '../fixtures.ts';

test('identities as the agents give them: on a timeline, in tables, and one to the inspector', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Workload API');
  const sockets = page.getByRole('list', { name: 'Workload APIs' });
  await expect(sockets.getByRole('listitem').filter({ hasText: 'live' })).toHaveCount(2);
  await expect(page.getByRole('searchbox', { name: 'Search identities' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('lighthouse.example/muster/web');
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByRole('grid', { name: 'Identities' }).getByRole('row')).toHaveCount(2);
  await page.getByRole('tab', { name: /^Events/ }).click();
  await page.reload();
  await expect(page.getByRole('grid', { name: 'Events' }).getByText('issued').first()).toBeVisible();
  await page.getByRole('tab', { name: /^Bundles/ }).click();
  await expect(page.getByRole('grid', { name: 'Bundles' })).toContainText('harbor-workload');

  const picture = page.getByRole('group', { name: 'Rotations over time' });
  await picture.getByRole('button', { name: /^spiffe:\/\/lighthouse\.example\/muster\/web, X\.509/ }).click();
  const detail = page.getByRole('complementary');
  await expect(detail.getByRole('region', { name: 'What happened' })).toContainText('ssued');
  await detail.getByRole('button', { name: 'Inspect' }).click();
  // S-13: what is handed over stands in no address.
  await expect(page).toHaveURL(/\/inspect$/);
  await expect(page.getByRole('region', { name: 'Verdict' }).getByText(/^Valid/)).toBeVisible();
});
