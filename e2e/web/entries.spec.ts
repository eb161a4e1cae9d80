import { armed, expect, test } from '../fixtures.ts';

test('a newcomer finds their way: overview, entries, one entry, by keyboard and by address', async ({
  signedIn: page,
}) => {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Overview/ })
    .click();
  await expect(page.getByRole('heading', { name: 'Needs attention' })).toBeVisible();
  await expect(page.getByText('practice network')).toBeVisible();
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Entries/ })
    .click();
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('/admin/break-glass')).toBeVisible();

  await page.keyboard.press('/');
  await page.keyboard.type('checkout');
  await expect(page).toHaveURL(/q=checkout/);
  await expect(grid.getByText('/edge/prod/payments/checkout')).toBeVisible();
  await expect(grid.getByText('/admin/break-glass')).toHaveCount(0);

  await grid.getByText('/edge/prod/payments/checkout').click();
  await expect(page).toHaveURL(/id=/);
  await expect(
    page.getByRole('complementary').getByText('docker:label', { exact: false }).first(),
  ).toBeVisible();
  await expect(page.getByText('spire-server entry show').first()).toBeVisible();

  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await expect(
    page.getByRole('complementary').getByText('docker:label', { exact: false }).first(),
  ).toBeVisible();
});

test('filters combine, and the address holds them', async ({ signedIn: page, gateway }) => {
  await page.goto(`${gateway.origin}/entries?td=lighthouse.example&sort=created&desc=1`);
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await expect(grid.getByText('lighthouse.example').first()).toBeVisible();
  await expect(grid.getByText('harbor.example')).toHaveCount(0);
  await page.goto(`${gateway.origin}/entries?q=nothing-has-this-name`);
  await expect(page.getByText('No entry matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await expect(grid.getByText('/admin/break-glass')).toBeVisible();
});

test('an entry is planned, reviewed, created, seen by the command line, and undone', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries/new`);
  const server = page.getByLabel('Server', { exact: true });
  if (await server.isVisible())
    await server.selectOption({ label: /harbor/ } as never).catch(() => server.selectOption('harbor'));
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example/journey/made');
  await page.getByLabel('Parent ID').fill('spiffe://harbor.example/node/pier-a');
  const selector = page.getByRole('group', { name: 'Selector 1' });
  await selector.getByLabel('Type').fill('k8s');
  await selector.getByLabel('Value').fill('ns:journey');
  await page.getByRole('button', { name: /Review/ }).click();

  const review = page.getByRole('dialog');
  await expect(review.getByText('spire-server entry create')).toBeVisible();
  await expect(review.getByText('spiffe://harbor.example/journey/made').first()).toBeVisible();
  await (await armed(review.getByRole('button', { name: /^Create 1/ }))).click();
  await expect(review.getByRole('button', { name: 'Done' })).toBeVisible();

  const { stdout } = await gateway.muster(['view', 'entries', '--param', 'search=/journey/made', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    total: '1',
    entries: [{ spiffeId: 'spiffe://harbor.example/journey/made' }],
  });

  await review.getByRole('button', { name: /Undo/ }).click();
  const remove = review.getByRole('button', { name: /^Delete 1/ });
  await expect(remove).toBeVisible();
  // S-33: a destructive button is armed only after it has been seen for a while.
  await (await armed(remove)).click();
  await expect(review.getByRole('button', { name: 'Done' })).toBeVisible();
  await expect
    .poll(
      async () =>
        JSON.parse(
          (await gateway.muster(['view', 'entries', '--param', 'search=/journey/made', '--json'])).stdout,
        ) as object,
    )
    .toMatchObject({ total: '0' });
  await page.goto(`${gateway.origin}/activity`);
  await expect(page.getByText(/Delete 1/).first()).toBeVisible();
});

test('a mistake in the form is named at its field before anything is sent', async ({
  signedIn: page,
  gateway,
}) => {
  await page.goto(`${gateway.origin}/entries/new`);
  await page.getByLabel('SPIFFE ID').fill('spiffe://Harbor.example/../x');
  await page.getByLabel('Parent ID').fill('nonsense');
  await page.getByRole('button', { name: /Review/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByLabel('SPIFFE ID')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('SPIFFE ID')).toHaveValue('spiffe://Harbor.example/../x');
});
