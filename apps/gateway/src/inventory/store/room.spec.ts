import { afterEach, describe, expect, it, vi } from 'vitest';
import { uint32s, zeros } from './room.ts';

const million = 1_000_000;

describe('room for large arrays', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is all zeros, as long as asked for, and each its own', () => {
    const [one, other] = [uint32s(million), uint32s(million)];
    expect(one).toHaveLength(million);
    expect(zeros(4 * million).byteLength).toBeGreaterThanOrEqual(4 * million);
    one.fill(7);
    expect(other.every((value) => value === 0)).toBe(true);
    expect([uint32s(0).length, uint32s(3).length]).toEqual([0, 3]);
  });

  it('is of the ordinary kind where address space is limited', () => {
    const Memory = vi.fn(() => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    });
    vi.stubGlobal('WebAssembly', { Memory });
    const array = uint32s(million);
    expect(Memory).toHaveBeenCalled();
    array[million - 1] = 9;
    expect([array.length, array[0], array.at(-1)]).toEqual([million, 0, 9]);
  });
});
