import { describe, expect, it } from 'vitest';
import type { RouteRow } from '../upstream/control-plane/port.ts';
import { RouteTable } from './route-table.ts';

const row = (id: string, over: Partial<RouteRow> = {}): RouteRow => ({
  id,
  name: 'org/ns/app',
  instance: '',
  source: '*',
  destination: 'domain-a/node-a',
  destinationEndpoint: '',
  status: 'applied',
  statusMessage: '',
  lastUpdated: undefined,
  linkId: '',
  ...over,
});
const rows = (from: number, to: number): RouteRow[] =>
  Array.from({ length: to - from }, (_, index) => row(`r${from + index}`));

describe('RouteTable', () => {
  it('shows the first reading while it goes on: the first rows, and again at each doubling', () => {
    const table = new RouteTable();
    const filling = table.begin();
    const shown = [0, 10, 15, 20, 25, 50, 60].map((from, index, all) => {
      filling.add(rows(from, all[index + 1] ?? 100));
      return table.size;
    });
    expect(shown).toEqual([10, 10, 10, 25, 25, 60, 60]);
    expect(filling.finish()).toBe(true);
    expect(table.size).toBe(100);
  });

  it('S-18: takes no longer for rows that all have one id, or the ids that are made of it', () => {
    const table = new RouteTable();
    const count = 40_000;
    for (let reading = 0; reading < 2; reading += 1) {
      const filling = table.begin();
      filling.add(Array.from({ length: count }, (_, n) => row(`one\n${n + 1}`)));
      filling.add(Array.from({ length: count }, () => row('one')));
      filling.finish();
    }
    expect(table.size).toBe(2 * count);
    // The same rows, in the same order, are known again.
    expect(table.version).toBeLessThan(5);
  });

  it('keeps what was there until a later reading is finished', () => {
    const table = new RouteTable();
    const first = table.begin();
    first.add(rows(0, 10));
    first.finish();
    const later = table.begin();
    expect(later.add(rows(0, 3))).toBe(false);
    expect(table.size).toBe(10);
    later.finish();
    expect(table.size).toBe(3);
  });

  it('keeps the objects of rows that did not change, and says when none did', () => {
    const table = new RouteTable();
    for (const news of [true, false]) {
      const filling = table.begin();
      filling.add(rows(0, 10));
      expect(filling.finish()).toBe(news);
    }
    const [before] = table.rows;
    const filling = table.begin();
    filling.add([row('r0'), row('r1', { status: 'failed' })]);
    expect(filling.finish()).toBe(true);
    expect(table.rows[0]).toBe(before);
    expect(table.rows.map(({ status }) => status)).toEqual(['applied', 'failed']);
  });
});
