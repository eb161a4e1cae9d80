export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that a share of all does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Welch's t of two samples: beyond ±4.5 they can be told apart. */
export function welch(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  return (ma - mb) / Math.sqrt(variance(a, ma) / a.length + variance(b, mb) / b.length);
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: readonly number[], m: number) =>
  values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1);

/** Drops the slowest part: pauses of the collector and the scheduler, which hit every class alike. */
export function trim(values: readonly number[], share: number): number[] {
  return values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * (1 - share)));
}
