import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type RunningGateway, startGatewayProcess } from './gateway.ts';

interface Fixtures {
  /** A page that has signed in. */
  signedIn: Page;
}

interface WorkerFixtures {
  gateway: RunningGateway;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  gateway: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the parameter's shape
    async ({}, use) => {
      const gateway = await startGatewayProcess();
      await use(gateway);
      await gateway.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  signedIn: async ({ page, gateway }, use) => {
    const complaints = watchForComplaints(page);
    await page.goto(await gateway.open());
    await expect(page.getByRole('navigation')).toBeVisible();
    await use(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** What no journey may leave in the console: broken policy, errors of the page (S-11). */
export function watchForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
      complaints.push(message.text());
  });
  return complaints;
}

/** The button of a plan, once it takes clicks: only after it has been seen for half a second (S-33). */
export async function armed(button: Locator): Promise<Locator> {
  await expect(button).toHaveAttribute('data-armed', 'true');
  return button;
}

/** Opens a page by the navigation, as a person does. */
export async function goTo(page: Page, label: string): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  await link.filter({ has: page.getByText(label, { exact: true }) }).click();
}

/** Presses the plan's button, waits until all of it is done, and closes the review. */
export async function applyWhole(page: Page, button: string | RegExp): Promise<void> {
  const plan = page.getByRole('dialog');
  await (await armed(plan.getByRole('button', { name: button }))).click();
  await expect(plan.getByText(/^Applied: \d+ done\.$/)).toBeVisible();
  await plan.getByRole('button', { name: 'Done' }).click();
  await expect(plan).toHaveCount(0);
}
