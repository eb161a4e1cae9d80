/** Pictures of groups.md: the channels, and one group as two of them have it: a channel manager's, with our session beside it. */
export async function groups({ at, act, page, take }) {
  const channel = 'acme/ops/war-room';
  await at('channels');
  const list = page.getByRole('grid', { name: 'Channels' });
  await list.getByText(channel).waitFor();
  await take('channel-list');

  await act('session.open', { connection: 'slim', channel });
  await at(`channels?channel=channel-manager/${channel}&view=compare`);
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await comparison.getByRole('columnheader', { name: 'slim', exact: true }).waitFor();
  await take('group-compare');
}
