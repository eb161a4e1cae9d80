import { judgeJsonLine, useCryptography } from '@muster/domain';
import { nodeCryptography } from './node-cryptography.ts';

useCryptography(nodeCryptography);

/** The answer to a line that nobody could judge. */
export const skipped = JSON.stringify({ id: null, verdict: 'skip', fails: [], warns: [] });

/** Answers whole lines, UTF-8 and each ended by a line feed: one line for each, ended so too. */
export async function judgeLines(bytes: Uint8Array): Promise<string> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().split('\n');
  // What stands after the last line feed.
  lines.pop();
  return (await Promise.all(lines.map(judgeLine))).map((answer) => `${answer}\n`).join('');
}

/** The domain promises not to throw; a stream of a million lines must not end with the one that proves it wrong. */
const judgeLine = (line: string): Promise<string> =>
  judgeJsonLine(line.endsWith('\r') ? line.slice(0, -1) : line).catch(() => skipped);
