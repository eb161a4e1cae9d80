import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInLink } from '@muster/api';
import type { Page } from '@playwright/test';
import type { GatewayAnswer } from '../inventory/gateway.ts';
import { heard, start } from '../inventory/processes.ts';
import { inBrowser } from './browser.ts';
import { during, ms } from './during.ts';
import { putProbe } from './probe.ts';

const size = { routes: 100_000, members: 5000, domains: 10, nodes: 100 };

/** The map of a network of 100,000 routes on 1,000 nodes in ten domains, and a channel of 5,000 members on it. */
export async function map(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
  const children: ChildProcess[] = [];
  const run = (file: string, args: string[]): ChildProcess => {
    const child = start(file, args);
    children.push(child);
    return child;
  };
  try {
    await inBrowser(async (pages) => {
      const network = run(join(import.meta.dirname, '../network/server.ts'), Object.values(size).map(String));
      const [{ plane, manager }] = (await heard(network)) as [{ plane: string; manager: string }];
      const connections = [
        { name: 'plane', kind: 'slim-control-plane', address: plane },
        { name: 'manager', kind: 'channel-manager', address: manager },
      ];
      const gateway = run('gateway.ts', [home, JSON.stringify(connections), pages]);
      const [{ origin = '', secret }] = (await heard(gateway)) as [GatewayAnswer];
      if (!secret) throw new Error('The gateway gave no launch code.');
      return signInLink(origin, secret);
    }, measure);
  } finally {
    for (const child of children) child.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/network`);
  const picture = page.getByRole('group', { name: /^Map of/ });
  // Once every route is read and compared with its node.
  await page.getByRole('link', { name: /lost on their nodes/ }).waitFor({ timeout: 300_000 });
  await page.goto(`${origin}/entries`);
  await putProbe(page);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const say = async (what: string, run: () => Promise<void>): Promise<void> => {
    const { longest, heaviest } = await during(page, run);
    const drawn = await picture.locator('*').count();
    console.log(
      `map       ${what}: longest frame ${ms(longest)} (goal 100), of CPU ${ms(heaviest)} in one task, ${drawn} elements drawn`,
    );
  };
  const settled = () => page.waitForTimeout(500);

  const began = performance.now();
  await pages.getByRole('link', { name: 'Network' }).click();
  await picture.waitFor();
  console.log(`map       first picture ${ms(performance.now() - began)} after the click`);
  await say('the page left and opened again', async () => {
    await pages.getByRole('link', { name: 'Entries' }).click();
    await pages.getByRole('link', { name: 'Network' }).click();
    await picture.waitFor();
    await settled();
  });
  await page.mouse.move(800, 500);
  await say('zoom', async () => {
    await page.keyboard.down('Control');
    for (let i = 0; i < 40; i++) {
      await page.mouse.wheel(0, i < 20 ? -40 : 40);
      await page.waitForTimeout(16);
    }
    await page.keyboard.up('Control');
  });
  await page.getByRole('button', { name: 'Larger' }).click();
  await say('pan', async () => {
    for (let i = 0; i < 40; i++) {
      await page.mouse.wheel(i < 20 ? 60 : -60, i < 20 ? 40 : -40);
      await page.waitForTimeout(16);
    }
  });
  await page.getByRole('button', { name: 'Reset' }).click();
  const open = async () => {
    await picture.getByRole('button', { name: 'Domain domain-3: 100 nodes, connected' }).press('Enter');
    await picture.getByRole('button', { name: /^Node domain-3\/node-7:/ }).waitFor();
    await settled();
    await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
    await settled();
  };
  await say('a domain opened and closed', open);
  await page.getByRole('button', { name: /Members of a channel/ }).click();
  await page.getByText('org/rooms/everyone').first().click();
  await page.locator('.network-way-said').waitFor();
  await say('the same with the members of a channel shown', open);
}
