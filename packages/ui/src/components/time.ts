import { useSyncExternalStore } from 'react';

/** A length of time in one or two words: `4 s`, `12 min`, `3 h`, `2 d`, `5 mo`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  const days = Math.floor(hours / 24);
  if (days < 60) return `${days} d`;
  return days < 730 ? `${Math.floor(days / 30)} mo` : `${Math.floor(days / 365)} y`;
}

/** `12 min ago`, `in 3 h`, `now`. */
export function formatRelative(at: Date, now: number): string {
  const ms = at.getTime() - now;
  if (Math.abs(ms) < 1500) return 'now';
  return ms < 0 ? `${formatDuration(ms)} ago` : `in ${formatDuration(ms)}`;
}

/** To the second, in the person's time zone and in UTC. */
export function formatExact(at: Date): string {
  if (Number.isNaN(at.getTime())) return 'not a date';
  return `${formatMoment(at)} (${at.toISOString().replace('T', ' ').slice(0, 19)} UTC)`;
}

// Making one costs more than a row of a table: `toLocaleString` would make one for each.
let moments: Intl.DateTimeFormat | undefined;

/** To the second in the person's time zone, for a sentence; what shows it exactly is a hint. */
export function formatMoment(at: Date): string {
  if (Number.isNaN(at.getTime())) return 'not a date';
  moments ??= new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  return moments.format(at);
}

/** `16:20:05`, by the clock on the wall; the day is said beside it, or in the hint. */
export function formatClock(at: Date): string {
  if (Number.isNaN(at.getTime())) return 'not a time';
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** Seconds in the field's words: `1 hour`, `90 min`, `45 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? '1 day' : `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return seconds === 3600 ? '1 hour' : `${seconds / 3600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

// One clock for the window, however many times are shown.
const listeners = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  clock ??= setInterval(() => listeners.forEach((tell) => tell()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Renders again only when the value derived from the time changes. */
export function useTicking<T extends string | number | boolean>(derive: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => derive(Date.now()));
}

/** The time now, to `step` milliseconds. */
export const useNow = (step = 1000): Date => new Date(useTicking((now) => Math.floor(now / step) * step));
