import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { armed, expect, goTo, test } from '../fixtures.ts';

async function saved(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFileSync(await download.path(), 'utf8');
}

test('S-13: an X.509-SVID is minted for a key that was made in the page and never sent', async ({
  signedIn: page,
}) => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postDataBuffer()?.toString('latin1') ?? ''));
  await goTo(page, 'Mint an SVID');
  await page.getByLabel('SPIRE server').selectOption('harbor');
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example:80/journey/minted');
  await page.getByRole('button', { name: 'Review…' }).click();
  await expect(page.getByText(/port|not allowed/).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example/journey/minted');
  await page.getByRole('button', { name: 'Review…' }).click();
  await (await armed(page.getByRole('dialog').getByRole('button', { name: /^Mint 1/ }))).click();
  await expect(page.getByText('The key is in this window only.')).toBeVisible();
  const key = createPrivateKey(await saved(page, page.getByRole('button', { name: 'Save the key' })));
  const leaf = new X509Certificate(
    await saved(page, page.getByRole('button', { name: 'Save the certificate' })),
  );
  expect(leaf.subjectAltName).toBe('URI:spiffe://harbor.example/journey/minted');
  expect(leaf.checkPrivateKey(key)).toBe(true);
  expect(createPublicKey(key).equals(leaf.publicKey)).toBe(true);
  expect(sent.join('\n')).toContain('CERTIFICATE REQUEST');
  expect(sent.join('\n')).not.toContain('PRIVATE KEY');
});

test('S-14: a JWT-SVID is minted, saved, and not shown', async ({ signedIn: page, gateway }) => {
  await page.goto(
    `${gateway.origin}/mint?kind=jwt&connection=harbor&spiffeId=spiffe://harbor.example/journey/jwt`,
  );
  await page.getByLabel('Audience').fill('billing');
  await page.getByLabel('Audience').press('Enter');
  await page.getByRole('button', { name: 'Review…' }).click();
  await (await armed(page.getByRole('dialog').getByRole('button', { name: /^Mint 1/ }))).click();
  await expect(page.getByText('The token is in this window only.')).toBeVisible();
  const token = (await saved(page, page.getByRole('button', { name: 'Save as a file' }))).trim();
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  expect(claims).toMatchObject({ sub: 'spiffe://harbor.example/journey/jwt', aud: ['billing'] });
  expect(await page.content()).not.toContain(token);
});
