import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

test.describe('a page of another site', () => {
  test('S-02 S-33: reaches nothing, by no means a browser has', async ({ signedIn, gateway, browser }) => {
    await expect(signedIn.getByRole('navigation')).toBeVisible();
    const before = await sessionsOf(gateway);
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><body><script>
        const to = '${gateway.origin}/muster.v1.SessionService/EndOtherSessions';
        window.results = [];
        const note = (how, promise) => promise.then((r) => results.push([how, r.type, r.status]), () => results.push([how, 'failed', 0]));
        note('cors', fetch(to, {method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'}));
        note('no-cors', fetch(to, {method: 'POST', mode: 'no-cors', body: '{}'}));
        note('get', fetch('${gateway.origin}/', {mode: 'cors'}));
        navigator.sendBeacon(to, new Blob(['{}'], {type: 'application/json'}));
        for (const tag of ['img', 'iframe', 'script']) { const e = document.createElement(tag); e.src = '${gateway.origin}/'; document.body.append(e); }
        try { new WebSocket('${gateway.origin.replace('http', 'ws')}/'); } catch {}
        try { new EventSource('${gateway.origin}/'); } catch {}
        const form = document.createElement('form'); form.action = to; form.method = 'post'; form.target = 'sink'; form.enctype = 'text/plain';
        const sink = document.createElement('iframe'); sink.name = 'sink'; document.body.append(sink, form); form.submit();
      </script>`);
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const context = await browser.newContext();
    const page = await context.newPage();
    const answered: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(gateway.origin)) answered.push(response.status());
    });
    await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
    await expect.poll(() => page.evaluate('results.length')).toBe(3);
    await page.waitForTimeout(500);
    const results = await page.evaluate<[string, string, number][]>('results');
    expect(results.filter(([, type]) => type !== 'failed' && type !== 'opaque')).toEqual([]);
    expect(answered.filter((status) => status < 400)).toEqual([]);
    for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain('Muster');
    expect(await sessionsOf(gateway)).toBe(before);
    await context.close();
    evil.close();
  });
});

test('S-06 S-13 S-34: nothing that opens a session stays in the page or on disk', async ({ gateway }) => {
  const profile = test.info().outputPath('profile');
  const { executablePath, args } = test.info().project.use.launchOptions ?? {};
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    args: args ?? [],
  });
  const page = await context.newPage();
  const link = await gateway.open();
  const secret = link.split('=')[1] ?? '';
  await page.goto(link);
  await expect(page.getByRole('navigation')).toBeVisible();
  expect(page.url()).not.toContain('sign-in');
  expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(stored).not.toContain(secret);
  expect(await page.evaluate(() => navigator.serviceWorker?.getRegistrations().then((r) => r.length))).toBe(
    0,
  );
  await page.reload();
  await expect(page.getByRole('navigation')).toBeVisible();
  await context.close();
  // The browser itself may have noted the address it was sent to; the code in it is used up, and what the page keeps
  // was derived from it together with a nonce that stands nowhere.
  const raw = Buffer.from(secret, 'base64url').subarray(24);
  const holders = filesBelow(profile).filter((file) => readFileSync(file).includes(raw));
  expect(holders).toEqual([]);
});

test('a used link says so, in place', async ({ browser, gateway }) => {
  const link = await gateway.open();
  const first = await browser.newContext();
  await (await first.newPage()).goto(link);
  const second = await browser.newContext();
  const page = await second.newPage();
  await page.goto(link);
  await expect(page.getByText(/was used|not good/)).toBeVisible();
  await expect(page.getByText('muster open').first()).toBeVisible();
  await first.close();
  await second.close();
});

async function sessionsOf(gateway: { muster(args: string[]): Promise<{ stdout: string }> }): Promise<number> {
  const { stdout } = await gateway.muster(['view', 'sessions', '--json']);
  const { sessions } = JSON.parse(stdout) as { sessions: { client: string }[] };
  return sessions.filter(({ client }) => client !== 'cli').length;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}
