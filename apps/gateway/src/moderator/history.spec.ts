import { expect, it } from 'vitest';
import { History, HISTORY_LENGTH } from './history.ts';

const message = (at: number) => ({
  id: String(at),
  at: new Date(at),
  from: 'a/b/c',
  fromInstance: '',
  text: '',
  own: false,
  payloadType: '',
  bytes: 0,
  identity: '',
});
const ids = (history: History, limit?: number) => history.last(limit).map((one) => one.id);

it('puts our own message before the answers it was confirmed after', () => {
  const history = new History();
  for (const at of [1, 5, 3]) history.add(message(at));
  expect(ids(history)).toEqual(['1', '3', '5']);
  expect(ids(history, 2)).toEqual(['3', '5']);
  expect(ids(history, 0)).toEqual([]);
});

it('forgets the oldest', () => {
  const history = new History();
  for (let at = 0; at < HISTORY_LENGTH + 3; at++) history.add(message(at));
  expect(history.last()).toHaveLength(HISTORY_LENGTH);
  expect(ids(history)[0]).toBe('3');
});
