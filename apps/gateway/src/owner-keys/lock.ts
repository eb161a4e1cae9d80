import { closeSync, constants, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a file for this process alone; undefined when another has it. SQLite asks the operating system for the lock,
 * which ends with the process however it ends: nothing stale is left behind.
 */
export function takeLock(file: string): (() => void) | undefined {
  // SQLite would make it by the umask.
  closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return () => db.close();
  } catch {
    db.close();
    return undefined;
  }
}
