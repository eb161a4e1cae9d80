import { type Check, clauses } from '@muster/domain';
import { describe, expect, it } from 'vitest';
import { groupsOf, inScope, matches, optionsOf, specOf, wholeSheet } from './sheet-filter.ts';

const sheet: Check[] = clauses.map((clause, index) => ({
  ...clause,
  verdict: index % 5 === 0 ? 'fail' : 'pass',
  evidence: `seen ${clause.id.toLowerCase()}`,
}));
const one = (id: string) => sheet.find((check) => check.id === id) as Check;
const ids = (checks: readonly Check[]) => checks.map(({ id }) => id);

describe('the sheet', () => {
  it('files each requirement under one specification', () => {
    expect(
      ['ID-01', 'X-15', 'X-22', 'J-15', 'J-16', 'B-01', 'X-14', 'X-30'].map((id) => specOf(one(id))),
    ).toEqual([
      'SPIFFE-ID',
      'X509-SVID',
      'X509-SVID',
      'JWT-SVID',
      'JWT-SVID',
      'TD&Bundle',
      'Workload API',
      'Good practice',
    ]);
    const options = optionsOf(sheet, specOf);
    expect(options.reduce((sum, { count }) => sum + count, 0)).toBe(sheet.length);
  });
  it('is searched by every word, in id, text, evidence, clause and note', () => {
    expect(matches(one('X-02'), 'x-02')).toBe(true);
    expect(matches(one('X-02'), 'URI san')).toBe(true);
    expect(matches(one('X-02'), 'uri nonsense')).toBe(false);
    expect(matches(one('X-02'), '5.2')).toBe(true);
    expect(matches(one('J-12'), 'leeway go-spiffe')).toBe(true);
    expect(matches(one('J-12'), '  ')).toBe(true);
  });
  it('is cut by level, specification and by what readers differ about', () => {
    const scope = inScope(sheet, { ...wholeSheet, level: 'POLICY' });
    expect(scope.length).toBeGreaterThan(0);
    expect(scope.every(({ level }) => level === 'POLICY')).toBe(true);
    expect(ids(inScope(sheet, { ...wholeSheet, spec: 'SPIFFE-ID', disputed: true }))).toEqual([
      'ID-01',
      'ID-07',
      'ID-15',
      'ID-16',
      'ID-17',
    ]);
  });
  it('is one list with what is broken first, or one a specification', () => {
    const [all] = groupsOf(sheet, wholeSheet);
    expect(all?.spec).toBeUndefined();
    expect(all?.checks[0]?.verdict).toBe('fail');
    const grouped = groupsOf(sheet, { ...wholeSheet, grouped: true, verdict: 'broken' });
    expect(grouped.map(({ spec }) => spec).slice(0, 3)).toEqual(['SPIFFE-ID', 'X509-SVID', 'JWT-SVID']);
    expect(grouped.flatMap(({ checks }) => checks).every(({ verdict }) => verdict === 'fail')).toBe(true);
    expect(groupsOf(sheet, { ...wholeSheet, search: 'no such thing' })).toEqual([]);
  });
});
