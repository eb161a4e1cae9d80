/** Pictures of federation.md. */
export async function federation({ at, page, panel, dialog, button, take }) {
  await at('trust-domains?name=harbor/lighthouse.example');
  await panel.getByText('spire-server bundle').first().waitFor();
  await take('trust-domains');

  await at('trust-domains?tab=map');
  await page.getByRole('table', { name: 'Federations' }).waitFor();
  await take('map');

  await at('federation');
  await button('New federation…').click();
  await dialog.getByText('How harbor reaches').waitFor();
  await dialog.getByLabel(/^Bundle endpoint of/).fill('https://spire.partner.example:8443');
  await dialog.getByLabel('Their trust domain').fill('partner.example');
  await take('federation-pair');

  await at('federation?tab=doctor');
  await page.getByText('drydock.test').first().waitFor();
  await take('federation-doctor');

  await at('federation');
  await page.getByRole('grid', { name: 'Federations' }).getByRole('row').nth(2).click();
  await panel.waitFor();
  await take('federation');
}
