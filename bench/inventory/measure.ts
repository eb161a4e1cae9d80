import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchGateway } from './processes.ts';

export function print(what: string, goal: string, measured: string): void {
  console.log(`          ${what.padEnd(56)} ${goal.padEnd(10)} ${measured}`);
}

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;

/** ms until there are rows, from now. */
export async function firstRows({ entries }: BenchGateway): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answer = await entries.listEntries({ page: { limit: 1000 } });
    if (answer.entries.length > 0) return performance.now() - began;
    await sleep(2);
  }
}

/** The moment the copy was whole. */
export async function wholeCopy({ entries }: BenchGateway, all: number): Promise<number> {
  for (;;) {
    const { freshness } = await entries.listEntries({ page: { limit: 1 } });
    if (freshness?.refreshing === false && Number(freshness.read) >= all) return performance.now();
    await sleep(200);
  }
}
