import { readFile } from 'node:fs/promises';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { Page } from '@playwright/test';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { applyWhole, armed, expect, goTo, test } from '../fixtures.ts';
import type { RunningGateway } from '../gateway.ts';

const manager = 'channel-manager';
const room = 'acme/ops/bridge';

const channelOf = (page: Page, name: string) => page.getByRole('region', { name: `Channel ${name}` });
const member = (page: Page, channel: string, name: RegExp) =>
  channelOf(page, channel).getByRole('grid', { name: 'Members' }).getByRole('row', { name });

async function open(page: Page, name: string): Promise<void> {
  await goTo(page, 'Channels');
  await page.getByText(name).first().click({ timeout: 15_000 });
  await expect(channelOf(page, name)).toBeVisible();
}

/** Until the plan of the invitation is shown. */
async function invite(page: Page, channel: string, name: string): Promise<void> {
  await channelOf(page, channel).getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^(Or others, by name|Names)/u).fill(name);
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Review the invitation' }).click();
}

/** Presses the plan's button; the manager refuses, in these words. */
async function refused(page: Page, words: RegExp): Promise<void> {
  const plan = page.getByRole('dialog');
  await (await armed(plan.getByRole('button', { name: /^Invite member/u }))).click();
  await expect(plan.getByText(words).first()).toBeVisible({ timeout: 30_000 });
  await plan.getByRole('button', { name: /^(Done|Close)$/u }).click();
}

