/** Pictures of entries.md. */
export async function entries({ at, page, panel, dialog, button, applied, take, view }) {
  await at('entries/new');
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example/shop/web');
  await page.getByLabel('Parent ID').fill('spiffe://harbor.example/node/pier-a');
  const selector = page.getByRole('group', { name: 'Selector 1' });
  await selector.getByLabel('Type').fill('k8s');
  await selector.getByLabel('Value').fill('ns:shop');
  await button('Add selector').click();
  await page.getByRole('group', { name: 'Selector 2' }).getByLabel('Value').fill('sa:web');
  await take('create-entry');
  await button('Review plan').click();
  await dialog.getByText('spire-server entry create').waitFor();
  await take('plan');
  await applied(button(/^Create 1/, dialog));

  // One of the first that has something to say in most fields.
  const { entries: first } = await view('entries', 'page.limit=18');
  const open = first.find((one) => one.federatesWith.length > 0 && one.dnsNames.length > 0) ?? first[0];
  await at(`entries?id=${open.connection}/${open.id}`);
  await panel.getByText('On the command line').waitFor();
  const grid = page.getByRole('grid', { name: 'Registration entries' });
  await grid.getByRole('row').nth(8).waitFor();
  await take('entries');

  const { entries: all } = await view('entries', 'page.limit=200', 'trust_domains=harbor.example');
  const owned = all.find(({ id }) => /^[\w-]+\.[0-9a-f]{8}-/u.test(id));
  await at(`entries?id=${owned.connection}/${owned.id}`);
  await panel
    .getByText(/managed by/i)
    .first()
    .waitFor();
  await take('entries-owner');

  await at('entries?td=harbor.example&q=payments&seltype=docker&sort=created&desc=1');
  await grid.getByRole('row').nth(1).waitFor();
  await button('Columns').click();
  for (const name of ['Revision', 'Created']) await page.getByRole('checkbox', { name }).check();
  await take('entries-search');
  for (const name of ['Revision', 'Created']) await page.getByRole('checkbox', { name }).uncheck();
  await page.keyboard.press('Escape');

  await at('entries?view=parents&td=harbor.example');
  const tree = page.getByRole('treegrid', { name: 'Entries by parent' });
  await tree.getByText('/spire/server').first().waitFor();
  await tree.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await take('entries-tree');

  await at('entries?td=harbor.example&q=payments');
  await grid.getByText('payments').first().waitFor();
  await button('Export…').click();
  await dialog.getByRole('radio', { name: /CSV/ }).check();
  await take('entries-export');

  await pictureOfImport();

  await at('entries?td=harbor.example&q=payments');
  await grid.getByText('payments').first().waitFor();
  for (const row of [1, 2, 3]) await grid.getByRole('row').nth(row).getByRole('checkbox').check();
  await page
    .getByRole('button', { name: /^Clone/ })
    .or(page.getByRole('link', { name: /^Clone/ }))
    .first()
    .click();
  await page.getByLabel('To', { exact: true }).selectOption({ label: 'lighthouse · lighthouse.example' });
  await button(/^All \d+ live agents/).click();
  await page.getByRole('grid', { name: 'Copies' }).getByText('lighthouse.example').first().waitFor();
  await take('entries-clone');

  async function pictureOfImport() {
    const {
      entries: [one],
    } = await view('entries', 'page.limit=1', 'search=ledger', 'trust_domains=harbor.example');
    const selectors = one.selectors.map(({ type, value }) => `${type}:${value}`).join(';');
    await at('entries/import?connection=harbor');
    await page
      .getByLabel('Entries as CSV, YAML or JSON')
      .fill(
        [
          'spiffe_id,parent_id,selectors,x509_svid_ttl,hint',
          'spiffe://harbor.example/shop/cart,spiffe://harbor.example/node/pier-a,k8s:ns:shop;k8s:sa:cart,1800,cart',
          'spiffe://harbor.example/shop/search,spiffe://harbor.example/node/pier-a,k8s:ns:shop;k8s:sa:search,,',
          'spiffe://harbor.example/shop/web,spiffe://harbor.example/node/pier-a,k8s:ns:shop;k8s:sa:web,,',
          `${one.spiffeId},${one.parentId},${selectors},900,ledger`,
        ].join('\n'),
      );
    await page.getByRole('grid', { name: 'Rows of the file' }).getByRole('row').nth(4).waitFor();
    await page.getByLabel('Entries as CSV, YAML or JSON').evaluate((one) => one.scrollTo(0, 0));
    await take('entries-import');
  }
}
