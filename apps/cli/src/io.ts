import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { usageError } from './exit.ts';

/** A file or `-` for standard input, whole, up to `cap` bytes. */
export async function readInput(name: string, cap: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > cap)
      throw usageError(
        `${name === '-' ? 'Standard input' : name} is larger than ${(cap / 1_048_576).toFixed(0)} MiB.`,
      );
    chunks.push(chunk);
  };
  if (name === '-') {
    for await (const chunk of process.stdin) take(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
    const file = await open(name, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if ((await file.stat()).isDirectory()) throw usageError(`${name} is a folder, not a file.`);
      for await (const chunk of file.createReadStream({ autoClose: false })) take(chunk as Buffer);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error)
      throw usageError(`${name} cannot be read: ${reasons[String(error.code)] ?? error.message}.`);
    throw error;
  }
  return Buffer.concat(chunks);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'its permissions do not allow it',
  EISDIR: 'it is a folder',
};

/** Writes a line, waiting while the reader of a pipe is slower than we are. */
export const writeLine = (text: string): Promise<void> => writeText(`${text}\n`);

/** Writes text as it is, waiting likewise. */
export async function writeText(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise<void>((done) => process.stdout.once('drain', done));
}

/** JSON for people and programs alike; 64-bit numbers come as text from proto JSON already. */
export const printJson = (value: unknown) => writeLine(JSON.stringify(value, null, 2));

/**
 * Text of a server made safe for a terminal: control, invisible and right-to-left characters are shown as `\u{…}`.
 * Letters of any script stay as they are.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
