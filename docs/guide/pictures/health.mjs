/** Pictures of health.md, why.md, history.md and generators.md. */
export async function health({ at, page, panel, act, view, take }) {
  await at('health?code=broad-selectors');
  await page.getByRole('grid', { name: 'Findings' }).getByRole('row').nth(1).click();
  await panel.waitFor();
  await take('health');

  // A container as docker inspect has it: like the entry, but for one label.
  const { entries } = await view('entries', 'page.limit=200', 'trust_domains=harbor.example', 'state=served');
  const wanted = entries.find(
    ({ selectors }) => selectors.filter(({ type }) => type === 'docker').length > 1,
  );
  await at('why?connection=harbor');
  await page.getByRole('textbox', { name: 'Evidence' }).fill(inspectOf(wanted.selectors));
  await page.getByText(wanted.spiffeId.replace('spiffe://harbor.example', '')).first().waitFor();
  await take('why');

  await act('entry.update', {
    connection: wanted.connection,
    id: wanted.id,
    set: { x509_svid_ttl: 900, hint: 'planner' },
  });
  await at('history');
  await page.getByRole('grid', { name: 'Changes' }).getByRole('row').nth(1).click();
  await panel.waitFor();
  await take('history');

  await at(`generate?connection=harbor&entry=${wanted.id}&kind=docker-run`);
  await page.getByText('docker run').last().waitFor();
  await take('generate');
}

function inspectOf(selectors) {
  const of = (prefix) =>
    selectors
      .filter(({ type, value }) => type === 'docker' && value.startsWith(`${prefix}:`))
      .map(({ value }) => value.slice(prefix.length + 1));
  const labels = of('label').map((text) => text.split(/:(.*)/su));
  return JSON.stringify(
    [
      {
        Id: '5f0c1d2e3a4b',
        Name: '/planner',
        Config: {
          Image: 'registry.harbor.example/planner:4',
          // Written as people write it: the case is another, so it is another value.
          Labels: Object.fromEntries(
            labels.map(([key, value], at) => [
              key,
              at === 0 ? `${value[0].toUpperCase()}${value.slice(1)}` : value,
            ]),
          ),
          Env: of('env'),
        },
      },
    ],
    null,
    2,
  );
}
