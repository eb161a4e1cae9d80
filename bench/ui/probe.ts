import type { Page } from '@playwright/test';

/** What the page itself measured. */
export interface Frames {
  /** Longest time between two frames, ms. */
  longest: number;
  /** Longest task of the main thread, ms; 0: none reached the 50 ms that a browser reports. */
  task: number;
  frames: number;
  /** Most rows in the document at once. */
  rows: number;
  /** Frames in which no row at all was in sight. */
  blank: number;
}

interface Probe {
  start(): void;
  stop(): Frames;
  /** From a keystroke to the frame that shows its answer, ms. */
  typed(letter: string): Promise<number>;
}

declare global {
  var musterProbe: Probe;
}

/** Puts the probe into the page. */
export async function putProbe(page: Page): Promise<void> {
  await page.evaluate(() => {
    const grid = () => document.querySelector('[role="grid"]');
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
    let [longest, task, frames, rows, blank, last, on] = [0, 0, 0, 0, 0, 0, false];
    new PerformanceObserver((list) => {
      if (on) for (const entry of list.getEntries()) task = Math.max(task, entry.duration);
    }).observe({ entryTypes: ['longtask'] });
    const look = (now: number) => {
      if (!on) return;
      if (last > 0) longest = Math.max(longest, now - last);
      last = now;
      frames += 1;
      const all = document.querySelectorAll('.grid-row');
      rows = Math.max(rows, all.length);
      const box = grid()?.getBoundingClientRect();
      const seen = [...all].some((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return box && bottom > box.top + 34 && top < box.bottom;
      });
      if (!seen) blank += 1;
      requestAnimationFrame(look);
    };
    globalThis.musterProbe = {
      start() {
        [longest, task, frames, rows, blank, last, on] = [0, 0, 0, 0, 0, 0, true];
        requestAnimationFrame(look);
      },
      stop() {
        on = false;
        return { longest, task, frames, rows, blank };
      },
      async typed(letter) {
        const box = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (!box) throw new Error('There is no search.');
        const wanted = box.value + letter;
        const began = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(box, wanted);
        box.dispatchEvent(new Event('input', { bubbles: true }));
        for (;;) {
          const answered =
            (new URLSearchParams(location.search).get('q') ?? '') === wanted.trim() &&
            grid() !== null &&
            grid()?.getAttribute('aria-busy') === null;
          const now = await frame();
          if (answered) return now - began;
          if (now - began > 20_000) throw new Error(`No answer to ${wanted}.`);
        }
      },
    };
  });
}
