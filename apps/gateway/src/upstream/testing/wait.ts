import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mt-'));
}

/** Waits until it holds, patiently enough for a machine that stalls; throws with what it last saw. */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > end)
      throw new Error(
        `never came about; last seen: ${JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one))?.slice(0, 500)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
