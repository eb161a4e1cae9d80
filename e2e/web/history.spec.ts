import { expect, goTo, test } from '../fixtures.ts';

test('a change is seen with who made it, filtered, and found again by its address', async ({
  signedIn: page,
  gateway,
}) => {
  const entry = {
    connection: 'harbor',
    entries: [
      {
        spiffe_id: 'spiffe://harbor.example/journey/remembered',
        parent_id: 'spiffe://harbor.example/spire/server',
        selectors: ['unix:uid:7100'],
      },
    ],
  };
  const planned = await gateway.muster(
    ['plan', 'entry.create', '--input', '-', '--json'],
    JSON.stringify(entry),
  );
  const { digest } = JSON.parse(planned.stdout) as { digest: string };
  expect(await gateway.muster(['apply', digest])).toMatchObject({ code: 0 });

  await goTo(page, 'History');
  await page.getByRole('searchbox', { name: 'Search history' }).fill('/journey/remembered');
  await expect(page).toHaveURL(/q=/);
  await page
    .getByRole('grid', { name: 'Changes' })
    .getByRole('row', { name: /remembered/ })
    .first()
    .click();
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('Done from here: Create 1 entry.');
  await page.reload();
  await expect(detail).toContainText('Done from here: Create 1 entry.');
  await detail.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'What happened' }).click();
  await page.getByRole('option', { name: /removed/ }).click();
  await expect(page.getByRole('heading', { name: 'No change matches' })).toBeVisible();
});
