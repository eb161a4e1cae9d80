import {
  type GetWorkloadTimelineResponse,
  type WorkloadEvent,
  WorkloadEventKind,
  type WorkloadSocket,
  type WorkloadTrack,
} from '@muster/api';
import { formatDuration, formatRelative, toDate, type Tone } from '../../components/index.ts';

/** What the address holds. */
export interface WorkloadSearch {
  q?: string;
  td?: string;
  socket?: string;
  kind?: string;
  state?: string;
  tab?: string;
  span?: string;
  id?: string;
}

type Named = Pick<WorkloadTrack, 'connection' | 'svid' | 'hint' | 'audience'>;

/** One identity of one socket, as the address names it. */
export const trackKey = (track: WorkloadTrack): string => keyOf(track, track.spiffeId);

const keyOf = ({ connection, svid, hint, audience }: Named, spiffeId: string): string =>
  [connection, svid, spiffeId, hint, audience].join('|');

/** Of the identity an event is about; that of no identity when it is about a bundle or a stream. */
export const eventKey = (event: WorkloadEvent): string => keyOf(event, event.name);

export const trustDomainOf = (name: string): string => /^spiffe:\/\/([^/]+)/u.exec(name)?.[1] ?? name;

export type TrackStateName = 'current' | 'overdue' | 'expired' | 'unwatched' | 'withdrawn';

export interface TrackState {
  name: TrackStateName;
  tone: Tone;
  word: string;
  reason: string;
}

/** Where the renewal of one identity stands, by the page's clock: it goes on between two answers. */
export function trackState(
  track: WorkloadTrack,
  socket: WorkloadSocket | undefined,
  now: number,
): TrackState {
  const expires = toDate(track.expiresAt) ?? new Date(0);
  const late = toDate(track.overdueAt) ?? expires;
  const due = toDate(track.nextExpectedAt) ?? late;
  if (track.withdrawnAt)
    return {
      name: 'withdrawn',
      tone: 'unknown',
      word: 'withdrawn',
      reason: `No longer issued: no registration entry gives it any more. The SVID received last ${expires.getTime() > now ? 'stays valid until it expires' : 'has expired'}.`,
    };
  if (expires.getTime() <= now)
    return {
      name: 'expired',
      tone: 'bad',
      word: 'expired',
      reason: `It expired ${formatRelative(expires, now)} and no other came in its place: peers refuse it.`,
    };
  if (late.getTime() <= now)
    return {
      name: 'overdue',
      tone: 'bad',
      word: 'overdue',
      reason: `A renewal was due ${formatRelative(due, now)} and has not come. It expires ${formatRelative(expires, now)}: look at the agent, and at its way to the server.`,
    };
  if (socket && !socket.live)
    return {
      name: 'unwatched',
      tone: 'warn',
      word: 'not watched',
      reason: `The stream is broken, so a renewal would not be seen here. ${socket.reason}`,
    };
  return {
    name: 'current',
    tone: 'ok',
    word: 'current',
    reason: `The next renewal is expected ${formatRelative(due, now)}, at about half of its life.`,
  };
}

/** X.509, or JWT with the audience. */
export const kindWords = ({ svid, audience }: Pick<WorkloadTrack, 'svid' | 'audience'>): string =>
  svid === 'jwt' ? `JWT for ${audience}` : 'X.509';

/** An SVID's life in the picture. `until`: replaced, withdrawn, or its expiry. Milliseconds. */
export interface Span {
  from: number;
  until: number;
  /** The one that is in use. */
  current: boolean;
}

