import { describe, expect, it } from 'vitest';
import type { InspectedDocument, Recognised } from './documents.ts';
import { emptyBench, momentOf, reduceBench } from './workbench.ts';

const document = (id: string, kind: InspectedDocument['kind']): Recognised => ({
  state: 'document',
  document: { id, name: id, kind, bytes: new Uint8Array([1]), authorities: kind === 'bundle' },
});
const take = (bench: typeof emptyBench, ...recognised: Recognised[]) =>
  reduceBench(bench, { do: 'take', recognised });
const ids = (bench: typeof emptyBench) => bench.documents.map((one) => one.id);

describe('the bench', () => {
  it('judges the SVID, not the bundle that came with it', () => {
    const bench = take(emptyBench, document('leaf', 'x509-svid'), document('ca', 'bundle'));
    expect(bench.subject).toBe('leaf');
    expect(ids(bench)).toEqual(['leaf', 'ca']);
  });
  it('keeps bundles beside a new SVID, and an SVID beside a new bundle', () => {
    const bench = take(
      take(emptyBench, document('leaf', 'x509-svid'), document('ca', 'bundle')),
      document('token', 'jwt-svid'),
    );
    expect(ids(bench)).toEqual(['ca', 'token']);
    expect(ids(take(bench, document('ca2', 'bundle')))).toEqual(['ca', 'token', 'ca2']);
    expect(take(bench, document('ca2', 'bundle')).subject).toBe('token');
  });
  it('judges a bundle alone, and says so when asked to', () => {
    const bench = take(emptyBench, document('ca', 'bundle'));
    expect(bench.subject).toBe('ca');
    const both = take(bench, document('leaf', 'x509-svid'));
    expect(reduceBench(both, { do: 'judge', id: 'ca' }).subject).toBe('ca');
    expect(reduceBench(both, { do: 'drop', id: 'leaf' }).subject).toBe('ca');
  });
  it('keeps what there was when something is refused', () => {
    const bench = take(take(emptyBench, document('leaf', 'x509-svid')), {
      state: 'refused',
      reason: 'private-key',
      name: 'key.pem',
    });
    expect(ids(bench)).toEqual(['leaf']);
    expect(bench.refused?.reason).toBe('private-key');
  });
  it('forgets all of it, and only says that it did', () => {
    const bench = reduceBench(
      { ...take(emptyBench, document('token', 'jwt-svid')), keep: true },
      { do: 'forget' },
    );
    expect(bench).toMatchObject({ documents: [], subject: undefined, forgotten: true, keep: false });
  });
  it('gives a dropped bundle to a trust domain', () => {
    const bench = reduceBench(take(emptyBench, document('ca', 'bundle')), {
      do: 'assign',
      id: 'ca',
      trustDomain: 'org-b.test',
    });
    expect(bench.documents[0]?.bundleOf).toBe('org-b.test');
  });
});

it('momentOf reads UTC', () => {
  const now = new Date();
  expect(momentOf({ mode: 'now' }, now)).toBe(now);
  expect(momentOf({ mode: 'chosen', text: '2026-11-22T12:00' }, now)?.toISOString()).toBe(
    '2026-11-22T12:00:00.000Z',
  );
  expect(momentOf({ mode: 'chosen', text: 'soon' }, now)).toBeUndefined();
});
