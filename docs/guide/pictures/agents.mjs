/** Pictures of agents.md. */
export async function agents({ at, page, panel, dialog, button, take, view }) {
  const { agents: all } = await view('agents', 'trust_domains=harbor.example', 'state=attested');
  const busy = all.toSorted((a, b) => Number(b.entries ?? 0) - Number(a.entries ?? 0))[0];
  await at(`agents?td=harbor.example&id=${encodeURIComponent(busy.id)}&on=${busy.connection}`);
  await panel.getByText('spire-server agent show').waitFor();
  await take('agents');

  await at('agents?td=harbor.example');
  await button('New join token…').click();
  await dialog.getByLabel('SPIFFE ID for the agent').fill('spiffe://harbor.example/node/gpu-7');
  await button('Review', dialog).click();
  await button(/^Make 1 join token/, dialog)
    .and(page.locator('[data-armed=true]'))
    .click();
  await dialog.getByText('Shown this once.').waitFor();
  await take('join-token');
  await button('Done', dialog).click();

  await at('agents?td=harbor.example');
  await button('Purge expired…').click();
  await dialog.getByRole('textbox', { name: 'Expired for at least' }).fill('1');
  await button('See what it hits', dialog).click();
  await dialog.getByText('spire-server agent purge').last().waitFor();
  await take('agents-purge');
}
