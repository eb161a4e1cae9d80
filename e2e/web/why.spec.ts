import { expect, goTo, test } from '../fixtures.ts';

const container = (service: string) =>
  JSON.stringify([
    {
      Name: '/planner',
      Config: { Labels: { 'com.berths.service': service }, Env: ['STAGE=canary', 'DB_PASSWORD=hunter2'] },
    },
  ]);

test('docker inspect is pasted: the near miss and how it differs, then the identity', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Why no identity?');
  await page.getByLabel('SPIRE server').selectOption('harbor');
  const evidence = page.getByRole('textbox', { name: 'Evidence' });
  const answer = page.getByRole('region', { name: 'The answer' });
  await evidence.fill(container('Planner'));
  await expect(answer.getByRole('status').first()).toContainText('No entry matches');
  await expect(answer).toContainText('other case');
  await expect(answer).toContainText('/edge/canary/berths/planner');
  // S-21: neither what looks like a secret nor any value of the environment goes anywhere.
  await expect(page.getByRole('textbox', { name: 'Selectors that are compared' })).not.toHaveValue(/hunter2/);
  expect(page.url()).not.toMatch(/hunter2|STAGE/);

  await evidence.fill(container('planner'));
  await expect(answer).toContainText('issued');
  await expect(answer.getByRole('status').first()).toContainText('/edge/canary/berths/planner');
});

test('an address asks again, and what is no selector is refused by its line', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/why?connection=harbor&sel=k8s:ns:admin%0Ak8s:sa:console`);
  const answer = page.getByRole('region', { name: 'The answer' });
  await expect(answer.getByRole('status').first()).toContainText('/admin/console');
  await page.reload();
  await expect(answer.getByRole('status').first()).toContainText('/admin/console');
  await page.getByRole('textbox', { name: 'Selectors that are compared' }).fill('unix:uid:1\nnonsense');
  await expect(page.getByText(/^Line 2: A selector is written type:value/)).toBeVisible();
});
