/** Pictures of network.md. */
export async function network({ at, page, panel, dialog, button, take }) {
  await at('network');
  const map = page.getByRole('group', { name: /^Map of/ });
  await page.getByRole('link', { name: /lost on its node/ }).waitFor();
  await map.getByRole('button', { name: /^Segment operations/ }).click();
  await panel.getByRole('button', { name: 'Remove…' }).waitFor();
  await take('network');

  await at('network?tab=routes');
  const routes = page.getByRole('grid', { name: 'Routes' });
  await routes.getByText('not on node').waitFor();
  await routes.getByRole('row').nth(1).click();
  await panel.getByRole('list', { name: 'Hops' }).getByText('connected').first().waitFor();
  await take('network-routes');

  await at('network?tab=segments');
  await button('Link two domains…').click();
  await dialog.getByLabel('Segment').selectOption('operations');
  await dialog.getByLabel('One domain').fill('drydock');
  await dialog.getByLabel('The other domain').fill('lighthouse');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByText('slimctl controller').waitFor();
  await take('network-plan');
}
