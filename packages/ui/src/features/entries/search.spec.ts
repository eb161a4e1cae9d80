import { EntryFlag, EntryState } from '@muster/api';
import { expect, it } from 'vitest';
import { isFiltered, known, toRequest } from './search.ts';

it('shows no filter that filters nothing: what the address says and nobody knows is left out', () => {
  const odd = known({ state: 'gone', expiry: 'constructor', flags: 'x,toString', q: 'web', id: 'a/b' });
  expect(odd).toMatchObject({ q: 'web', id: 'a/b' });
  expect([odd.state, odd.expiry, odd.flags]).toEqual([undefined, undefined, undefined]);
  expect(isFiltered(known({ state: 'gone' }))).toBe(false);
});

it('takes a state as the command line writes it', () => {
  const request = toRequest(known({ state: 'agent_expired', flags: 'x,admin' }));
  expect(request).toMatchObject({ state: EntryState.AGENT_EXPIRED, flags: [EntryFlag.ADMIN] });
});
