import { describe, expect, it } from 'vitest';
import type { InspectedDocument } from './documents.ts';
import { emptyBench, listed, momentOf, reduceBench, type Workbench } from './workbench.ts';

const document = (
  id: string,
  kind: InspectedDocument['kind'],
  more: Partial<InspectedDocument> = {},
): InspectedDocument => ({
  id,
  name: id,
  kind,
  bytes: new TextEncoder().encode(id),
  authorities: kind === 'bundle',
  ...more,
});
const nothing = { documents: [], updates: [], refused: [] };
const take = (bench: Workbench, ...documents: InspectedDocument[]) =>
  reduceBench(bench, { do: 'take', answer: { ...nothing, documents } });
const ids = (bench: Workbench) => bench.documents.map((one) => one.id);

describe('the bench', () => {
  it('judges the SVID, not the bundle that came with it', () => {
    const bench = take(emptyBench, document('leaf', 'x509-svid'), document('ca', 'bundle'));
    expect(bench).toMatchObject({ subject: 'leaf', overview: false });
    expect(ids(bench)).toEqual(['leaf', 'ca']);
  });
  it('goes on to a new SVID, and keeps what was there beside it', () => {
    const first = take(emptyBench, document('leaf', 'x509-svid'), document('ca', 'bundle'));
    const bench = take(first, document('token', 'jwt-svid'));
    expect(ids(bench)).toEqual(['leaf', 'ca', 'token']);
    expect(bench.subject).toBe('token');
    expect(take(bench, document('ca2', 'bundle')).subject).toBe('token');
    // What a Workload API hands out for tokens is there to judge the token by.
    const pieces = document('map#org-a.test', 'bundle', { piece: true });
    expect(take(bench, document('map', 'bundle-map'), pieces)).toMatchObject({
      subject: 'token',
      overview: false,
    });
  });
  it('shows the table when several SVIDs come at once, and stays with it when a bundle follows', () => {
    const bench = take(emptyBench, document('a', 'x509-svid'), document('b', 'jwt-svid'));
    expect(bench.overview).toBe(true);
    expect(take(bench, document('ca', 'bundle')).overview).toBe(true);
    const opened = reduceBench(bench, { do: 'judge', id: 'a' });
    expect(opened).toMatchObject({ subject: 'a', overview: false });
    expect(reduceBench(opened, { do: 'overview' }).overview).toBe(true);
    expect(take(opened, document('ca', 'bundle')).overview).toBe(false);
    expect(reduceBench(bench, { do: 'drop', id: 'a' })).toMatchObject({ overview: false, subject: 'b' });
  });
  it('judges a bundle alone, and says so when asked to', () => {
    const bench = take(emptyBench, document('ca', 'bundle'));
    expect(bench.subject).toBe('ca');
    const both = take(bench, document('leaf', 'x509-svid'));
    expect(reduceBench(both, { do: 'judge', id: 'ca' }).subject).toBe('ca');
    expect(reduceBench(both, { do: 'drop', id: 'leaf' }).subject).toBe('ca');
  });
  it('lists no pieces, and judges none of them by itself', () => {
    const bench = take(
      emptyBench,
      document('map', 'bundle-map'),
      document('piece', 'bundle', { piece: true, bundleOf: 'org-a.test' }),
    );
    expect(listed(bench.documents).map(({ id }) => id)).toEqual(['map']);
    expect(bench.subject).toBe('map');
  });
  it('has the same document once', () => {
    const bench = take(emptyBench, document('leaf', 'x509-svid'));
    const again = take(bench, { ...document('leaf', 'x509-svid'), id: 'newer' });
    expect(ids(again)).toEqual(['newer']);
  });
  it('keeps what there was when something is refused', () => {
    const bench = reduceBench(take(emptyBench, document('leaf', 'x509-svid')), {
      do: 'take',
      answer: { ...nothing, refused: [{ reason: 'private-key', name: 'key.pem' }] },
    });
    expect(ids(bench)).toEqual(['leaf']);
    expect(bench).toMatchObject({ subject: 'leaf', refused: [{ reason: 'private-key' }] });
  });
  it('learns what a later file says about what is there', () => {
    const check = { id: 'X-28', verdict: 'pass', evidence: 'It fits.' } as const;
    const bench = reduceBench(
      take(emptyBench, document('leaf', 'x509-svid'), document('ca', 'bundle', { bundleOf: '' })),
      {
        do: 'take',
        answer: {
          ...nothing,
          updates: [
            {
              id: 'leaf',
              prefers: ['ca'],
              notes: ['n'],
              keyCheck: {
                check: { ...check, spec: '', section: '', level: 'MUST', text: '' },
                file: 'tls.key',
              },
            },
            { id: 'ca', prefers: [], notes: [], bundleOf: 'org-a.test' },
          ],
        },
      },
    );
    expect(bench.documents[0]).toMatchObject({
      prefers: ['ca'],
      notes: ['n'],
      keyCheck: { file: 'tls.key' },
    });
    expect(bench.documents[1]?.bundleOf).toBe('org-a.test');
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

describe('files that are read again', () => {
  const bench = reduceBench(
    take(
      emptyBench,
      document('one', 'x509-svid', { name: 'tls.crt', file: 'tls.crt', prefers: ['two'] }),
      document('two', 'bundle', { name: 'ca.pem', file: 'ca.pem' }),
      document('other', 'jwt-svid'),
    ),
    { do: 'watch', files: new Set(['tls.crt', 'ca.pem']) },
  );
  const reread = (...documents: InspectedDocument[]) =>
    reduceBench(bench, { do: 'take', reread: true, answer: { ...nothing, documents } });

  it('are kept while they are watched', () => {
    expect(bench.keep).toBe(true);
    expect(bench.documents.map(({ watched }) => watched ?? false)).toEqual([true, true, false]);
  });
  it('take the place and the id of what they were, and of the bundles they are judged by', () => {
    const again = reread(
      document('x', 'x509-svid', {
        name: 'tls.crt',
        file: 'tls.crt',
        prefers: ['y'],
        bytes: Uint8Array.of(1),
      }),
      document('y', 'bundle', { name: 'ca.pem', file: 'ca.pem', bytes: Uint8Array.of(2) }),
    );
    expect(ids(again)).toEqual(['one', 'two', 'other']);
    expect(again.documents[0]).toMatchObject({
      id: 'one',
      watched: true,
      prefers: ['two'],
      bytes: Uint8Array.of(1),
    });
    expect(again.subject).toBe(bench.subject);
  });
  it('that hold a map and its pieces keep each in its place', () => {
    const map = document('m', 'bundle-map', { name: 'key.jwt', file: 'key.jwt' });
    const piece = document('p', 'bundle', {
      name: 'key.jwt',
      file: 'key.jwt',
      piece: true,
      bundleOf: 'org-a.test',
    });
    const before = reduceBench(take(emptyBench, map, piece), { do: 'watch', files: new Set(['key.jwt']) });
    const again = reduceBench(before, {
      do: 'take',
      reread: true,
      answer: {
        ...nothing,
        documents: [
          { ...map, id: 'm2' },
          { ...piece, id: 'p2', bundleOf: '' },
        ],
      },
    });
    expect(again.documents.map(({ id, kind }) => [id, kind])).toEqual([
      ['m', 'bundle-map'],
      ['p', 'bundle'],
    ]);
    expect(again.documents[1]?.bundleOf).toBe('org-a.test');
  });
  it('that no longer hold what they held leave the bench', () => {
    const again = reread(document('z', 'jwt-svid', { name: 'tls.crt (2)', file: 'tls.crt' }));
    expect(ids(again)).toEqual(['two', 'other', 'z']);
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
