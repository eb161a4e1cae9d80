import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { giveBack, giveBackLater } from './give-back.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('room on the heap', () => {
  it('goes back to the system, and not only what was on it', () => {
    let rows: { at: number; text: string }[] = [];
    for (let at = 0; at < 400_000; at += 1) rows.push({ at, text: `row ${at}` });
    const before = process.memoryUsage().heapTotal;
    expect(rows).toHaveLength(400_000);
    rows = [];
    giveBack();
    expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(15_000_000);
  });

  it('goes back in several threads at once', async () => {
    const file = JSON.stringify(new URL('give-back.ts', import.meta.url).href);
    const code = `import(${file}).then(({ giveBack }) => giveBack());`;
    const threads = Array.from({ length: 24 }, () => new Worker(code, { eval: true }));
    const codes = threads.map(
      (thread) =>
        new Promise((resolve, reject) => {
          thread.once('exit', resolve);
          thread.once('error', reject);
        }),
    );
    expect(new Set(await Promise.all(codes))).toEqual(new Set([0]));
  });

  it('goes back once, after three seconds without another call', () => {
    vi.useFakeTimers();
    const given = vi.fn();
    giveBackLater(given);
    vi.advanceTimersByTime(2900);
    giveBackLater(given);
    vi.advanceTimersByTime(2900);
    expect(given).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(given).toHaveBeenCalledTimes(1);
  });
});
