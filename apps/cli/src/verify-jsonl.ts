import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { judgeJsonLine } from '@muster/domain';
import { usageError } from './exit.ts';
import { writeLine } from './io.ts';

/** Longer lines than any honest document are answered without being held. */
const LINE_CAP = 32 * 1024 * 1024;
/** Signatures are checked on other threads meanwhile; more at once would only hold memory. */
const AT_ONCE = 64;
const FLUSH = 64 * 1024;

/** Judges a stream of lines, one answer a line in the order of input, whatever the lines hold. */
export async function verifyLines(file: string): Promise<void> {
  if (file !== '-' && !(await stat(file).catch(() => undefined))) throw usageError(`${file} cannot be read.`);
  const source = file === '-' ? process.stdin : createReadStream(file);
  const waiting: Promise<string>[] = [];
  let ready = '';
  const settle = async (left: number) => {
    while (waiting.length > left) {
      ready += `${await waiting.shift()}\n`;
      if (ready.length >= FLUSH) await flush();
    }
  };
  const flush = async () => {
    if (ready !== '') await writeLine(ready.slice(0, -1));
    ready = '';
  };
  for await (const line of lines(source)) {
    // `null` marks the end of what has come so far: someone may be waiting for the answer before sending more.
    if (line === null) {
      await settle(0);
      await flush();
    } else {
      waiting.push(line === undefined ? Promise.resolve(tooLong) : answer(line));
      await settle(AT_ONCE);
    }
  }
  await settle(0);
  await flush();
}

const tooLong = JSON.stringify({ id: null, verdict: 'skip', fails: [], warns: [] });
// The domain promises not to throw; a stream of a million lines must not end with the one that proves it wrong.
const answer = (line: string): Promise<string> => judgeJsonLine(line).catch(() => tooLong);

/** Lines of a byte stream: text, undefined for one over the cap, null after each chunk. */
async function* lines(source: AsyncIterable<Buffer | string>): AsyncGenerator<string | undefined | null> {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (end: Buffer): string | undefined => {
    const whole = size + end.length > LINE_CAP ? undefined : Buffer.concat([...parts, end]);
    parts = [];
    size = 0;
    return whole?.at(-1) === 0x0d ? whole.toString('utf8', 0, whole.length - 1) : whole?.toString('utf8');
  };
  for await (const piece of source) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      yield take(chunk.subarray(from, end));
      from = end + 1;
    }
    size += chunk.length - from;
    if (size > LINE_CAP) parts = [];
    else if (from < chunk.length) parts.push(chunk.subarray(from));
    yield null;
  }
  if (size > 0) yield take(Buffer.alloc(0));
}
