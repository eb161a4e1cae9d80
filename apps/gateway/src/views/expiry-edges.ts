const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Ends of stretches that grow, seconds from now: from minutes to years, each a length that people say. */
const growing: readonly number[] = [
  0,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  day,
  2 * day,
  3 * day,
  7 * day,
  14 * day,
  30 * day,
  60 * day,
  90 * day,
  180 * day,
  365 * day,
  2 * 365 * day,
  5 * 365 * day,
  10 * 365 * day,
];

const steps: readonly number[] = [
  1,
  5,
  10,
  30,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  7 * day,
  30 * day,
  365 * day,
];

/** So many columns can be told apart, and pointed at. */
const mostBins = 31;

/** A thousand years: further than anything is dated, and every moment in it is a number. */
const farthest = 1000 * 365 * day;

/**
 * Ends of the stretches that an axis counts, in seconds from now; the first is now itself. `span` 0 covers everything
 * in steps that grow; else so many seconds in equal steps.
 */
export function edgesOf(span: number): number[] {
  if (span <= 0) return [...growing];
  const whole = Math.min(Math.round(span), farthest);
  const step = steps.find((one) => whole / one <= mostBins) ?? Math.ceil(whole / mostBins);
  const edges = [0];
  for (let at = step; at < whole; at += step) edges.push(at);
  edges.push(whole);
  return edges;
}
