import { applyWhole, expect, goTo, test } from '../fixtures.ts';

const verdict = '.reach-verdict';

test('a message that does not arrive is followed to where it ends, and remedies are plans', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Why no message?');
  await page.getByLabel('Who sends').fill('acme/ops/bob');
  await page.getByLabel('Who should hear it').fill('acme/payments/ledger-agent');
  await expect(page.locator(verdict)).toContainText(/the node does not have it: messages end here/);
  await expect(page.getByRole('list', { name: /^The way over harbor\/quay-2/ })).toContainText(
    'route missing',
  );

  await page.getByRole('button', { name: /^Or remove the link between harbor and lighthouse/ }).click();
  await applyWhole(page, /^Remove the link/);
  await expect(page.locator(verdict)).toContainText('No segment links the domains harbor and lighthouse');
  await page.getByRole('link', { name: 'Show it on the map' }).click();
  await expect(page.locator('.nm-way.wrong')).toHaveCount(1);
  await page.getByRole('link', { name: 'Step by step' }).click();

  await page.getByRole('button', { name: 'Link harbor and lighthouse in segment operations…' }).click();
  await applyWhole(page, /^Link harbor and lighthouse/);
  await expect(page.getByText('route missing')).toBeVisible();
});

test('a channel is looked at as a whole, from its own page', async ({ signedIn: page }) => {
  await goTo(page, 'Channels');
  await page.getByText('acme/ops/incident-room').first().click();
  await page.getByRole('link', { name: 'Does everyone hear?' }).click();
  await expect(page.locator(verdict)).toContainText(/should reach all \d others/);
  await expect(page.getByRole('region', { name: 'Who is where' }).getByRole('row')).toHaveCount(4);
});
