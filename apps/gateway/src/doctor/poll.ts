/**
 * How often a SPIRE server asks an endpoint, in milliseconds: a quarter of the refresh hint, which counts as a minute
 * at least; every five minutes when there is no hint.
 */
export function pollInterval(refreshHint: number): number {
  return refreshHint > 0 ? (Math.max(60, refreshHint) / 4) * 1000 : 300_000;
}

/** A server that restarts, a slow endpoint: what may pass beyond one interval before it is worth a word. */
export const allowance = 20_000;
