import { armed, expect, test } from '../fixtures.ts';

test('an agent is found, looked at, banned and let back, by plans', async ({ signedIn: page }) => {
  await page.goto(`${new URL(page.url()).origin}/agents?type=k8s_psat&state=attested&td=harbor.example`);
  const grid = page.getByRole('grid', { name: 'Agents' });
  const row = grid.getByRole('row').nth(1);
  await expect(row).toContainText('k8s_psat');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search agents' })).toBeFocused();

  await row.click();
  await expect(page).toHaveURL(/id=spiffe:\/\/harbor\.example\/spire\/agent\/k8s_psat/);
  const detail = page.getByRole('complementary');
  await expect(
    detail.getByText('SPIRE does not say when an agent was last seen', { exact: false }),
  ).toBeVisible();
  await expect(detail.getByText('spire-server agent show', { exact: false })).toBeVisible();

  await detail.getByRole('button', { name: 'Ban…' }).click();
  const plan = page.getByRole('dialog');
  await expect(plan.getByText('SPIRE has no unban', { exact: false })).toBeVisible();
  await (await armed(plan.getByRole('button', { name: 'Ban 1 agent' }))).click();
  await expect(plan.getByText('Applied: 1 done.')).toBeVisible();
  await plan.getByRole('button', { name: 'Done' }).click();
  await expect(detail.getByText('banned', { exact: true })).toBeVisible();
  const ban = detail.getByRole('button', { name: 'Ban…' });
  await expect(ban).toHaveAttribute('aria-disabled', 'true');

  await detail.getByRole('button', { name: 'Evict…' }).click();
  await expect(plan.getByText('evicting lifts the ban', { exact: false })).toBeVisible();
  await (await armed(plan.getByRole('button', { name: 'Evict 1 agent' }))).click();
  await expect(plan.getByText('Applied: 1 done.')).toBeVisible();
  await plan.getByRole('button', { name: 'Done' }).click();
  await expect(detail).toHaveCount(0);
});

test('what has been expired for long is purged by a list seen before', async ({ signedIn: page }) => {
  await page.goto(`${new URL(page.url()).origin}/agents?td=harbor.example`);
  await page.getByRole('button', { name: 'Purge expired…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Expired for at least' }).fill('1');
  await dialog.getByRole('button', { name: 'See what it hits' }).click();
  await expect(dialog.getByText('as spire-server agent purge leaves them', { exact: false })).toBeVisible();
  await expect(dialog.getByText('spire-server agent purge', { exact: false }).last()).toBeVisible();
  await (await armed(dialog.getByRole('button', { name: 'Purge 1 agent' }))).click();
  await expect(dialog.getByText('Applied: 1 done.')).toBeVisible();
});

test('S-14: a join token is masked until asked for, told once, and in no address', async ({
  signedIn: page,
}) => {
  await page.goto(`${new URL(page.url()).origin}/agents?td=harbor.example`);
  await page.getByRole('button', { name: 'New join token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await (await armed(dialog.getByRole('button', { name: 'Make 1 join token' }))).click();
  await expect(dialog.getByText('Shown this once.')).toBeVisible();
  const token = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/u;
  expect(token.test(await dialog.innerText())).toBe(false);
  await dialog.getByRole('button', { name: 'Show' }).first().click();
  const shown = token.exec(await dialog.innerText())?.[0] ?? '';
  expect(shown).toHaveLength(36);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page).toHaveURL(/tab=tokens/);
  const row = page.getByRole('grid', { name: 'Join tokens' }).getByRole('row').nth(1);
  await expect(row).toContainText('outstanding');
  await expect(row).toContainText(shown.slice(-4));
  expect(await page.content()).not.toContain(shown);
  expect(page.url()).not.toContain(shown);
});
