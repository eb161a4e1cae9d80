/** SPIRE refuses requests above 4 MiB; half leaves room for answers that echo more than was asked. */
const maxBytes = 2 * 1024 * 1024;
const maxItems = 500;

/** Splits into batches bounded by bytes and by count. */
export function* batches<T>(items: readonly T[], size: (item: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = size(item);
    if (batch.length > 0 && (bytes + more > maxBytes || batch.length >= maxItems)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}
