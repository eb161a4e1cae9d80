import { describe, expect, it } from 'vitest';
import { Groups } from './groups.ts';
import { Numbers } from './numbers.ts';

function filled(values: readonly number[]): Numbers {
  const numbers = new Numbers();
  for (const [slot, value] of values.entries()) {
    if (slot % 64 === 0) numbers.reserve(slot + 64);
    numbers.set(slot, value);
  }
  return numbers;
}

const all = (numbers: Numbers, n: number): number[] =>
  Array.from({ length: n }, (_none, at) => numbers.get(at));

describe('numbers of slots', () => {
  const odd = [
    3600,
    -1,
    0,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    0xffffffff,
    0xfffffffe,
    -1,
    3600,
  ];

  it('are told by one byte while there are few', () => {
    const numbers = filled(odd);
    expect(all(numbers, odd.length)).toEqual(odd);
    expect(numbers.coded?.values).toEqual([...new Set(odd)]);
  });

  it('are kept as they are once there are many', () => {
    const values = [...odd, ...Array.from({ length: 1000 }, (_none, at) => at * 7), ...odd];
    const numbers = filled(values);
    expect(numbers.coded).toBeUndefined();
    expect(all(numbers, values.length)).toEqual(values);
  });

  it('turn from few to many with the last number that there is a byte for', () => {
    const values = Array.from({ length: 256 }, (_none, at) => at * 1000);
    expect(filled(values).coded?.values.length).toBe(256);
    expect(filled([...values, 5]).coded).toBeUndefined();
    expect(all(filled([...values, 5, 0]), 258)).toEqual([...values, 5, 0]);
  });
});

describe('slots by number', () => {
  it('take in new slots, and tell those of several numbers together', () => {
    const groups = new Groups();
    const codes = Array.from({ length: 3000 }, (_none, at) => (at < 2000 ? at % 3 : at % 5));
    groups.extend(1000, (slot) => codes[slot] ?? 0);
    groups.extend(3000, (slot) => codes[slot] ?? 0);
    const slots = (words: Uint32Array): number[] =>
      codes.flatMap((_code, slot) => ((((words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1 ? [slot] : []));
    const wanted = (...some: number[]): number[] =>
      codes.flatMap((code, slot) => (some.includes(code) ? [slot] : []));
    for (const some of [[0], [4], [1, 4], [0, 2, 3]])
      expect(slots(groups.among(some))).toEqual(wanted(...some));
    expect(slots(groups.among([9]))).toEqual([]);
    expect(slots(groups.among([]))).toEqual([]);
  });
});
