import { readFile } from 'node:fs/promises';
import { createClient } from '@connectrpc/connect';
import { KeyService } from '@muster/api';
import { CliError, exit, type ExitCode, usageError } from '../exit.ts';
import { printable, writeText } from '../io.ts';
import { withSession } from '../session.ts';

/**
 * Writes an owner key, encrypted by the passphrase of a file, to standard output.
 * @param name did:key or name
 */
export async function exportOwnerKey(
  name: string | undefined,
  passphraseFile: string | undefined,
): Promise<ExitCode> {
  if (name === undefined) throw usageError('Say which key: "muster export owner-key NAME".');
  // Not as an argument: those can be read by other users.
  if (passphraseFile === undefined)
    throw usageError('Give --passphrase-file: a file whose first line is the passphrase to encrypt it by.');
  const passphrase = await firstLine(passphraseFile);
  const pem = await withSession(async ({ transport, signal }) => {
    const client = createClient(KeyService, transport);
    const { keys } = await client.listOwnerKeys({}, { signal });
    const key = keys.find(({ did }) => did === name) ?? keys.find(({ alias }) => alias === name);
    if (!key)
      throw new CliError(
        exit.refused,
        `This gateway holds no owner key "${printable(name)}". There are: ${keys.map(({ alias }) => printable(alias)).join(', ') || 'none'}.`,
      );
    return (await client.exportOwnerKey({ did: key.did, passphrase }, { signal })).pem;
  });
  await writeText(pem);
  return exit.done;
}

async function firstLine(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/u)[0] ?? '';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw usageError(`--passphrase-file ${file} cannot be read (${code}).`);
  }
}
