import { expect, it } from 'vitest';
import { clause, clauses } from './clauses.ts';

it('has every clause once, with a known level', () => {
  expect(clauses).toHaveLength(126);
  expect(new Set(clauses.map(({ id }) => id)).size).toBe(126);
  expect(new Set(clauses.map(({ level }) => level))).toEqual(
    new Set(['MUST', 'SHOULD', 'DECL', 'POLICY', 'MAY']),
  );
  expect(clause('X-14').level).toBe('MUST');
  expect(() => clause('X-99')).toThrow();
});
