/** Pictures of the guide's README and of console.md: what is around SPIFFE, and the first walk. */
export async function around(studio) {
  const { at, page, panel, dialog, button, browser, gateway, act, take } = studio;
  await at('channels');
  await page.getByText('acme/ops/incident-room').first().click();
  const members = page.getByRole('grid', { name: 'Members' });
  await members
    .getByText(/online/i)
    .first()
    .waitFor();
  await page.getByLabel('Message to the channel').fill('Who has the pager tonight?');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Messages' }).getByText('Who has the pager tonight?').waitFor();
  // Members answer in their own time.
  await page.getByRole('log').getByRole('listitem').nth(2).waitFor();
  await take('channels');

  await at('connections?name=harbor');
  await panel.getByText('entries.write').waitFor();
  await take('connections');
  await panel.getByLabel('Log level').selectOption({ label: 'DEBUG' });
  await button('Set…', panel).click();
  await dialog.getByText('spire-server logger set').waitFor();
  await take('logger');

  await act('agent.joinToken', { connection: 'lighthouse', ttl: 600 }).catch(() => {});
  await at('activity');
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await panel.waitFor();
  await take('activity');

  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(await gateway.open());
  await second.getByRole('navigation').waitFor();
  await at('sessions');
  await page.getByRole('table').getByRole('row').nth(2).waitFor();
  await take('sessions');
  await other.close();

  await at('');
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
  await take('overview');
}
