import { expect, test } from '../fixtures.ts';

test('a live X.509-SVID is fetched and found valid, clause by clause', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/inspect`);
  await page
    .getByRole('button', { name: /\/console.*harbor-workload/ })
    .first()
    .click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/^Valid/)).toBeVisible();
  await expect(verdict.getByText('X-15').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Chain of trust' })).toBeVisible();
  await expect(page.locator('body')).not.toContainText('PRIVATE KEY');
});

test('a JWT-SVID is judged for an audience, and its signature is masked', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/inspect`);
  await page.getByLabel('Audience', { exact: true }).fill('journey');
  await page.getByRole('button', { name: /Fetch (a )?(JWT|token)/i }).click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/Valid/).first()).toBeVisible();
  await expect(page.getByText(/signature hidden/i)).toBeVisible();
  expect(page.url()).not.toContain('eyJ');
  await page.getByLabel('Its audience').fill('somebody-else');
  await expect(verdict.getByText(/^Not valid/)).toBeVisible();
  await expect(verdict.getByText('J-09').first()).toBeVisible();
});

test('S-13: a pasted private key is refused and gone', async ({ signedIn: page, gateway }) => {
  await page.goto(`${gateway.origin}/inspect`);
  const field = page.getByLabel('Document to inspect');
  const key = `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA${'A'.repeat(42)}\n-----END PRIVATE KEY-----\n`;
  await field.fill(key);
  await field.press('Control+Enter');
  await expect(page.getByText(/remove the key/i).first()).toBeVisible();
  await expect(page.locator('body')).not.toContainText('MC4CAQAwBQ');
});

test('a SPIFFE ID that climbs is refused with its clause', async ({ signedIn: page, gateway }) => {
  await page.goto(`${gateway.origin}/inspect`);
  await page.getByLabel('Document to inspect').fill('spiffe://harbor.example/a/../admin');
  await page.getByRole('button', { name: 'Inspect', exact: true }).click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/^Not valid/)).toBeVisible();
  await expect(verdict.getByText('ID-12').first()).toBeVisible();
});