async function view<T>(gateway: RunningGateway, name: string): Promise<T> {
  const { code, stdout, stderr } = await gateway.muster(['view', name, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** The practice SLIM network is up, and owners can be asked. */
async function settled(gateway: RunningGateway): Promise<void> {
  const asked = async () =>
    (await view<{ callbackNames?: string[] }>(gateway, 'approvals')).callbackNames?.length ?? 0;
  await expect.poll(asked, { timeout: 45_000 }).toBe(1);
}

/** The manager itself, as somebody else's program calls it. */
async function theManager(gateway: RunningGateway) {
  const { connections } = await view<{ connections: { name: string; address: string }[] }>(
    gateway,
    'connections',
  );
  const baseUrl = connections.find(({ name }) => name === manager)?.address ?? '';
  return createClient(ChannelManagerService, createGrpcTransport({ baseUrl }));
}

test('a key is made, owns a channel that ends by itself, and lets in by a grant, here and elsewhere', async ({
  signedIn: page,
  gateway,
}) => {
  test.setTimeout(150_000);
  await settled(gateway);
  await goTo(page, 'Owner keys');
  // The key of the configuration owns what the practice network gives us.
  const configured = page.getByRole('row', { name: /key of channel-manager/u });
  await expect(configured).toContainText('2 channels');
  await page.getByRole('button', { name: 'New key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('bridge');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await applyWhole(page, /owner key/u);

  await goTo(page, 'Channels');
  await page.getByRole('button', { name: 'New channel' }).first().click();
  await dialog.getByLabel('Managed by').selectOption(manager);
  await dialog.getByLabel('Name', { exact: true }).fill(room);
  await dialog.getByLabel('Owner', { exact: true }).selectOption('bridge');
  await dialog.getByLabel('Lives').selectOption('3600');
  await dialog.getByRole('button', { name: 'Review the new channel' }).click();
  await applyWhole(page, /^Create channel/u);
  const channel = channelOf(page, room);
  await expect(channel).toContainText('bridge');
  await expect(channel).toContainText(/in 59 min|in 1 h/u);

  // The plan signs the grant.
  await invite(page, room, 'acme/ops/alice');
  await applyWhole(page, /^Invite member/u);
  await expect(member(page, room, /alice/u)).toBeVisible();

  // For somebody else: shown once, good once.
  await goTo(page, 'Owner keys');
  await page
    .getByRole('button', { name: /^Issue a grant/u })
    .first()
    .click();
  await dialog.getByLabel('Channel').selectOption(`${room} on ${manager}`);
  await dialog.getByLabel('Member').fill('acme/ops/bob');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await (await armed(dialog.getByRole('button', { name: /grant/iu }).last())).click();
  await expect(dialog.getByText('Shown this once.')).toBeVisible();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  const grant = await readFile(await (await saving).path());
  await dialog.getByRole('button', { name: 'Done' }).click();
  const elsewhere = await theManager(gateway);
  const bob = { channelName: room, participantName: 'acme/ops/bob' };
  expect((await elsewhere.addParticipant(bob)).errorMsg).toContain('requires a grant from its owner');
  expect(await elsewhere.addParticipant({ ...bob, grant })).toMatchObject({ success: true });
  expect((await elsewhere.addParticipant({ ...bob, grant })).errorMsg).toContain('already been used');
  await open(page, room);
  await expect(member(page, room, /bob/u)).toBeVisible();

  await channel.getByRole('button', { name: /^Delete/u }).click();
  await (await armed(dialog.getByRole('button', { name: /^Delete channel/u }))).click();
  // The page of what is gone closes by itself, and the plan with it.
  await expect(channel).toHaveCount(0);
  await page.goto(`${gateway.origin}/channels`);
  await expect(page.getByText('acme/ops/war-room').first()).toBeVisible();
  await expect(page.getByText(room)).toHaveCount(0);
});

test('channels of others: asked for, refused with the reason, or locked', async ({
  signedIn: page,
  gateway,
}) => {
  test.setTimeout(120_000);
  await settled(gateway);
  await open(page, 'acme/payments/month-end');
  await invite(page, 'acme/payments/month-end', 'acme/ops/bob');
  await expect(page.getByRole('dialog')).toContainText(/whose key this gateway does not hold/u);
  await refused(page, /channel owner denied the request: Only applications of payments are let in/u);
  await invite(page, 'acme/payments/month-end', 'acme/payments/fraud-watch');
  await applyWhole(page, /^Invite member/u);
  await expect(member(page, 'acme/payments/month-end', /fraud-watch/u)).toBeVisible();

  await open(page, 'acme/legal/hold');
  await invite(page, 'acme/legal/hold', 'acme/ops/bob');
  await refused(page, /its owner left no name to ask at: get a grant from the owner/u);

  await open(page, 'acme/platform/announcements');
  const locked = channelOf(page, 'acme/platform/announcements').getByRole('button', { name: 'Invite' });
  await expect(locked).toHaveAttribute('aria-disabled', 'true');
});

test('whoever asks the owner is let in or not, as the owner says', async ({ signedIn: page, gateway }) => {
  test.setTimeout(120_000);
  await settled(gateway);
  const elsewhere = await theManager(gateway);
  const ask = (participantName: string) =>
    elsewhere.addParticipant({ channelName: 'acme/ops/war-room', participantName });
  await goTo(page, 'Approvals');

  const denied = ask('acme/payments/ledger-agent');
  const ledger = page.getByRole('listitem', { name: /Add .*ledger-agent/u });
  await expect(ledger).toContainText('key of channel-manager');
  await ledger.getByRole('button', { name: 'Deny…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Not during the incident');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await applyWhole(page, /^Deny/u);
  expect((await denied).errorMsg).toContain('Not during the incident');

  const approved = ask('acme/payments/ledger-agent');
  await ledger.getByRole('button', { name: 'Approve…' }).click();
  await applyWhole(page, /^Approve/u);
  expect(await approved).toMatchObject({ success: true });
  const decided = page.getByRole('region', { name: 'Decided' });
  await expect(decided.getByRole('row', { name: /ledger-agent/u })).toHaveCount(2);
  await open(page, 'acme/ops/war-room');
  await expect(member(page, 'acme/ops/war-room', /ledger-agent/u)).toBeVisible();
});
