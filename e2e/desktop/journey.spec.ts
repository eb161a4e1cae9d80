import { expect, test } from '@playwright/test';
import { alive, launch, withHome } from './launch.ts';

test('the window opens, entries are listed, an SVID is inspected, and quitting leaves no gateway', async () => {
  await withHome(async (home) => {
    const { app, page, gateways } = await launch(home);
    const main = app.process();
    try {
      const nav = page.getByRole('navigation').first();
      await nav.getByRole('link', { name: 'Entries' }).click();
      await expect(page.getByRole('heading', { name: 'Entries', level: 1 })).toBeVisible();
      await expect(page.getByText(/^spiffe:\/\/.+\/.+/u).first()).toBeVisible();

      await nav.getByRole('link', { name: /inspector/iu }).click();
      await page.getByRole('textbox', { name: /document|paste/iu }).fill('spiffe://example.org/billing/api');
      await expect(page.getByText('Valid', { exact: true }).first()).toBeVisible();

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

test('a window that is killed takes its gateway with it', async () => {
  await withHome(async (home) => {
    const { app, page, gateways } = await launch(home);
    await expect(page.getByRole('navigation').first()).toBeVisible();
    const [pid = 0] = await gateways();
    expect(alive(pid)).toBe(true);
    app.process().kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 15_000 }).toBe(false);
  });
});
