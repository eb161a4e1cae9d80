import {
  WorkloadEventKind,
  WorkloadEventSchema,
  WorkloadSocketSchema,
  WorkloadTrackSchema,
} from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { eventWords, fittingSpan, gapsOf, gapWords, spansOf, trackState } from './rows.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => timestampFromMs(start + seconds * 1000);
const track = (more: MessageInitShape<typeof WorkloadTrackSchema> = {}) =>
  create(WorkloadTrackSchema, {
    connection: 'agent',
    svid: 'x509',
    spiffeId: 'spiffe://a.example/web',
    notBefore: at(0),
    expiresAt: at(100),
    nextExpectedAt: at(50),
    overdueAt: at(70),
    ...more,
  });
const event = (kind: WorkloadEventKind, seconds: number, expires = 0, left = 0n) =>
  create(WorkloadEventSchema, { kind, at: at(seconds), expiresAt: at(expires), left });
const live = create(WorkloadSocketSchema, { live: true });
const stateAt = (seconds: number, of = track(), socket = live) =>
  trackState(of, socket, start + seconds * 1000).name;

describe('where a renewal stands', () => {
  it('goes on between two answers of the gateway', () => {
    expect([0, 69, 70, 99, 100].map((seconds) => stateAt(seconds))).toEqual([
      'current',
      'current',
      'overdue',
      'overdue',
      'expired',
    ]);
  });
  it('is not watched while its stream is broken, and none of what was withdrawn', () => {
    expect(stateAt(1, track(), create(WorkloadSocketSchema, { live: false }))).toBe('unwatched');
    expect(stateAt(80, track(), create(WorkloadSocketSchema, { live: false }))).toBe('overdue');
    expect(stateAt(200, track({ withdrawnAt: at(10) }))).toBe('withdrawn');
  });
});

describe('the picture', () => {
  const { ISSUED, ROTATED, WITHDRAWN, LOST, BACK } = WorkloadEventKind;
  const seconds = (ms: number) => (ms - start) / 1000;

  it('draws each life until it was replaced, withdrawn, or expired', () => {
    const events = [
      event(ROTATED, 150, 250),
      event(ROTATED, 50, 140),
      event(ISSUED, 0, 100),
      event(WITHDRAWN, 200),
    ];
    const spans = spansOf(track({ withdrawnAt: at(200) }), events);
    expect(spans.map(({ from, until, current }) => [seconds(from), seconds(until), current])).toEqual([
      [0, 50, false],
      [50, 140, false],
      [150, 200, false],
    ]);
    expect(spansOf(track(), events.slice(0, 3)).at(-1)?.current).toBe(true);
  });
  it('shows when a stream was broken, and still is', () => {
    const gaps = gapsOf([event(LOST, 90), event(BACK, 30), event(LOST, 10)], start + 100_000);
    expect(gaps.map(({ from, until }) => [seconds(from), seconds(until)])).toEqual([
      [10, 30],
      [90, 100],
    ]);
  });
  it('chooses how much time to show by the lives there are', () => {
    expect(fittingSpan([track()]).id).toBe('10m');
    expect(fittingSpan([track({ expiresAt: at(3600) })]).id).toBe('6h');
    expect(fittingSpan([]).id).toBe('10m');
    expect(fittingSpan([track({ expiresAt: at(9e6) })]).id).toBe('7d');
  });
});

describe('a renewal in words', () => {
  it.each([
    [120n, 'renewed', '2 min before expiry'],
    [-5n, 'renewed late', '5 s too late'],
  ])('with %d s left is “%s”, %s', (left, word, gap) => {
    const one = event(WorkloadEventKind.ROTATED, 0, 0, left);
    expect([eventWords(one).word, gapWords(one)]).toEqual([word, gap]);
  });
});
