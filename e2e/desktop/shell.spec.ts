import { expect, test } from '@playwright/test';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { alive, type Desktop, launch, withHome } from './launch.ts';

/** The built shell beside a stand-in gateway, laid out as a checkout is. */
async function checkout(home: string): Promise<string> {
  const app = join(home, 'apps/desktop/dist');
  await mkdir(join(home, 'apps/gateway/src'), { recursive: true });
  await mkdir(join(home, 'node_modules'), { recursive: true });
  await cp('apps/desktop/dist', app, { recursive: true });
  await cp('e2e/desktop/stand-in-gateway.mjs', join(home, 'apps/gateway/src/main.ts'));
  await symlink(resolve('node_modules/node'), join(home, 'node_modules/node'));
  return app;
}

async function withShell(mode: string, use: (desktop: Desktop) => Promise<void>): Promise<void> {
  await withHome(async (home) => {
    process.env.MUSTER_STAND_IN = mode;
    const desktop = await launch(home, await checkout(home));
    const main = desktop.app.process();
    try {
      await use(desktop);
    } finally {
      if (main.exitCode === null && main.signalCode === null) await desktop.app.close();
    }
  });
}

test('S-30: the secret is handed out once, to the window’s own page, and nothing else of Electron', async () => {
  await withShell('', async ({ page }) => {
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    const inner = page.frame({ url: /\/frame$/u });
    // Preloads do not run in frames, so there is no bridge to ask through.
    expect(await inner?.evaluate(() => typeof window.musterDesktop)).toBe('undefined');
    expect(await page.evaluate(() => Object.keys(window.musterDesktop ?? {}).sort())).toEqual([
      'platform',
      'takeSecret',
    ]);
    expect(await page.evaluate(() => window.musterDesktop?.takeSecret())).toBe('s'.repeat(75));
    expect(await page.evaluate(() => window.musterDesktop?.takeSecret())).toBeNull();
    expect(
      await page.evaluate(() => ['require', 'process', 'module', 'Buffer'].filter((n) => n in window)),
    ).toEqual([]);
  });
});

test('S-30: preferences of the window are the safe ones', async () => {
  await withShell('', async ({ app, page }) => {
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    });
    const opened = await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.openDevTools();
      await new Promise((done) => setTimeout(done, 500));
      return contents?.isDevToolsOpened();
    });
    expect(opened).toBe(false);
  });
});

test('S-30: other windows, other pages, other servers and permissions are denied', async () => {
  await withShell('', async ({ app, page }) => {
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    const own = page.url();
    expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
    await page.evaluate(() => {
      location.href = 'https://example.org/';
    });
    await page.evaluate(() => {
      location.href = 'file:///etc/passwd';
    });
    let arrived = 0;
    const other = createServer((_request, response) => response.end(String(++arrived)));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const reach = (url: string) =>
      page.evaluate((target) => fetch(target, { mode: 'no-cors' }).then(String, () => 'refused'), url);
    expect(await reach(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)).toBe('refused');
    expect(await reach(own)).not.toBe('refused');
    other.close();
    expect(arrived).toBe(0);
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'];
      return Promise.all(
        names.map(
          async (name) => (await navigator.permissions.query({ name } as PermissionDescriptor)).state,
        ),
      );
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
    expect(page.url()).toBe(own);
    expect(app.windows()).toHaveLength(1);
  });
});

test('a gateway that does not heed SIGTERM is gone after quitting', async () => {
  await withShell('stubborn', async ({ app, page, gateways }) => {
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    const [pid = 0] = await gateways();
    expect(alive(pid)).toBe(true);
    await app.close();
    expect(alive(pid)).toBe(false);
  });
});

test('a gateway that cannot start is explained, as text', async () => {
  await withShell('fail', async ({ page }) => {
    await expect(page.getByRole('heading', { name: 'Muster could not start' })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('exit code 1');
    await expect(page.getByRole('alert')).toContainText('connections[0].kind is <b>wrong</b>');
    expect(await page.evaluate(() => window.musterDesktop?.takeSecret())).toBeNull();
  });
});

test('a gateway that crashes is explained and can be started again from the menu', async () => {
  await withShell('', async ({ app, page }) => {
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    await page.evaluate(() => void fetch('/crash').catch(() => undefined));
    await expect(page.getByRole('heading', { name: 'Muster has stopped' })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('exit code 7');
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items[0]?.submenu?.items[0]?.click());
    await expect(page.getByRole('heading', { name: 'Stand-in' })).toBeVisible();
    expect(await page.evaluate(() => window.musterDesktop?.takeSecret())).toBe('s'.repeat(75));
  });
});
