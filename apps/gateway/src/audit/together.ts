import type { AuditLine } from './chain.ts';

interface Waiting {
  line: AuditLine;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Lines that go to the disk at once; a longer wait would hold up the other writes. */
const mostAtOnce = 256;

/**
 * Records lines, each answered once it is on the disk. A flush takes 1–20 ms however much it flushes: those that come
 * meanwhile share the next one. Of a batch that cannot be written each line is tried alone and answered for itself.
 */
export function recordTogether(
  append: (...lines: AuditLine[]) => Promise<void>,
): (line: AuditLine) => Promise<void> {
  let waiting: Waiting[] = [];
  let writing = false;

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      await append(...batch.map(({ line }) => line));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await write([one]);
    }
  }

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostAtOnce);
      waiting = waiting.slice(mostAtOnce);
      await write(batch);
    }
    writing = false;
  }

  return (line) =>
    new Promise((resolve, reject) => {
      waiting.push({ line, resolve, reject });
      if (!writing) void writeAll();
    });
}
