/** Pictures of workload.md. The longer the network has run, the more renewals there are to see. */
export async function workload({ at, page, panel, dialog, button, view, take }) {
  // SVIDs of the practice network live four minutes and are renewed at half of that.
  for (let waited = 0; waited < 150; waited += 5) {
    const seen = JSON.stringify(await view('workload'));
    if (/"rotations":"?[1-9]/u.test(seen)) break;
    await page.waitForTimeout(5_000);
  }
  await at('workload');
  const identities = page.getByRole('grid', { name: 'Identities' });
  await identities.getByRole('row').nth(1).click();
  await panel.waitFor();
  await take('workload');

  await at('expiry');
  await page.getByRole('grid').getByRole('row').nth(6).waitFor();
  await take('expiry');

  await at('mint');
  await page.getByLabel('SPIRE server').selectOption({ index: 1 });
  await page.getByLabel('SPIFFE ID').fill('spiffe://harbor.example/break-glass/operator');
  await button('Review…').click();
  await dialog.waitFor();
  await take('mint');
}
