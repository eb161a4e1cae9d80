import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const maxBytes = 256 * 1024;

/** Reads a credential by its reference. The error names the reference, never what it holds. */
export async function readReference(reference: string): Promise<string> {
  if (reference.startsWith('env:')) {
    const value = process.env[reference.slice(4)];
    if (value === undefined || value === '')
      throw new CredentialError(`the environment variable ${reference.slice(4)} is not set`);
    return value;
  }
  let handle: FileHandle | undefined;
  try {
    // What is looked at is what is read, whatever takes its place meanwhile; opening a pipe must not wait for a writer.
    handle = await open(reference, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await handle.stat();
    if (!facts.isFile()) throw new CredentialError('a credential file is not a regular file');
    if (facts.size > maxBytes) throw new CredentialError('a credential file is larger than 256 KiB');
    return await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof CredentialError) throw error;
    throw new CredentialError(
      `a credential file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  } finally {
    await handle?.close();
  }
}

/** A credential could not be had; the message is fit for people and holds no path. */
export class CredentialError extends Error {}
