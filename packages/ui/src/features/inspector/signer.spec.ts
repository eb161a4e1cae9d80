import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { create } from '@bufbuild/protobuf';
import { BundleSchema } from '@muster/api';
import type { NearestSigner } from '@muster/domain';
import { describe, expect, it } from 'vitest';
import { knownBundles, placeWords, signerTitle } from './signer.ts';
import { settingsOf } from './use-address.ts';
import { olderCopies, refsOf } from './use-older-copies.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute));
const place = { trustDomain: 'org-a.test', source: 'spire-a', use: 'jwt-svid', own: true, chosen: true };
const signer = (relation: 'signed' | 'key-id', over: object = {}): NearestSigner => ({
  keys: [{ relation, subject: 'The token', keyType: 'EC P-256', places: [{ ...place, ...over }], words: '' }],
  compared: '',
  complete: true,
});

describe('the signer', () => {
  it('counts only when the bundle judged against has the key', () => {
    expect(signerTitle(signer('signed'))).toEqual({ tone: 'ok', title: 'The signature holds.' });
    expect(signerTitle(signer('signed', { chosen: false })).tone).toBe('warn');
    expect(signerTitle(signer('signed', { own: false })).tone).toBe('bad');
    expect(signerTitle(signer('signed', { older: {} })).tone).toBe('bad');
    expect(signerTitle(signer('key-id')).title).toContain('the nearest');
    expect(signerTitle({ keys: [], compared: '', complete: true }).title).toBe('No key known here signed it');
  });
  it('is told with where and until when', () => {
    expect(placeWords(place)).toBe('spire-a · jwt-svid · now');
    expect(placeWords({ ...place, older: { until: at(5) } })).toBe(
      'spire-a · jwt-svid · until 2026-11-22 12:05:00 UTC',
    );
    expect(placeWords({ ...place, use: '', ignored: 'no use' })).toBe(
      'spire-a · no use · now · ignored: no use',
    );
  });
  it('is looked for in what was chosen, in other copies, and in older ones', () => {
    const copy = (source: string) => ({
      key: source,
      trustDomain: 'org-a.test',
      source,
      holds: 'all' as const,
      sequence: undefined,
      readAt: undefined,
      bytes: new Uint8Array(),
    });
    const [one, two] = [copy('spire-a'), copy('spire-b')];
    const older = {
      trustDomain: 'org-a.test',
      connection: 'spire-a',
      from: at(0),
      until: at(1),
      bytes: new Uint8Array(),
    };
    const known = knownBundles([{ trustDomain: 'org-a.test', chosen: two, choices: [one, two] }], [older]);
    expect(known.map(({ source, chosen, older: old }) => [source, chosen, old?.until])).toEqual([
      ['spire-b', true, undefined],
      ['spire-a', undefined, undefined],
      ['spire-a', undefined, at(1)],
    ]);
  });
});

describe('older copies', () => {
  const moments = [at(30), at(20), at(10)];
  const now = create(BundleSchema, {
    connection: 'spire-a',
    trustDomain: 'org-a.test',
    versions: moments.map((moment) => timestampFromDate(moment)),
  });
  it('are asked for by the moments that are kept, without the newest; of the trust domain that needs them', () => {
    expect(refsOf([now], 'org-a.test').map(({ at: moment }) => Number(moment.seconds) * 1000)).toEqual(
      [at(20), at(10)].map(Number),
    );
    expect(refsOf([now], undefined)).toEqual([]);
  });
  it('were replaced when the next one was seen', () => {
    const kept = moments.map((moment) =>
      create(BundleSchema, {
        connection: 'spire-a',
        trustDomain: 'org-a.test',
        readAt: timestampFromDate(moment),
        spiffeJson: '{}',
      }),
    );
    expect(olderCopies(kept, [now]).map(({ from, until }) => [from, until])).toEqual([
      [at(20), at(30)],
      [at(10), at(20)],
    ]);
  });
});

it('S-14: the address holds settings only, and nothing that is no moment', () => {
  expect(settingsOf({ audience: 'a', verifier: 'b', at: '2026-11-22T12:00:00' })).toEqual({
    audience: 'a',
    trustDomain: 'b',
    at: '2026-11-22T12:00:00',
  });
  expect(settingsOf({ at: 'javascript:1' }).at).toBe('');
});
