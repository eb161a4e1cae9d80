import type { MessageInitShape } from '@bufbuild/protobuf';
import { type EntryService, EntrySort, ExpiryFilter, type ListEntriesRequestSchema } from '@muster/api';
import type { Client } from '@connectrpc/connect';
import { percentile } from '../stats.ts';

export type Question = MessageInitShape<typeof ListEntriesRequestSchema>;

/** Broad and narrow, short and long, of each kind of field. */
export const searches = [
  'e',
  'k',
  '7',
  'z',
  '%',
  'ay',
  '42',
  'sa',
  'zq',
  'pay',
  'k8s',
  'unit',
  'spiffe://',
  'payments',
  'cluster.local',
  'unit:99',
  'unit:9999',
  '/fleet/',
  'ns:payments',
  'sa:ledger',
  '0042',
  'agent',
  'node-1',
  'api',
  'gateway/1',
  'nothing here',
  'label:unit:12345',
  '/77',
  'web',
  'k8s:ns:',
  '.svc',
  '-1',
  'über',
  'UNIT:5',
  'harbor',
  'o',
  'pod-label',
  '90/',
  '31',
  'r/9',
];

export const sorts = Object.values(EntrySort).filter(
  (one): one is EntrySort => typeof one === 'number' && one > 0,
);

export function searchQuestions(): Question[] {
  return searches.flatMap((search, at) => [
    { search, page: { limit: 50 } },
    {
      search,
      page: { limit: 50 },
      sort: sorts[at % sorts.length] ?? EntrySort.SPIFFE_ID,
      descending: at % 2 === 0,
    },
    {
      search,
      page: { limit: 50 },
      selectorType: 'k8s',
      expiry: ExpiryFilter.NEVER,
      sort: EntrySort.CREATED_AT,
    },
  ]);
}

/** Each order: its first rows, its last, and those in the middle. */
export function sortQuestions(total: number): Question[] {
  const places = [0, Math.max(0, total - 50), Math.floor(total / 2), Math.floor(total * 0.77)];
  return sorts.flatMap((sort) =>
    places.flatMap((offset) =>
      [false, true].map((descending) => ({ sort, descending, page: { limit: 50, offset: BigInt(offset) } })),
    ),
  );
}

export interface Times {
  p50: number;
  p95: number;
  p99: number;
  worst: number;
  /** Of the slowest question. */
  slowest: Question;
}

/** Asks each question some times over, mixed, one after the other; ms. */
export async function ask(
  entries: Client<typeof EntryService>,
  questions: readonly Question[],
  rounds: number,
): Promise<Times> {
  const times: { ms: number; question: Question }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const question of questions) {
      const began = performance.now();
      await entries.listEntries(question);
      times.push({ ms: performance.now() - began, question });
    }
  }
  const ms = times.map((one) => one.ms);
  const slowest = times.toSorted((a, b) => b.ms - a.ms)[0];
  return {
    p50: percentile(ms, 0.5),
    p95: percentile(ms, 0.95),
    p99: percentile(ms, 0.99),
    worst: slowest?.ms ?? Number.NaN,
    slowest: slowest?.question ?? {},
  };
}
