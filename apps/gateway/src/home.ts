import {
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  closeSync,
  readFileSync,
} from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { type SessionSecret, writeSecret } from '@muster/api';
import { musterHome } from '@muster/api/home';
import { parseRuntime, type Runtime, runtimeMostBytes } from '@muster/api/runtime';

/** A folder or file of ours that somebody else could read or change. */
export class LooseHome extends Error {}

/** The home of this user, as the command line finds it too. */
export const ownHome = (): string => musterHome(process.env, platform(), homedir());

/**
 * Makes the home and its folder for the running gateway, both for us alone.
 * @throws {LooseHome} when one is a link, somebody else's, or open to others (S-04)
 */
export function prepareHome(home: string): void {
  for (const folder of [home, join(home, 'run')]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkOurs(folder, 'folder');
  }
}

function checkOurs(path: string, what: 'folder' | 'file'): void {
  const stat = lstatSync(path);
  const remedy = 'Muster will not keep its secrets there.';
  if (stat.isSymbolicLink()) throw new LooseHome(`${path} is a symbolic link. ${remedy}`);
  if (what === 'folder' ? !stat.isDirectory() : !stat.isFile())
    throw new LooseHome(`${path} is not a ${what}. ${remedy}`);
  if (platform() === 'win32') return;
  if (stat.uid !== process.getuid?.())
    throw new LooseHome(`${path} belongs to another user (uid ${stat.uid}). ${remedy}`);
  if ((stat.mode & 0o077) !== 0)
    throw new LooseHome(
      `${path} is open to other users (mode ${(stat.mode & 0o777).toString(8)}). Close it with: chmod go-rwx '${path}'`,
    );
}

const runtimePath = (home: string) => join(home, 'run', 'gateway.json');

/** Tells the command line of the same user how to reach and sign in to this gateway; undone by the function that comes back. */
export function writeRuntimeFile(home: string, url: string, secret: SessionSecret): () => void {
  const content = { version: 1, url, pid: process.pid, secret: writeSecret(secret) };
  const file = runtimePath(home);
  writePrivate(file, `${JSON.stringify(content)}\n`);
  return () => {
    // Another gateway may have taken the place meanwhile.
    if (readRuntimeFile(home)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The runtime file of this home, if there is one that is ours alone. */
export function readRuntimeFile(home: string): Runtime | undefined {
  try {
    const read = parseRuntime(readPrivate(runtimePath(home), runtimeMostBytes) ?? '');
    return typeof read === 'string' ? undefined : read;
  } catch {
    return undefined;
  }
}

/** Whether there is a process of this number, anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Writes a file that nobody else can read at any moment: new, 0600, renamed into place once all of it is on the disk. */
export function writePrivate(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    // writeSync takes what fits, and is content with that: half a file would take the place of a whole one.
    writeFileSync(fd, content);
    fsyncSync(fd);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

/** That the new file has its name must outlast a loss of power too. */
function syncFolder(folder: string): void {
  if (platform() === 'win32') return;
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } catch {
    // Some file systems cannot; the file is whole all the same.
  } finally {
    closeSync(fd);
  }
}

/** Content of a file that is ours alone; undefined when there is none. @throws {LooseHome} when others could have written it */
export function readPrivate(file: string, mostBytes: number): string | undefined {
  let fd: number;
  try {
    checkOurs(file, 'file');
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if (fstatSync(fd).size > mostBytes) throw new LooseHome(`${file} is larger than ${mostBytes} bytes.`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
