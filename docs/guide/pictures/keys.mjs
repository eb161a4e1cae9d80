/** Pictures of keys.md. The practice network has no channel manager: its keys own nothing yet. */
export async function keys({ at, act, page, panel, take }) {
  for (const alias of ['operations', 'payments']) await act('ownerKey.create', { alias });
  await at('owner-keys');
  await page.getByRole('row', { name: /operations/ }).click();
  await panel.waitFor();
  await take('owner-keys');
}
