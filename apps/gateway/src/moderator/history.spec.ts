import { expect, it } from 'vitest';
import { History, HISTORY_CHARACTERS, HISTORY_LENGTH, nextPlace } from './history.ts';

const message = (sequence: number, text = '') => ({
  id: String(sequence),
  at: new Date(0),
  from: 'a/b/c',
  fromInstance: '',
  text,
  own: false,
  payloadType: '',
  bytes: 0,
  identity: '',
  sequence,
  cut: false,
});
const ids = (history: History, limit?: number) => history.last(limit).map((one) => one.id);

it('puts our own message before the answers it was confirmed after', () => {
  const history = new History();
  for (const place of [1, 5, 3]) history.add(message(place));
  expect(ids(history)).toEqual(['1', '3', '5']);
  expect(ids(history, 2)).toEqual(['3', '5']);
  expect(ids(history, 0)).toEqual([]);
});

it('forgets the oldest of a hundred thousand, and knows how many', () => {
  const history = new History();
  for (let place = 1; place <= 100_000; place++) history.add(message(place));
  expect(history.last()).toHaveLength(HISTORY_LENGTH);
  expect(ids(history)[0]).toBe(String(100_000 - HISTORY_LENGTH + 1));
  expect(history.heard().earlier).toBe(100_000 - HISTORY_LENGTH);
});

it('keeps fewer where they are long', () => {
  const history = new History();
  const text = 'x'.repeat(HISTORY_CHARACTERS / 4);
  for (let place = 1; place <= 10; place++) history.add(message(place, text));
  expect(ids(history)).toEqual(['7', '8', '9', '10']);
  expect(history.heard().earlier).toBe(6);
});

it('of a channel made anew starts after all that was said in the one before', () => {
  const before = nextPlace();
  const history = new History();
  expect(history.heard().start).toBeGreaterThanOrEqual(before);
  expect(nextPlace()).toBeGreaterThan(history.heard().start);
});
