import { applyWhole, goTo } from '../fixtures.ts';
import { expect, fillEntry, grid, shownEntries, test } from './fixtures.ts';

test('the real agents are listed, and a join token is made and shown only when asked for', async ({
  signedIn: page,
}) => {
  await goTo(page, 'Agents');
  const agents = page.getByRole('grid', { name: 'Agents' });
  for (const trustDomain of ['org-a.test', 'org-b.test'])
    await expect(agents.getByText(`spiffe://${trustDomain}/spire/agent/`).first()).toBeVisible();
  await page.goto(`${new URL(page.url()).origin}/agents?td=org-a.test`);
  await page.getByRole('button', { name: 'New join token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.locator('[data-armed="true"]').click();
  await expect(dialog.getByText('Shown this once.')).toBeVisible();
  const token = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/u;
  expect(token.test(await dialog.innerText())).toBe(false);
  await dialog.getByRole('button', { name: 'Show' }).first().click();
  expect(token.test(await dialog.innerText())).toBe(true);
});

test('bundles, the map and the doctor agree with two servers that federate', async ({ signedIn: page }) => {
  await goTo(page, 'Trust domains');
  const bundles = page.getByRole('grid', { name: 'Trust bundles' });
  await expect(bundles.getByRole('row')).toHaveCount(5);
  await page.getByRole('tab', { name: 'Map' }).click();
  const map = page.getByRole('group', { name: /^Map of 2 trust domains and 2 federations$/ });
  await map.getByRole('button', { name: /^org-a\.test trusts org-b\.test/ }).focus();
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary');
  await expect(detail).toContainText('org-b.test');
  await detail.getByRole('button', { name: 'Ask the endpoint' }).click();
  await expect(detail).toContainText('The endpoint answered');
  await detail.getByRole('button', { name: 'Refresh…' }).click();
  await applyWhole(page, /^Refresh|^Apply/);
});

test('authorities and expiry show what the servers hold', async ({ signedIn: page, gateway }) => {
  await goTo(page, 'Authorities');
  for (const trustDomain of ['org-a.test', 'org-b.test'])
    for (const kind of ['X.509', 'JWT'])
      await expect(
        page.getByRole('region', { name: `${kind} authorities of ${trustDomain}` }).getByRole('img', {
          name: /^active /,
        }),
      ).toBeVisible();
  await page.goto(`${gateway.origin}/expiry?kind=agent`);
  const rows = page.getByRole('grid', { name: 'What expires, soonest first' }).getByRole('row');
  await expect(rows.filter({ hasText: 'spiffe://org-a.test/spire/agent/' }).first()).toBeVisible();
});

test('a real rotation is drawn on the timeline', async ({ signedIn: page }) => {
  await goTo(page, 'Workload API');
  // An entry of the stack whose SVIDs live for seconds.
  const bar = page.getByRole('group', { name: 'Rotations over time' }).getByRole('button', {
    name: /^spiffe:\/\/org-a\.test\/muster\/rotating, X\.509: \w+, [1-9]\d* renewals? seen/,
  });
  await bar.click({ timeout: 90_000 });
  const happened = page.getByRole('complementary').getByRole('region', { name: 'What happened' });
  await expect(happened).toContainText(/before expiry/);
});

test('why it has none, the entry that gives it one, and the identity', async ({
  signedIn: page,
  gateway,
  stack,
}) => {
  const why = `${gateway.origin}/why?connection=org-a&sel=unix:uid:4343`;
  await page.goto(why);
  const verdict = page.getByRole('region', { name: 'The answer' }).getByRole('status').first();
  await expect(verdict).toContainText('No entry matches');
  await page.getByRole('link', { name: 'New entry…' }).click();
  await expect(page.getByRole('group', { name: 'Selector 1' }).getByLabel('Value')).toHaveValue('uid:4343');
  await fillEntry(page, stack, '/journey/why');
  await applyWhole(page, /^Create 1/);
  expect(await shownEntries(stack, 'orgA', ['-spiffeID', 'spiffe://org-a.test/journey/why'])).toHaveLength(1);
  await page.goto(why);
  await expect(verdict).toContainText('It gets spiffe://org-a.test/journey/why');
});

test('a small CSV is imported, as spire-server sees it', async ({ signedIn: page, gateway, stack }) => {
  await page.goto(`${gateway.origin}/entries/import?connection=org-a`);
  const row = (name: string, uid: number) =>
    `spiffe://org-a.test/journey/csv-${name},${stack.orgA.nodeId},unix:uid:${uid}`;
  await page
    .getByLabel('Entries as CSV, YAML or JSON')
    .fill(['spiffe_id,parent_id,selectors', row('one', 7001), row('two', 7002)].join('\n'));
  await page.getByRole('button', { name: 'Review plan' }).click();
  await applyWhole(page, 'Create 2 entries');
  const made = (await shownEntries(stack, 'orgA')).filter(({ selectors }) =>
    selectors.some(({ value }) => /^uid:700[12]$/.test(value)),
  );
  expect(made).toHaveLength(2);
  await page.goto(`${gateway.origin}/entries?q=/journey/csv-`);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '3');
});
