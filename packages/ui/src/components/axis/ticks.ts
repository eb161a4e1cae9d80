const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people count time in, ms. */
const STEPS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365, 730, 1825, 3650].map((n) => n * DAY),
];

export interface Tick {
  at: number;
  text: string;
}

/** Ticks between two moments (ms), counted from `now`, at most about `most` of them. */
export function ticksBetween(from: number, to: number, now: number, most = 7): Tick[] {
  const span = to - from;
  if (!(span > 0)) return [];
  const step = STEPS.find((one) => span / one <= most) ?? span / most;
  const first = Math.ceil((from - now) / step);
  const last = Math.floor((to - now) / step);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const away = (first + i) * step;
    return {
      at: now + away,
      text: away === 0 ? 'now' : `${away < 0 ? '−' : '+'}${lengthOf(Math.abs(away))}`,
    };
  });
}

/** A length of time that is a round number of something: `30 s`, `15 min`, `6 h`, `2 d`, `1 y`. */
export function lengthOf(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${rounded(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${rounded(ms / HOUR)} h`;
  if (ms < 365 * DAY) return `${rounded(ms / DAY)} d`;
  return `${rounded(ms / (365 * DAY))} y`;
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
