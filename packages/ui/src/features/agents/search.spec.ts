import { AgentSort, AgentState } from '@muster/api';
import { expect, it } from 'vitest';
import { isFiltered, known, toRequest } from './search.ts';

it('S-25: a word of the address is only a word, and one that nobody knows filters and orders nothing', () => {
  for (const odd of ['constructor', '__proto__', 'gone']) {
    expect(toRequest({ state: odd, sort: odd })).toMatchObject({
      state: AgentState.UNSPECIFIED,
      sort: AgentSort.ID,
    });
    expect(isFiltered(known({ state: odd }))).toBe(false);
  }
  expect(known({ state: 'banned', q: 'x' })).toEqual({ state: 'banned', q: 'x' });
});
