import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { musterHome } from '@muster/api/home';
import { parseRuntime, type Runtime, runtimeMostBytes } from '@muster/api/runtime';
import { CliError, exit } from './exit.ts';

/** The home of this user, as the gateway finds it too. */
export const ownHome = (): string => musterHome(process.env, process.platform, homedir());

export const runtimeFile = (home: string): string => join(home, 'run', 'gateway.json');

const loose = (message: string) => new CliError(exit.signInRefused, `${message} It is not used.`);
const onWindows = process.platform === 'win32';

/**
 * Reads the runtime file, after making sure that it is ours and nobody else's (S-04).
 * @throws {CliError} noGateway when there is none, signInRefused when somebody else could read or change it
 */
export async function readRuntime(home: string = ownHome()): Promise<Runtime> {
  const path = runtimeFile(home);
  await checkFolder(dirname(path));
  const read = parseRuntime(await readOurs(path));
  if (typeof read !== 'string') return read;
  throw loose(`${path} is not a runtime file of this version: ${read}.`);
}

async function checkFolder(folder: string): Promise<void> {
  const stat = await lstat(folder).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? noGateway(folder) : loose(`${folder} cannot be looked at.`);
  });
  if (stat.isSymbolicLink()) throw loose(`${folder} is a symbolic link.`);
  if (!stat.isDirectory()) throw loose(`${folder} is not a folder.`);
  if (onWindows) return;
  if (stat.uid !== process.getuid?.()) throw loose(`${folder} belongs to another user (uid ${stat.uid}).`);
  if ((stat.mode & 0o022) !== 0)
    throw loose(`${folder} can be written by others (mode ${octal(stat.mode)}).`);
}

async function readOurs(path: string): Promise<string> {
  // Not following links and looking at what was opened: what is checked is what is read.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  if (onWindows && (await lstat(path).catch(() => undefined))?.isSymbolicLink())
    throw loose(`${path} is a symbolic link.`);
  const file = await open(path, flags).catch((error: unknown) => {
    const code = codeOf(error);
    if (code === 'ENOENT') throw noGateway(path);
    throw loose(code === 'ELOOP' ? `${path} is a symbolic link.` : `${path} cannot be opened (${code}).`);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw loose(`${path} is not a regular file.`);
    if (!onWindows) {
      if (stat.uid !== process.getuid?.()) throw loose(`${path} belongs to another user (uid ${stat.uid}).`);
      if ((stat.mode & 0o077) !== 0)
        throw loose(`${path} is open to other users (mode ${octal(stat.mode)}; it must be 600).`);
    }
    if (stat.size > runtimeMostBytes) throw loose(`${path} is too large to be a runtime file.`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(runtimeMostBytes), 0, runtimeMostBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

export const noGateway = (path: string) =>
  new CliError(
    exit.noGateway,
    `No gateway is running (there is no ${path}). Start one with "muster start", or set MUSTER_HOME to the folder of one that runs.`,
  );

const octal = (mode: number) => (mode & 0o777).toString(8);
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');
