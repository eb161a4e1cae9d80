/** Pictures of members.md. */
export async function members({ at, page, act, take }) {
  await at('channels?channel=slim/acme/ops/incident-room&member=acme/ops/pager-bot');
  const grid = page.getByRole('grid', { name: 'Members' });
  await grid.getByText('agent banned').waitFor();
  await grid.getByText('harbor/quay-2').waitFor();
  await page.getByRole('region', { name: 'Identity' }).getByText('on harbor').waitFor();
  await take('members');

  const room = { connection: 'slim', channel: 'acme/ops/incident-room', member: 'acme/ops/bob' };
  await act('member.remove', room);
  await act('member.invite', room);
  await at('roster?channel=acme/ops/incident-room');
  const events = page.getByRole('grid', { name: 'Roster events' });
  await events.getByText('left').waitFor();
  await events.getByText('joined').first().click();
  await page.getByRole('complementary').getByText('applied by').waitFor();
  await take('roster');
}