/** Every life of one identity that is known, oldest first. */
export function spansOf(track: WorkloadTrack, events: readonly WorkloadEvent[]): Span[] {
  const lives = events
    .filter(({ kind }) => kind === WorkloadEventKind.ISSUED || kind === WorkloadEventKind.ROTATED)
    .map((event) => ({
      at: ms(event.at),
      to: ms(event.expiresAt),
    }))
    .toSorted((a, b) => a.at - b.at);
  const ends = events.filter(({ kind }) => kind === WorkloadEventKind.WITHDRAWN).map((event) => ms(event.at));
  return lives.map(({ at, to }, index) => {
    const next = lives[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const gone = ends.find((end) => end >= at && end <= next) ?? Number.POSITIVE_INFINITY;
    const current = index === lives.length - 1 && !track.withdrawnAt;
    return { from: at, until: Math.min(to, next, gone), current };
  });
}

/** When the stream of a socket was broken: from, and until when. */
export function gapsOf(events: readonly WorkloadEvent[], now: number): { from: number; until: number }[] {
  const marks = events
    .filter(({ kind }) => kind === WorkloadEventKind.LOST || kind === WorkloadEventKind.BACK)
    .toSorted((a, b) => ms(a.at) - ms(b.at));
  const gaps: { from: number; until: number }[] = [];
  for (const mark of marks) {
    const open = gaps.at(-1);
    if (mark.kind === WorkloadEventKind.LOST) gaps.push({ from: ms(mark.at), until: now });
    else if (open) open.until = ms(mark.at);
  }
  return gaps;
}

const ms = (at: WorkloadEvent['at']): number => toDate(at)?.getTime() ?? 0;

/** How much time the picture shows, and how it is called. */
export const SPANS = [
  { id: '10m', ms: 600_000, label: '10 min' },
  { id: '1h', ms: 3_600_000, label: '1 hour' },
  { id: '6h', ms: 21_600_000, label: '6 hours' },
  { id: '1d', ms: 86_400_000, label: '1 day' },
  { id: '7d', ms: 604_800_000, label: '7 days' },
] as const;

/** The shortest span that shows most lives almost twice over. */
export function fittingSpan(tracks: readonly WorkloadTrack[]): (typeof SPANS)[number] {
  const lives = tracks
    .filter(({ withdrawnAt }) => !withdrawnAt)
    .map((track) => ms(track.expiresAt) - ms(track.notBefore))
    .toSorted((a, b) => a - b);
  const usual = lives[Math.floor(lives.length * 0.75)] ?? 0;
  return SPANS.find((span) => span.ms >= usual * 1.9) ?? SPANS[4];
}

/** Tracks that the search and its filters leave. */
export function filterTracks(
  data: GetWorkloadTimelineResponse,
  search: WorkloadSearch,
  now: number,
): WorkloadTrack[] {
  const text = (search.q ?? '').trim().toLowerCase();
  return data.tracks
    .filter((track) => {
      if (search.td && trustDomainOf(track.spiffeId) !== search.td) return false;
      if (search.socket && track.connection !== search.socket) return false;
      if (search.kind && track.svid !== search.kind) return false;
      if (search.state && !inState(trackState(track, socketOf(data, track), now).name, search.state))
        return false;
      return `${track.spiffeId} ${track.hint} ${track.audience}`.toLowerCase().includes(text);
    })
    .toSorted(
      (a, b) =>
        Number(Boolean(a.withdrawnAt)) - Number(Boolean(b.withdrawnAt)) ||
        a.spiffeId.localeCompare(b.spiffeId) ||
        a.svid.localeCompare(b.svid) * -1 ||
        a.audience.localeCompare(b.audience) ||
        a.hint.localeCompare(b.hint),
    );
}

/** What has expired was overdue before. */
function inState(state: TrackStateName, wanted: string): boolean {
  return state === wanted || (wanted === 'overdue' && state === 'expired');
}

export function filterEvents(data: GetWorkloadTimelineResponse, search: WorkloadSearch): WorkloadEvent[] {
  const text = (search.q ?? '').trim().toLowerCase();
  return data.events.filter((event) => {
    const stream = event.svid === '';
    if (search.td && !stream && trustDomainOf(event.name) !== search.td) return false;
    if (search.socket && event.connection !== search.socket) return false;
    if (search.kind && !stream && event.svid !== search.kind) return false;
    return `${event.name} ${event.hint} ${event.audience}`.toLowerCase().includes(text);
  });
}

export const socketOf = (
  { sockets }: GetWorkloadTimelineResponse,
  { connection }: Pick<WorkloadTrack, 'connection'>,
): WorkloadSocket | undefined => sockets.find((socket) => socket.connection === connection);

export interface EventWords {
  tone: Tone;
  word: string;
}

const WORDS: Record<WorkloadEventKind, EventWords> = {
  [WorkloadEventKind.UNSPECIFIED]: { tone: 'unknown', word: 'unknown' },
  [WorkloadEventKind.ISSUED]: { tone: 'info', word: 'issued' },
  [WorkloadEventKind.ROTATED]: { tone: 'ok', word: 'renewed' },
  [WorkloadEventKind.WITHDRAWN]: { tone: 'warn', word: 'withdrawn' },
  [WorkloadEventKind.BUNDLE]: { tone: 'info', word: 'bundle' },
  [WorkloadEventKind.LOST]: { tone: 'bad', word: 'stream lost' },
  [WorkloadEventKind.BACK]: { tone: 'ok', word: 'stream back' },
  [WorkloadEventKind.OVERDUE]: { tone: 'bad', word: 'overdue' },
  [WorkloadEventKind.EXPIRED]: { tone: 'bad', word: 'expired' },
};

export function eventWords({ kind, left }: WorkloadEvent): EventWords {
  // Too late is no success.
  if (kind === WorkloadEventKind.ROTATED && left < 0n) return { tone: 'warn', word: 'renewed late' };
  return WORDS[kind];
}

/** "2 min before", of a rotation; empty for what has no gap. */
export function gapWords({ kind, left }: WorkloadEvent): string {
  if (kind !== WorkloadEventKind.ROTATED) return '';
  const gap = formatDuration(Number(left) * 1000);
  return left < 0n ? `${gap} too late` : `${gap} before expiry`;
}
