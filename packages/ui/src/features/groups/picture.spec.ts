import { MemberSchema, Presence } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { fitLabel, layoutPicture } from './picture.ts';

const people = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    create(MemberSchema, { name: `acme/ops/m${String(index).padStart(3, '0')}`, presence: Presence.ONLINE }),
  );

describe('layoutPicture', () => {
  it('keeps every member inside the picture and apart from the others', () => {
    for (const count of [0, 1, 2, 5, 16]) {
      const picture = layoutPicture(people(count));
      expect(picture.spots).toHaveLength(count);
      expect(picture.more).toBe(0);
      for (const spot of picture.spots) {
        expect(spot.y).toBeGreaterThan(10);
        expect(spot.y).toBeLessThan(picture.height - 10);
      }
      expect(new Set(picture.spots.map((spot) => `${spot.side}${spot.y}`)).size).toBe(count);
    }
  });
  it('leaves out only who is online, and says how many', () => {
    const missing = create(MemberSchema, { name: 'zz/zz/zz', presence: Presence.OFFLINE });
    const picture = layoutPicture([...people(40), missing]);
    expect(picture.more).toBe(25);
    expect(picture.spots.map((spot) => spot.member)).toContain(missing);
  });
});

it('fitLabel keeps the end', () => {
  expect(fitLabel('bob')).toBe('bob');
  expect(fitLabel('a-very-long-application-name')).toBe('…-application-name');
});
