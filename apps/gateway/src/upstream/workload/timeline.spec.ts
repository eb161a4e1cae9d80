import { describe, expect, it } from 'vitest';
import { expectedAt, overdueAt, Timeline } from './timeline.ts';
import type { Received } from './timeline.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const second = 1000;

function clock() {
  let now = start;
  return { now: () => new Date(now), to: (seconds: number) => (now = start + seconds * second) };
}
/** From and to in seconds from the start. */
const svid = (from: number, to: number, more: Partial<Received> = {}): Received => ({
  svid: 'x509',
  spiffeId: 'spiffe://a.example/web',
  hint: '',
  audience: '',
  notBefore: new Date(start + from * second),
  expiresAt: new Date(start + to * second),
  chainPem: 'PEM',
  ...more,
});

describe('the moments of a renewal', () => {
  it('half of a life, and an alert between six tenths and three quarters of it', () => {
    const hour = svid(0, 3600);
    expect(expectedAt(hour).getTime() - start).toBe(1800 * second);
    expect(overdueAt(hour).getTime() - start).toBe(2170 * second);
    // With a short life the grace would reach past the end.
    expect(overdueAt(svid(0, 20)).getTime() - start).toBe(15 * second);
  });
});

describe('a timeline', () => {
  it('tells each rotation with its gap to expiry', () => {
    const { now, to } = clock();
    const timeline = new Timeline(now);
    timeline.issued(svid(0, 100));
    to(50);
    timeline.rotated(svid(50, 150), svid(0, 100).expiresAt);
    to(160);
    timeline.rotated(svid(160, 260), svid(50, 150).expiresAt);
    expect(timeline.events.map(({ kind, leftMs, text }) => [kind, leftMs, text])).toEqual([
      ['rotated', -10_000, 'Renewed after the one before had expired.'],
      ['rotated', 50_000, 'Renewed.'],
      ['issued', undefined, 'Issued.'],
    ]);
    expect(timeline.tracks).toMatchObject([{ rotations: 2, overdue: false, expired: false }]);
  });

  it('tells once what fails to come, and that it expired; a renewal ends the alert', () => {
    const { now, to } = clock();
    const timeline = new Timeline(now);
    timeline.issued(svid(0, 100));
    expect(timeline.due).toBe(start + 70 * second);
    to(69);
    expect(timeline.tick()).toBe(false);
    to(70);
    expect(timeline.tick()).toBe(true);
    expect(timeline.tick()).toBe(false);
    expect(timeline.tracks).toMatchObject([{ overdue: true, expired: false }]);
    expect(timeline.due).toBe(start + 100 * second);
    to(100);
    expect(timeline.tick()).toBe(true);
    expect(timeline.tracks).toMatchObject([{ overdue: true, expired: true }]);
    expect(timeline.due).toBeUndefined();
    to(101);
    timeline.rotated(svid(101, 201), svid(0, 100).expiresAt);
    expect(timeline.tracks).toMatchObject([{ overdue: false, expired: false }]);
    expect(timeline.events.map(({ kind }) => kind)).toEqual(['rotated', 'expired', 'overdue', 'issued']);
  });

  it('tells both at once after a sleep, in their order', () => {
    const { now, to } = clock();
    const timeline = new Timeline(now);
    timeline.issued(svid(0, 100));
    to(500);
    expect(timeline.tick()).toBe(true);
    expect(timeline.events.map(({ kind }) => kind)).toEqual(['expired', 'overdue', 'issued']);
  });

  it('of what is withdrawn awaits nothing, and takes it up again', () => {
    const { now, to } = clock();
    const timeline = new Timeline(now);
    timeline.issued(svid(0, 100));
    to(10);
    timeline.withdrawn(svid(0, 100), 'Gone.');
    timeline.withdrawn(svid(0, 100), 'Gone.');
    to(200);
    expect(timeline.tick()).toBe(false);
    expect(timeline.tracks).toMatchObject([{ overdue: false, withdrawnAt: new Date(start + 10 * second) }]);
    timeline.issued(svid(200, 300));
    expect(timeline.tracks).toHaveLength(1);
    expect(timeline.tracks[0]?.withdrawnAt).toBeUndefined();
    expect(timeline.events.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'issued Issued again.',
      'withdrawn Gone.',
      'issued Issued.',
    ]);
  });

  it('keeps the two kinds, hints and audiences of one ID apart', () => {
    const timeline = new Timeline(() => new Date(start));
    timeline.issued(svid(0, 100));
    timeline.issued(svid(0, 100, { hint: 'other' }));
    timeline.issued(svid(0, 100, { svid: 'jwt', audience: 'a' }));
    timeline.issued(svid(0, 100, { svid: 'jwt', audience: 'b' }));
    expect(timeline.tracks).toHaveLength(4);
  });

  it('says how long a stream was broken, once each way', () => {
    const { now, to } = clock();
    const timeline = new Timeline(now);
    timeline.back('agent');
    timeline.lost('agent', 'The connection broke.');
    timeline.lost('agent', 'The connection broke.');
    to(12);
    timeline.back('agent');
    timeline.back('agent');
    expect(timeline.events.map(({ kind, text }) => [kind, text])).toEqual([
      ['back', 'The stream is open again, after 12 s.'],
      ['lost', 'The stream broke. The connection broke. SVIDs received before stay valid until they expire.'],
    ]);
  });

  it('keeps so many events and counts the rest', () => {
    const timeline = new Timeline(() => new Date(start), 10);
    timeline.issued(svid(0, 100));
    for (let turn = 0; turn < 25; turn += 1)
      timeline.rotated(svid(turn, 100 + turn), new Date(start + 100 * second));
    expect(timeline.events).toHaveLength(10);
    expect(timeline.dropped).toBe(16);
    expect(timeline.tracks[0]?.rotations).toBe(25);
  });

  it('S-18: keeps a bounded number of identities, withdrawn ones go first', () => {
    const timeline = new Timeline(() => new Date(start));
    for (let at = 0; at < 2100; at += 1) {
      const one = svid(0, 100, { spiffeId: `spiffe://a.example/${at}` });
      timeline.issued(one);
      if (at < 100) timeline.withdrawn(one, 'Gone.');
    }
    expect(timeline.tracks).toHaveLength(2000);
    expect(timeline.tracks[0]?.spiffeId).toBe('spiffe://a.example/100');
  });
});
