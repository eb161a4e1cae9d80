import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentService } from '@muster/api';
import { median } from '../stats.ts';
import { rawPage, startBenchGateway } from './processes.ts';
import type { BenchGateway } from './processes.ts';

export function print(what: string, goal: string, measured: string): void {
  console.log(`          ${what.padEnd(56)} ${goal.padEnd(10)} ${measured}`);
}

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;

export const megabytes = (value: number): string => `${(value / 1e6).toFixed(0)} MB`;

/** As many as a gateway asks for at first, and a window shows. */
const rows = 200;
const rounds = 15;

/**
 * The first rows on a gateway that has just started with an empty home, against one raw page of as many rows from a
 * process that has just started too: the medians of some of each, in turns.
 */
export async function firstRows(server: { address: string; trustDomain: string }): Promise<void> {
  const first: number[] = [];
  const signedIn: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const raw = await rawPage(server.address, rows);
    cold.push(raw.cold);
    warm.push(raw.warm);
    const home = mkdtempSync(join(tmpdir(), 'mb-home-'));
    const gateway = await startBenchGateway(server, home);
    for (;;) {
      const answer = await gateway.entries.listEntries({ page: { limit: rows } });
      if (answer.entries.length === rows) break;
      await sleep(2);
    }
    first.push(performance.now() - gateway.listening);
    signedIn.push(performance.now() - gateway.signedIn);
    await gateway.stop();
    rmSync(home, { recursive: true, force: true });
  }
  const [there, from, base] = [median(first), median(signedIn), median(cold)];
  print(
    `first ${rows} rows on a cold gateway, against one raw page`,
    '<= 1.5 x',
    `${(from / base).toFixed(2)} x once signed in (${milliseconds(from)}), ${(there / base).toFixed(2)} x with signing in, from when it listens (${milliseconds(there)}; raw in a fresh process ${milliseconds(base)}, again ${milliseconds(median(warm))})`,
  );
}

/**
 * The moment the copy was whole. One list is asked for, as by a window that is open; how far it is then is asked of
 * another view, as a list of half a copy every moment would be most of what the machine does.
 */
export async function wholeCopy({ entries, client }: BenchGateway, all: number): Promise<number> {
  await entries.listEntries({ page: { limit: rows } });
  const agents = client(AgentService);
  for (;;) {
    const { freshness } = await agents.listAgents({ page: { limit: 1 } });
    if (freshness?.refreshing === false && Number(freshness.read) >= all) return performance.now();
    await sleep(100);
  }
}
