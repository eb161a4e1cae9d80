import { readFileSync } from 'node:fs';
import { expect, goTo, test } from '../fixtures.ts';

test('an entry becomes the line that starts its container; the address holds the way', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Generate');
  await page.getByLabel('Server', { exact: true }).selectOption('harbor');
  await page.getByRole('textbox', { name: 'Entry' }).fill('berths/planner');
  await page
    .getByRole('list', { name: 'Entries found' })
    .getByRole('button', { name: /canary/ })
    .click();
  await page.getByRole('button', { name: /^docker run/ }).click();
  const file = page.getByRole('region', { name: 'Files' }).locator('pre');
  await expect(file).toContainText('docker run');
  await expect(file).toContainText('com.berths.service=planner');
  await page.reload();
  await expect(file).toContainText('com.berths.service=planner');
  await expect(page).toHaveURL(/kind=docker-run/);
  await page.getByRole('button', { name: /^ClusterStaticEntry/ }).click();
  await expect(file).toContainText('kind: ClusterStaticEntry');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('region', { name: 'Files' })
      .getByRole('button', { name: /^Download|^Save/ })
      .click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toBe(await file.textContent());
});

test('S-14: a join token typed into agent.conf is in the file and in no address', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/generate?connection=harbor&kind=agent-conf`);
  const file = page.getByRole('region', { name: 'Files' }).locator('pre');
  await expect(file).toContainText('trust_domain = "harbor.example"');
  await page.getByLabel(/^Join token/).fill('1b2c3d4e-journey');
  await expect(file).toContainText('join_token = "1b2c3d4e-journey"');
  expect(page.url()).not.toContain('journey');
});
