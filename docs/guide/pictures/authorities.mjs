/** Pictures of authorities.md: a rotation as far as it goes without waiting. */
export async function authorities({ at, page, panel, dialog, button, act, view, take }) {
  // An old key needs its time before it can be tainted; preparing and activating show what that looks like.
  await act('authority.prepare', { connection: 'harbor', kind: 'x509' });
  // The bundle now, and as it was before: Muster sees the new key at its next reading.
  const first = await earlier();
  await at(`trust-domains?tab=compare&left=harbor/harbor.example&right=harbor/harbor.example@${first}`);
  await page.getByRole('table').first().waitFor();
  await take('compare');

  await at('authorities?at=harbor/x509');
  await panel.getByRole('list', { name: 'Steps of the rotation' }).waitFor();
  await take('authorities');
  await button(/^Activate/, panel).click();
  await dialog.getByText('spire-server localauthority x509 activate').first().waitFor();
  await take('authority-plan');
  await button('Cancel', dialog).click();
  await dialog.waitFor({ state: 'detached' });

  async function earlier() {
    for (let waited = 0; waited < 90; waited += 3) {
      const { bundles } = await view('bundles', 'connection=harbor');
      const { versions } = bundles.find(({ trustDomain }) => trustDomain === 'harbor.example');
      if (versions.length > 1) return versions.at(-1);
      await page.waitForTimeout(3_000);
    }
    throw new Error('The new key was not seen in the bundle within 90 s.');
  }
}
