import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { usageError } from './exit.ts';

/**
 * Writes a report whole or not at all, never over one of the files that were judged.
 * @throws {CliError} usage, with the reason
 */
export async function writeOutput(file: string, text: string, judged: readonly string[]): Promise<void> {
  const target = await realpath(file).catch(() => resolve(file));
  for (const name of judged)
    if ((await realpath(name).catch(() => resolve(name))) === target)
      throw usageError(`--output ${file} is one of the files that were judged; nothing was written.`);
  // A pipe or /dev/stdout takes text; renaming over it would replace it.
  if ((await stat(target).catch(() => undefined))?.isFile() === false) return write(file, target, text);
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await write(file, beside, text);
    await rename(beside, target).catch((error: unknown) => cannot(file, error));
  } finally {
    await rm(beside, { force: true });
  }
}

const write = (shown: string, path: string, text: string): Promise<void> =>
  writeFile(path, text).catch((error: unknown) => cannot(shown, error));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is not there',
  EACCES: 'the permissions there do not allow it',
  EROFS: 'nothing can be written there',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no room left',
};

function cannot(file: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  throw usageError(
    `--output ${file} cannot be written: ${reasons[code] ?? `the system says ${code || 'no'}`}.`,
  );
}
