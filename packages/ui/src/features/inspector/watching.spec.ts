import { describe, expect, it } from 'vitest';
import { differences } from './use-watch.ts';
import type { VerdictRow } from './verdict-row.ts';
import { formatCountdown, lookAt, mostWatched, watchable } from './watching.ts';

/** A file on disk that a test changes. */
function disk(name: string, text: string, lastModified = 1) {
  const state: { file: File | undefined } = { file: new File([text], name, { lastModified }) };
  const handle = {
    kind: 'file',
    name,
    getFile: () => (state.file ? Promise.resolve(state.file) : Promise.reject(new Error('NotFoundError'))),
  } as unknown as FileSystemFileHandle;
  const write = (next: string | undefined, at = 2) => {
    state.file = next === undefined ? undefined : new File([next], name, { lastModified: at });
  };
  return { handle, write, dropped: { name, blob: new Blob([text]), handle } };
}

describe('a file on disk', () => {
  it('is seen to change, to go, and to come back', async () => {
    const one = disk('tls.crt', 'a');
    const two = disk('tls.key', 'b');
    let watched = await watchable([one.dropped, two.dropped]);
    expect(await lookAt(watched)).toMatchObject({ changed: false, gone: [], back: [] });
    one.write('aa');
    const changed = await lookAt(watched);
    expect(changed).toMatchObject({ changed: true, blobs: [{ name: 'tls.crt' }, { name: 'tls.key' }] });
    watched = changed.files;
    expect((await lookAt(watched)).changed).toBe(false);
    two.write(undefined);
    const gone = await lookAt(watched);
    expect(gone).toMatchObject({ changed: false, gone: ['tls.key'] });
    watched = gone.files;
    expect((await lookAt(watched)).gone).toEqual([]);
    two.write('b', 2);
    expect(await lookAt(watched)).toMatchObject({ changed: true, back: ['tls.key'] });
  });
  it('without a handle is not watched, and not more than can be asked for every second', async () => {
    expect(await watchable([{ name: 'x', blob: new Blob() }])).toEqual([]);
    const many = Array.from({ length: mostWatched + 5 }, (_, index) => disk(`f${index}`, 'x').dropped);
    expect(await watchable(many)).toHaveLength(mostWatched);
  });
});

it('a countdown keeps its width', () => {
  expect([0, 900, 61_000, 3_600_000, 90_061_000].map(formatCountdown)).toEqual([
    '0 s',
    '1 s',
    '1 min 01 s',
    '1 h 00 min 00 s',
    '1 d 01 h 01 min',
  ]);
});

describe('what happened between two verdicts', () => {
  const row = (more: Partial<VerdictRow>): VerdictRow => ({
    id: 'a',
    kind: 'x509-svid',
    verdict: 'valid',
    reason: '',
    fails: [],
    warns: [],
    at: 0,
    mark: 'serial 1a',
    subject: 'spiffe://org-a.test/web',
    ...more,
  });
  it('is told in words', () => {
    const texts = (after: Partial<VerdictRow>) =>
      differences('tls.crt', row({}), row(after)).map(({ what }) => what);
    expect(texts({})).toEqual([]);
    expect(texts({ mark: 'serial 2b' })).toEqual(['rotated: serial 1a → serial 2b']);
    expect(texts({ expires: 5 })).toEqual(['changed: it expires at another time']);
    expect(texts({ verdict: 'invalid', fails: ['X-16'] })).toEqual(['valid → not valid (X-16)']);
    expect(texts({ subject: 'spiffe://org-a.test/other' })).toEqual([
      'is another identity now: spiffe://org-a.test/other',
    ]);
  });
});
