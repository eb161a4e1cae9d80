import { describe, expect, it } from 'vitest';
import { lengthOf, ticksBetween } from './ticks.ts';

describe('ticks', () => {
  const now = 1_800_000_000_000;
  const texts = (from: number, to: number) => ticksBetween(now + from, now + to, now).map(({ text }) => text);

  it('stand at round lengths from now, on both sides', () => {
    expect(texts(-3_600_000, 2 * 3_600_000)).toEqual([
      '−1 h',
      '−30 min',
      'now',
      '+30 min',
      '+1 h',
      '+1.5 h',
      '+2 h',
    ]);
    expect(texts(-90_000_000, 90_000_000)).toEqual(['−24 h', '−12 h', 'now', '+12 h', '+24 h']);
  });

  it('are never many, and none where there is no time', () => {
    for (const span of [1000, 60_000, 86_400_000, 400 * 86_400_000, 4e13])
      expect(ticksBetween(now, now + span, now).length).toBeLessThanOrEqual(9);
    expect(ticksBetween(now, now, now)).toEqual([]);
    expect(ticksBetween(now, now - 1, now)).toEqual([]);
  });

  it('lengths are said in the largest unit that fits', () => {
    expect([1000, 60_000, 5_400_000, 86_400_000, 3 * 86_400_000, 730 * 86_400_000].map(lengthOf)).toEqual([
      '1 s',
      '1 min',
      '1.5 h',
      '24 h',
      '3 d',
      '2 y',
    ]);
  });
});
