import { expect, test } from './fixtures.ts';

test('an X.509-SVID that the real agent hands out now is found valid', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/inspect`);
  await page
    .getByRole('button')
    .filter({ hasText: /\/muster\/test.*org-a-agent/ })
    .click({ timeout: 45_000 });
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/^Valid/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Judged against' }).getByText('org-a.test')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Chain of trust' })).toBeVisible();
  await expect(page.locator('body')).not.toContainText('PRIVATE KEY');
});

test('a JWT-SVID of the real agent is valid for its audience and for no other', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/inspect`);
  await page.getByLabel('Workload API', { exact: true }).selectOption('org-a-agent');
  await page.getByLabel('Audience', { exact: true }).fill('real-journey');
  await page.getByRole('button', { name: 'Fetch a token' }).click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/^Valid/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/signature hidden/i)).toBeVisible();
  await page.getByLabel('Its audience').fill('somebody-else');
  await expect(verdict.getByText(/^Not valid/)).toBeVisible();
  await expect(verdict.getByText('J-09').first()).toBeVisible();
});
