import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { median } from '../stats.ts';
import { inBrowser } from '../ui/browser.ts';
import { linkOf } from '../ui/index.ts';
import { pem } from '../../packages/domain/src/testing/certificates.ts';
import { ownBytes } from '../../packages/domain/src/bytes.ts';
import { makeCases } from './cases.ts';

const root = join(import.meta.dirname, '../..');
const DOCUMENTS = 1000;
const ROUNDS = 5;

/**
 * A thousand X509-SVIDs and their bundle given to the inspector in Chromium: from the moment the page has the files
 * until every verdict is in its table, and how long the page could not draw meanwhile. `--pages FOLDER` measures a page
 * that is built already.
 */
export async function drop(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-drop-'));
  let server: ChildProcess | undefined;
  try {
    const files = await makeFiles(folder);
    const at = process.argv.indexOf('--pages');
    await inBrowser(
      (pages) => {
        server = fork(join(root, 'bench/ui/server.ts'), [pages, '1000']);
        return linkOf(server);
      },
      async (page) => {
        const measured: (Measured & Worked)[] = [];
        for (let round = 0; round < ROUNDS; round++) measured.push(await once(page, files));
        report(measured);
      },
      at < 0 ? undefined : (process.argv[at + 1] ?? ''),
    );
  } finally {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeFiles(folder: string): Promise<readonly string[]> {
  const [plain] = await makeCases(DOCUMENTS);
  const [bundle] = plain?.inputs[0]?.bundles.values() ?? [];
  if (!plain || !bundle) throw new Error('The bench made no documents.');
  const save = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  return [
    ...plain.inputs.map(({ input }, index) => save(`svid.${index}.pem`, pem(ownBytes(input)))),
    save('bundle.json', bundle),
  ];
}

interface Measured {
  /** From the files to the last verdict, ms. */
  readonly all: number;
  /** From the files to the first row of the table, ms. */
  readonly first: number;
  /** Longest task of the main thread, ms; 0: none reached the 50 ms that a browser reports. */
  readonly task: number;
  /** Longest time between two frames, ms. */
  readonly frame: number;
}

/** What the page's main thread worked, ms of processor time: the one figure that a busy machine leaves alone. */
interface Worked {
  readonly worked: number;
}

async function once(page: Page, files: readonly string[]): Promise<Measured & Worked> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async () => {
    const { metrics } = await tools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  await page.goto(`${new URL(page.url()).origin}/inspect`);
  const input = page.getByLabel('Files to inspect');
  await input.waitFor({ state: 'attached' });
  const watching = page.evaluate(
    (count) =>
      new Promise<Measured>((resolve, reject) => {
        let [began, first, task, frame, last] = [0, 0, 0, 0, 0];
        const observer = new PerformanceObserver((list) => {
          for (const { startTime, duration } of list.getEntries())
            if (began > 0 && startTime + duration > began) task = Math.max(task, duration);
        });
        observer.observe({ entryTypes: ['longtask'] });
        const look = (now: number) => {
          frame = Math.max(frame, now - last);
          last = now;
          if (first === 0 && document.querySelector('.grid-row')) first = now - began;
          const said = document.querySelector('.inspect-verdict')?.textContent ?? '';
          const valid = Number(/(\d[\d\s]*) valid\./.exec(said)?.[1]?.replaceAll(/\s/g, ''));
          if (valid >= count) {
            const all = performance.now() - began;
            // Long tasks are told of a little later.
            setTimeout(() => resolve({ all, first, task, frame }), 200);
          } else if (now - began > 60_000) reject(new Error(`After a minute the page says: ${said}`));
          else requestAnimationFrame(look);
        };
        addEventListener(
          'change',
          () => {
            began = performance.now();
            last = began;
            requestAnimationFrame(look);
          },
          { capture: true, once: true },
        );
      }),
    DOCUMENTS,
  );
  const before = await work();
  await input.setInputFiles([...files]);
  const measured = await watching;
  const worked = (await work()) - before;
  await tools.detach();
  return { ...measured, worked };
}

function report(measured: readonly (Measured & Worked)[]): void {
  const of = (name: keyof Measured | keyof Worked) => measured.map((one) => one[name]);
  const ms = (value: number) => `${Math.round(value)} ms`;
  console.log(
    `drop      ${DOCUMENTS.toLocaleString('en')} X509-SVIDs and a bundle, median of ${measured.length}: all judged after ${ms(median(of('all')))} (at most ${ms(Math.max(...of('all')))}), first rows after ${ms(median(of('first')))}; the main thread worked ${ms(median(of('worked')))} of processor time
          longest task of the page ${ms(median(of('task')))} (at most ${ms(Math.max(...of('task')))}), longest time between two frames ${ms(median(of('frame')))} (at most ${ms(Math.max(...of('frame')))})`,
  );
}
