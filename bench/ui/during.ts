import type { Page } from '@playwright/test';
import type { Frames } from './probe.ts';
import { categories, heaviestTask } from './trace.ts';

export interface Measured extends Frames {
  /** Processor time of the page's main thread for each frame, ms, and of its heaviest task: what a busy machine spares. */
  cpu: number;
  heaviest: number;
}

/** What the frames took. The tasks are traced in a round of their own: a trace costs time itself. */
export async function during(page: Page, run: () => Promise<void>): Promise<Measured> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async (): Promise<number> => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const before = await busy();
  await page.evaluate(() => musterProbe.start());
  await run();
  const frames = await page.evaluate(() => musterProbe.stop());
  const cpu = ((await busy()) - before) / frames.frames;
  await cdp.detach();
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories });
  await run();
  const heaviest = browser ? heaviestTask(await browser.stopTracing()) : 0;
  return { ...frames, cpu, heaviest };
}

export const ms = (value: number): string => `${value.toFixed(0)} ms`;
