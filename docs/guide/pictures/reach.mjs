/** Pictures of reach.md. */
export async function reach({ at, page, take }) {
  await at('reach?from=acme/ops/bob&to=acme/payments/ledger-agent');
  await page.getByText('first wrong').waitFor();
  await take('reach');

  await at('network?channel=acme/ops/incident-room&from=acme/ops/bob&to=acme/support/triage-bot');
  await page.getByRole('link', { name: 'Step by step' }).waitFor();
  await take('reach-map');
}
