import { expect, test } from '@playwright/test';
import { alive, launch, lendMissing, withHome } from './launch.ts';

test('the window opens, entries are listed, an SVID is inspected, and quitting leaves no gateway', async () => {
  await withHome(async (home) => {
    const { app, page, gateways } = await launch(home);
    const main = app.process();
    try {
      const pages = page.getByRole('navigation', { name: 'Pages' });
      await pages.getByRole('link', { name: /^Entries/u }).click();
      const entries = page.getByRole('grid', { name: 'Registration entries' });
      await expect(entries.getByRole('row').nth(5)).toBeVisible();
      await expect(entries).toContainText('harbor.example');

      await lendMissing(page);
      await pages.getByRole('link', { name: /^SVID inspector/u }).click();
      const source = page.getByRole('region', { name: 'Source' });
      await source
        .getByRole('button', { name: /harbor-workload/u })
        .first()
        .click();
      const verdict = page.getByRole('region', { name: 'Verdict' });
      await expect(verdict.getByRole('status').first()).toContainText(/^Valid/u);

      const [pid = 0] = await gateways();
      const address = page.url();
      expect(alive(pid)).toBe(true);
      await app.close();
      expect(alive(pid)).toBe(false);
      await expect(fetch(address)).rejects.toThrow();
    } finally {
      if (main.exitCode === null && main.signalCode === null) await app.close();
    }
  });
});

test('a reloaded window is still signed in', async () => {
  await withHome(async (home) => {
    const { app, page } = await launch(home);
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await expect(pages).toBeVisible();
    await page.reload();
    await pages.getByRole('link', { name: /^Entries/u }).click();
    await expect(page.getByRole('grid', { name: 'Registration entries' })).toContainText('harbor.example');
    await app.close();
  });
});

test('a window that is killed takes its gateway with it', async () => {
  await withHome(async (home) => {
    const { app, page, gateways } = await launch(home);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
    const [pid = 0] = await gateways();
    expect(alive(pid)).toBe(true);
    app.process().kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 15_000 }).toBe(false);
  });
});
