import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import { type StackState, startStack, stopStack } from '../../realstack/start.ts';
import { armed, expect, test as base } from '../fixtures.ts';
import { startGatewayProcess } from '../gateway.ts';

const execute = promisify(execFile);

interface WorkerFixtures {
  /** Two SPIRE servers with agents, and SLIM: real programs, one set a worker. */
  stack: StackState;
}

/** `signedIn` and `gateway` as in the practice journeys, but the gateway is connected to the real stack. */
export const test = base.extend<object, WorkerFixtures>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the parameter's shape
    async ({}, use) => {
      // Socket paths must stay short.
      const base = mkdtempSync(join(tmpdir(), 'muster-e2e-real-'));
      const dir = join(base, 'r');
      try {
        await use(await startStack({ dir }));
      } finally {
        await stopStack(dir);
        rmSync(base, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  gateway: [
    async ({ stack }, use) => {
      const gateway = await startGatewayProcess(stack.musterConfig);
      await use(gateway);
      await gateway.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

export { armed, expect };

/** An entry as `spire-server entry show -output json` prints it, as far as the journeys look. */
export interface ShownEntry {
  id: string;
  hint: string;
  x509_svid_ttl: number;
  selectors: { type: string; value: string }[];
}

/** What `spire-server entry show` says; the server is the judge of what the console did. */
export async function shownEntries(stack: StackState, org: 'orgA' | 'orgB', args: string[] = []) {
  const { stdout } = await execute(stack.binaries.spireServer, [
    'entry',
    'show',
    '-output',
    'json',
    ...args,
    '-socketPath',
    stack[org].serverSocket,
  ]);
  return (JSON.parse(stdout) as { entries: ShownEntry[] | null }).entries ?? [];
}

export async function slimctl(stack: StackState, args: string[]): Promise<string> {
  return (await execute(stack.binaries.slimctl, args)).stdout;
}

export const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Registration entries' });

/** Presses the plan's button, waits for the outcome, and closes the review. */
export async function applyPlan(page: Page, button: RegExp): Promise<void> {
  const review = page.getByRole('dialog');
  await (await armed(review.getByRole('button', { name: button }))).click();
  await review.getByRole('button', { name: 'Done' }).click({ timeout: 30_000 });
  await expect(review).toHaveCount(0);
}

/** Fills the entry form for the first trust domain and asks for the plan. */
export async function fillEntry(page: Page, stack: StackState, path: string): Promise<void> {
  await page.getByLabel('Server', { exact: true }).selectOption('org-a');
  await page.getByLabel('SPIFFE ID').fill(`spiffe://${stack.orgA.trustDomain}${path}`);
  await page.getByLabel('Parent ID').fill(stack.orgA.nodeId);
  const selector = page.getByRole('group', { name: 'Selector 1' });
  await selector.getByLabel('Type').fill('unix');
  await selector.getByLabel('Value').fill('uid:4343');
  await page.getByRole('button', { name: 'Review plan' }).click();
}
