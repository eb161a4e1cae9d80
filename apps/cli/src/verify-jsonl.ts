import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { usageError } from './exit.ts';
import { writeText } from './io.ts';
import { type Batch, JudgePool } from './verify-pool.ts';

/** Longer lines than any honest document are answered without being held. */
const LINE_CAP = 32 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Judges a stream of lines, one answer a line in the order of input, whatever the lines hold. */
export async function verifyLines(file: string): Promise<void> {
  if (file !== '-' && !(await stat(file).catch(() => undefined))?.isFile())
    throw usageError(`${file} cannot be read.`);
  const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  const pool = new JudgePool();
  const under: Promise<void>[] = [];
  let printed = Promise.resolve();
  try {
    for await (const batch of batches(source)) {
      const answers = pool.judge(batch);
      // Printed when it is ready, not when more comes: who sends line by line waits for the answer.
      printed = printed.then(async () => writeText(await answers));
      under.push(printed);
      if (under.length > pool.size * 4) await under.shift();
    }
    await printed;
  } finally {
    await pool.close();
  }
}

/** Whole lines of a byte stream as they come; one over the cap as an empty one, which is answered alike. */
async function* batches(source: NodeJS.ReadableStream): AsyncGenerator<Batch> {
  // Of the line that has not ended yet.
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const first = size + chunk.indexOf(LINE_FEED) > LINE_CAP ? [] : parts;
      const from = first === parts ? 0 : chunk.indexOf(LINE_FEED);
      yield batchOf([...first, chunk.subarray(from, end)]);
      parts = [];
      size = 0;
    }
    size += chunk.length - end;
    if (size > LINE_CAP) parts = [];
    else if (end < chunk.length) parts.push(chunk.subarray(end));
  }
  if (size > 0) yield batchOf([...parts, Buffer.of(LINE_FEED)]);
}

function batchOf(parts: readonly Uint8Array[]): Batch {
  // Not from the pool that Buffer.concat takes small ones of: the memory itself goes to a thread.
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  let lines = 0;
  for (let found = bytes.indexOf(LINE_FEED); found >= 0; found = bytes.indexOf(LINE_FEED, found + 1)) lines++;
  return { bytes, lines };
}
