import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EntrySort, LintService } from '@muster/api';
import type { Entry } from '@muster/api';
import { listRaw } from '../../apps/gateway/src/upstream/testing/raw-listing.ts';
import { percentile } from '../stats.ts';
import { firstRows, megabytes, milliseconds, print, seconds, wholeCopy } from './measure.ts';
import { startBenchGateway, startServer } from './processes.ts';
import type { BenchGateway } from './processes.ts';
import { ask, searchQuestions, sortQuestions } from './questions.ts';
import type { Times } from './questions.ts';

/** Long enough for the threads to have given back what they do not need, and shorter than the pause between two readings. */
const restMs = 22_000;

/** The inventory at a size, by a practice server of the same size: prints what the goals say and what is measured. */
export async function inventory(): Promise<void> {
  const at = process.argv.indexOf('--entries');
  const entries = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  const small = entries > 10_000 ? (await measure(10_000, false)).searching : undefined;
  console.log(`inventory at ${entries} entries`);
  const { searching } = await measure(entries, true);
  if (small)
    print(
      'growth of search time from 10,000',
      '< 3 x',
      `${(searching.p95 / small.p95).toFixed(2)} x of p95, ${(searching.p50 / small.p50).toFixed(2)} x of p50 (there ${milliseconds(small.p95)}, ${milliseconds(small.p50)})`,
    );
}

async function measure(wanted: number, aloud: boolean): Promise<{ searching: Times }> {
  const server = await startServer(wanted);
  const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
  try {
    const row: typeof print = (...columns) => {
      if (aloud) print(...columns);
    };
    // Both once before, so that neither is the one that warms the server up.
    await listRaw(server.address, 20);
    const raw = await listRaw(server.address);
    if (aloud) await firstRows(server);
    const gateway = await startBenchGateway(server, home);
    const { listening } = gateway;
    try {
      const whole = (await wholeCopy(gateway, raw.entries)) - listening;
      row(
        'full snapshot, against raw paged listing',
        '<= 1.25 x',
        `${(whole / raw.wholeMs).toFixed(2)} x (${seconds(whole)}; raw ${seconds(raw.wholeMs)})`,
      );
      const ready = await allOrders(gateway, raw.entries);
      row('until every order is at hand', '', seconds(ready - listening));
      if (aloud) await sleep(restMs);
      const { resident, peak } = await gateway.memory();
      row(
        'resident memory of the gateway, at rest after that',
        '<= 400 MB',
        `${megabytes(resident)} (peak until then ${megabytes(peak)})`,
      );
      const searching = await ask(gateway.entries, searchQuestions(), 3);
      row('substring search, count, first 50 sorted: p95', '<= 50 ms', told(searching));
      row(
        'sort by any column, jump anywhere: p95',
        '<= 100 ms',
        told(await ask(gateway.entries, sortQuestions(raw.entries), 2)),
      );
      row('resident memory right after those', '', megabytes((await gateway.memory()).resident));
      row('other calls while nothing new is read again: p99', '<= 100 ms', await duringReading(gateway));
      if (aloud) await sleep(restMs);
      row('resident memory at rest after that', '<= 400 MB', megabytes((await gateway.memory()).resident));
      if (aloud) {
        const lint = await duringLint(gateway);
        row('lint of every entry, the first time', '', lint.whole);
        row('other calls meanwhile: p99', '<= 100 ms', lint.others);
      }
      row('file', '', `${(statSync(join(home, 'muster.db')).size / 1e6).toFixed(0)} MB`);
      return { searching };
    } finally {
      await gateway.stop();
    }
  } finally {
    server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The moment from which every order of the whole copy is answered at once. */
async function allOrders({ entries }: BenchGateway, all: number): Promise<number> {
  // The one that is made last.
  const last = { sort: EntrySort.HINT, page: { limit: 50, offset: BigInt(all - 60) } };
  for (;;) {
    const began = performance.now();
    const { freshness, total, totalIsEstimate } = await entries.listEntries(last);
    const whole = freshness?.refreshing === false && Number(total) === all && !totalIsEstimate;
    if (whole && performance.now() - began < 150) return began;
    await sleep(500);
  }
}

type Call = (call: () => Promise<unknown>) => Promise<void>;

/** Searches, a list and a detail, as people ask for them while something large is under way. */
async function othersOf({ entries }: BenchGateway): Promise<(one: Call, round: number) => Promise<void>> {
  const { entries: some } = await entries.listEntries({ page: { limit: 50, offset: 1000n } });
  return async (one, round) => {
    for (const question of searchQuestions().slice(0, 6)) await one(() => entries.listEntries(question));
    const entry: Entry | undefined = some[round % some.length];
    if (entry) await one(() => entries.getEntry({ connection: entry.connection, id: entry.id }));
    await sleep(20);
  };
}

function stopwatch(): { times: number[]; one: Call } {
  const times: number[] = [];
  return {
    times,
    async one(call) {
      const began = performance.now();
      await call();
      times.push(performance.now() - began);
    },
  };
}

/** Latencies of other calls while the server is read again, which takes as long as the first time. */
async function duringReading(gateway: BenchGateway): Promise<string> {
  const { times, one } = stopwatch();
  const others = await othersOf(gateway);
  // Readings are half a minute apart.
  const end = performance.now() + 180_000;
  let readings = 0;
  let was = false;
  while (performance.now() < end && readings < 1) {
    const { freshness } = await gateway.entries.listEntries({ page: { limit: 1 } });
    const now = freshness?.refreshing === true;
    if (was && !now) readings += 1;
    was = now;
    if (now) await others(one, times.length);
    else await sleep(50);
  }
  return `${latencies(times)} in ${readings} readings)`;
}

/** Every entry judged by every rule, and latencies of other calls meanwhile. */
async function duringLint(gateway: BenchGateway): Promise<{ whole: string; others: string }> {
  const lint = gateway.client(LintService);
  const { times, one } = stopwatch();
  const others = await othersOf(gateway);
  const began = performance.now();
  const state = { running: true };
  const whole = (async () => {
    for (;;) {
      const { progress, groups } = await lint.listFindings({ page: { limit: 50 } });
      if (progress?.running !== false) continue;
      state.running = false;
      return `${seconds(performance.now() - began)} (${progress.examined} entries, ${groups.length} kinds of findings)`;
    }
  })();
  while (state.running) await others(one, times.length);
  return { whole: await whole, others: `${latencies(times)})` };
}

const latencies = (times: readonly number[]): string =>
  `${milliseconds(percentile(times, 0.99))} (p50 ${milliseconds(percentile(times, 0.5))}, worst ${milliseconds(Math.max(...times))}, ${times.length} calls`;

const told = ({ p50, p95, p99, worst, slowest }: Times): string =>
  `${milliseconds(p95)} (p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, worst ${milliseconds(worst)}: ${JSON.stringify(slowest, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))})`;
