import type { Page } from '@playwright/test';
import { type Participant, startParticipant } from '../../realstack/real/participant.ts';
import { applyPlan, expect, slimctl, test } from './fixtures.ts';

const room = 'agntcy/journey/room';
const alice = 'agntcy/journey/alice';
const managed = 'agntcy/journey/managed';

async function create(page: Page, manager: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New channel' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Managed by').selectOption(manager);
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Review the new channel' }).click();
  await applyPlan(page, /^Create channel/);
}

test('our moderator on the real node makes a channel, invites a real participant, hears it, removes it', async ({
  signedIn: page,
  gateway,
  stack,
}) => {
  const { nodeA, sharedSecretFile } = stack.slim;
  let participant: Participant | undefined;
  try {
    participant = await startParticipant(nodeA.dataplane, sharedSecretFile, alice);
    await page.goto(`${gateway.origin}/channels`);
    // The moderator's own connection takes a moment after the gateway's start.
    await expect
      .poll(async () => (await gateway.muster(['view', 'connections', '--json'])).stdout, { timeout: 45_000 })
      .toMatch(/"name": ?"moderate",\s*"available": ?true/);
    await create(page, 'node-a', room);

    // A channel that was made is opened.
    const channel = page.getByRole('region', { name: `Channel ${room}` });
    await channel.getByRole('button', { name: 'Invite' }).click();
    const invite = page.getByRole('dialog');
    await invite.getByRole('textbox').fill(alice);
    await invite.getByRole('button', { name: 'Review the invitation' }).click();
    await applyPlan(page, /^Invite member/);

    const row = channel.getByRole('row', { name: /journey ?\/alice/u });
    await expect(row.getByText(/online/i)).toBeVisible({ timeout: 30_000 });

    await page.getByLabel('Message to the channel').fill('Is anybody there?');
    await page.keyboard.press('Enter');
    const messages = page.getByRole('region', { name: 'Messages' });
    await expect(messages.getByText('Is anybody there?')).toBeVisible();
    await expect(page.getByLabel('Message to the channel')).toHaveValue('');
    // Over the real node, from a process that is not ours.
    await expect(messages.getByText('alice', { exact: true }).first()).toBeVisible({ timeout: 30_000 });

    await row.getByText('alice').first().click();
    await page.getByRole('button', { name: 'Remove from channel…' }).click();
    await applyPlan(page, /^Remove member/);
    await expect(row).toHaveCount(0, { timeout: 30_000 });
  } finally {
    await participant?.stop();
  }
});

test('a channel made on the real channel manager is owned by our key', async ({
  signedIn: page,
  gateway,
  stack,
}) => {
  await page.goto(`${gateway.origin}/channels`);
  await create(page, 'channel-manager', managed);
  await page.goto(`${gateway.origin}/channels`);
  const row = page.getByRole('row').filter({ hasText: managed });
  await expect(row.getByText('owned by us')).toBeVisible({ timeout: 30_000 });
  await expect(row.getByRole('gridcell', { name: /^channel-manager/u })).toBeVisible();
  const listed = await slimctl(stack, [
    'channel-manager',
    '--server',
    stack.slim.channelManager,
    'list-channels',
  ]);
  expect(listed).toContain(managed);
  expect(listed).toMatch(/did:key:z/);
});
