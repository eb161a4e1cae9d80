import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { usageError } from './exit.ts';
import { writeLine } from './io.ts';
import { skipped } from './verify-line.ts';
import { JudgePool } from './verify-pool.ts';

/** Longer lines than any honest document are answered without being held. */
const LINE_CAP = 32 * 1024 * 1024;
const BATCH = 128;

/** Judges a stream of lines, one answer a line in the order of input, whatever the lines hold. */
export async function verifyLines(file: string): Promise<void> {
  if (file !== '-' && !(await stat(file).catch(() => undefined))?.isFile())
    throw usageError(`${file} cannot be read.`);
  const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  const pool = new JudgePool();
  const under: Promise<void>[] = [];
  let printed = Promise.resolve();
  try {
    for await (const lines of batches(source)) {
      const answers = answer(pool, lines);
      // Printed when it is ready, not when more comes: who sends line by line waits for the answer.
      printed = printed.then(async () => writeLine((await answers).join('\n')));
      under.push(printed);
      if (under.length > pool.size * 4) await under.shift();
    }
    await printed;
  } finally {
    await pool.close();
  }
}

type Line = string | undefined;

/** Puts the answers to lines over the cap between those of the others. */
async function answer(pool: JudgePool, lines: readonly Line[]): Promise<readonly string[]> {
  const judged = await pool.judge(lines.filter((line) => line !== undefined));
  let next = 0;
  return lines.map((line) => (line === undefined ? skipped : (judged[next++] ?? skipped)));
}

/** Lines of a byte stream as they come, without their ends; undefined for one over the cap. */
async function* batches(source: NodeJS.ReadableStream): AsyncGenerator<readonly Line[]> {
  let parts: Buffer[] = [];
  let size = 0;
  let lines: Line[] = [];
  const take = (end: Buffer): Line => {
    const whole = size + end.length > LINE_CAP ? undefined : Buffer.concat([...parts, end]);
    parts = [];
    size = 0;
    return whole?.at(-1) === 0x0d ? whole.toString('utf8', 0, whole.length - 1) : whole?.toString('utf8');
  };
  for await (const piece of source) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      lines.push(take(chunk.subarray(from, end)));
      from = end + 1;
      if (lines.length === BATCH) {
        yield lines;
        lines = [];
      }
    }
    size += chunk.length - from;
    if (size > LINE_CAP) parts = [];
    else if (from < chunk.length) parts.push(chunk.subarray(from));
    if (lines.length > 0) yield lines;
    lines = [];
  }
  if (size > 0) yield [take(Buffer.alloc(0))];
}
