import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['entreis', 'entries'],
  ['entrys', 'entry'],
  ['conections', 'connections'],
  ['en', 'entry'],
  ['agnets', 'agents'],
  ['zzzzzz', undefined],
])('%s is nearest to %s', (typed, wanted) => {
  expect(nearest(typed, ['entry', 'entries', 'agents', 'connections'])).toBe(wanted);
});
