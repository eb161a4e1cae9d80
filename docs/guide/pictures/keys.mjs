/** Pictures of keys.md: keys with what they own on the channel manager of the practice network, and a channel of ours. */
export async function keys({ at, act, page, panel, take }) {
  for (const alias of ['operations', 'payments']) await act('ownerKey.create', { alias });
  await act('channel.create', {
    connection: 'channel-manager',
    name: 'acme/ops/bridge',
    owner: 'operations',
    ttl_seconds: 86_400,
  });
  await at('owner-keys');
  await page.getByRole('row', { name: /operations/ }).click();
  await panel.getByText('acme/ops/bridge').first().waitFor();
  await take('owner-keys');

  await at('channels');
  await page.getByText('acme/ops/war-room').first().click();
  const channel = page.getByRole('region', { name: 'Channel acme/ops/war-room' });
  await channel.getByRole('grid', { name: 'Members' }).getByText('acme/ops/alice').waitFor();
  await take('owned-channel');
}
