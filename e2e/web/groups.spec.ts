import { armed, expect, test } from '../fixtures.ts';

test('a moderator reads and writes, removes a member and invites it again', async ({
  signedIn: page,
  gateway,
}) => {
  test.setTimeout(120_000);
  await page.goto(`${gateway.origin}/channels`);
  await page.getByText('acme/ops/incident-room').first().click();
  const members = page.getByRole('grid', { name: 'Members' });
  await expect(members.getByText('acme/ops/bob')).toBeVisible();
  await expect(members.getByText(/online/i).first()).toBeVisible();

  await page.getByLabel('Message to the channel').fill('Who has the pager tonight?');
  await page.keyboard.press('Enter');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages.getByText('Who has the pager tonight?')).toBeVisible();
  await expect(page.getByLabel('Message to the channel')).toHaveValue('');
  // Somebody answers, really over the node.
  await expect(
    messages.getByText(/acme\/ops\/(bob|alice|pager-bot)|bob|alice|pager-bot/).first(),
  ).toBeVisible();

  await members.getByText('acme/ops/bob').click();
  await page
    .getByRole('button', { name: /^Remove/ })
    .first()
    .click();
  const review = page.getByRole('dialog');
  await (await armed(review.getByRole('button', { name: /^Remove/ }))).click();
  await review.getByRole('button', { name: 'Done' }).click();
  await expect(members.getByText('acme/ops/bob')).toHaveCount(0);

  await page
    .getByRole('button', { name: /^Invite/ })
    .first()
    .click();
  const invite = page.getByRole('dialog');
  await invite.getByText('acme/ops/bob').first().click();
  await invite.getByRole('button', { name: 'Review the invitation' }).click();
  await (await armed(page.getByRole('button', { name: 'Invite member' }))).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(members.getByText('acme/ops/bob')).toBeVisible();
});
