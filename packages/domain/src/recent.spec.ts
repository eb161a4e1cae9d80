import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

it('reads equal bytes once, whatever buffer they come in', () => {
  let reads = 0;
  const recent = new Recent(4, 100, (input) => {
    reads++;
    return [...input];
  });
  const first = recent.get(bytes(1, 2, 3));
  expect(recent.get(bytes(1, 2, 3))).toBe(first);
  expect(recent.get(bytes(1, 2, 4))).toEqual([1, 2, 4]);
  expect(recent.get(bytes(1, 2))).toEqual([1, 2]);
  expect(reads).toBe(3);
});

it('never answers for a buffer what was read from it before it was changed', () => {
  const recent = new Recent(4, 100, (input) => input[0]);
  const buffer = bytes(7, 7);
  expect(recent.get(buffer)).toBe(7);
  buffer[0] = 8;
  expect(recent.get(buffer)).toBe(8);
  expect(recent.get(bytes(7, 7))).toBe(7);
});

it('forgets what was not asked for longest, by number and by size, and keeps nothing large', () => {
  let reads = 0;
  const count = (input: Uint8Array) => `${input.length} ${++reads}`;
  const few = new Recent(2, 1000, count);
  few.get(bytes(1));
  few.get(bytes(2));
  few.get(bytes(1));
  few.get(bytes(3));
  expect(few.get(bytes(1))).toBe('1 1');
  expect(few.get(bytes(2))).toBe('1 4');
  const small = new Recent(100, 40, count);
  const ten = Array.from({ length: 5 }, (_, at) => new Uint8Array(10).fill(at));
  const answers = ten.map((item) => small.get(item));
  expect(small.get(ten[4] ?? bytes())).toBe(answers[4]);
  expect(small.get(ten[0] ?? bytes())).not.toBe(answers[0]);
  expect(small.get(new Uint8Array(11))).not.toBe(small.get(new Uint8Array(11)));
});

it('keeps no failure', () => {
  let fails = true;
  const recent = new Recent(2, 100, () => {
    if (fails) throw new RangeError('not yet');
    return 'read';
  });
  expect(() => recent.get(bytes(1))).toThrow(RangeError);
  fails = false;
  expect(recent.get(bytes(1))).toBe('read');
});
