import { describe, expect, it } from 'vitest';
import {
  baseOf,
  canvasOf,
  follow,
  lastTop,
  type Place,
  placeAt,
  ROW,
  type Space,
  stuck,
  TALLEST,
  topToShow,
  windowOf,
} from './geometry.ts';

const million: Space = { count: 1_000_000, view: 700 };
const end = TALLEST - million.view;

/** What the table does on a scroll: follows, and puts the scrollbar back where it got stuck. */
const scroll = (space: Space, from: Place, real: number): Place => {
  const to = follow(space, from, Math.max(0, Math.min(canvasOf(space) - space.view, real)));
  return stuck(space, to) ? placeAt(space, to.top) : to;
};

describe('the canvas of a list', () => {
  it('is the list itself while a browser can draw it', () => {
    const small: Space = { count: 100_000, view: 700 };
    expect(canvasOf(small)).toBe(3_400_000);
    expect(follow(small, { top: 0, real: 0 }, 1_234_567)).toEqual({ top: 1_234_567, real: 1_234_567 });
  });

  it('never gets taller than browsers draw', () => {
    expect(canvasOf(million)).toBe(TALLEST);
    expect(canvasOf({ count: 100_000_000, view: 700 })).toBe(TALLEST);
  });

  it('moves by exactly the pixels of a wheel, anywhere', () => {
    let place = placeAt(million, 17_000_003);
    for (let i = 1; i <= 500; i++) {
      place = scroll(million, place, place.real + 100);
      expect(place.top).toBeCloseTo(17_000_003 + 100 * i, 3);
    }
  });

  it('reaches every row by the wheel: the first from below, the last from above', () => {
    let place = placeAt(million, 40_000);
    for (let i = 0; i < 400; i++) place = scroll(million, place, place.real - 100);
    expect(place).toEqual({ top: 0, real: 0 });
    // Without a rest in which the scrollbar is put back, too.
    place = placeAt(million, 900_000);
    for (let i = 0; i < 9000; i++) place = scroll(million, place, place.real - 100);
    expect(place.top).toBe(0);
    place = placeAt(million, lastTop(million) - 40_000);
    for (let i = 0; i < 400; i++) place = scroll(million, place, place.real + 100);
    expect(place.top).toBe(lastTop(million));
    expect(place.real).toBeCloseTo(end, 3);
  });

  it('goes by share where the scrollbar is dragged, and to the very ends', () => {
    const start = placeAt(million, 0);
    expect(follow(million, start, end / 2).top).toBeCloseTo(lastTop(million) / 2, 0);
    expect(follow(million, start, end).top).toBe(lastTop(million));
    expect(follow(million, placeAt(million, lastTop(million)), 0).top).toBe(0);
  });

  it('holds its place when the scrollbar is put back', () => {
    const moved = follow(million, placeAt(million, 20_000_000), placeAt(million, 20_000_000).real + 600);
    expect(placeAt(million, moved.top).top).toBe(moved.top);
  });

  it('tells a wheel from a drag on a window of any height', () => {
    for (const view of [200, 700, 1400, 2900]) {
      const space: Space = { count: 1_000_000, view };
      const thumbPixel = canvasOf(space) / view;
      const from = placeAt(space, 10_000_000);
      expect(follow(space, from, from.real + 120).top).toBeCloseTo(10_000_120, 3);
      expect(follow(space, from, from.real + thumbPixel).top).toBeGreaterThan(10_000_000 + 2 * thumbPixel);
    }
  });
});

describe('what is drawn', () => {
  it('is bounded, and holds all that is in sight', () => {
    for (let top = 0; top <= lastTop(million); top += 999_983) {
      const { first, last } = windowOf(million, top);
      expect(last - first).toBeLessThan(45);
      expect(first * ROW).toBeLessThanOrEqual(top);
      expect(Math.min(million.count, last + 1) * ROW).toBeGreaterThanOrEqual(top + million.view);
    }
    expect(windowOf(million, lastTop(million)).last).toBe(999_999);
    expect(windowOf({ count: 0, view: 700 }, 0)).toEqual({ first: 0, last: -1 });
  });

  it('counts its positions from near', () => {
    const { first } = windowOf(million, lastTop(million));
    expect((first - baseOf(first)) * ROW).toBeLessThan(400_000);
  });

  it('moves no more than it must to show a row', () => {
    expect(topToShow(million, 340, 10)).toBe(340);
    expect(topToShow(million, 340, 9)).toBe(306);
    expect(topToShow(million, 0, 999_999)).toBe(lastTop(million));
    expect(topToShow(million, 0, 5)).toBe(0);
  });
});
