import { closeSync, constants, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A handle that nothing refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Holds a file for this process alone; undefined when another has it. SQLite asks the operating system for the lock,
 * which ends with the process however it ends: nothing stale is left behind, and no process id is taken for another's.
 * @param waitMs another that has it is waited for so long; this thread waits with it
 * @throws when no lock can be had there at all
 */
export function takeLock(file: string, waitMs = 0): (() => void) | undefined {
  // SQLite would make it by the umask.
  closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${waitMs}; BEGIN EXCLUSIVE`);
    held.add(db);
    return () => {
      if (held.delete(db)) db.close();
    };
  } catch (error) {
    db.close();
    // Of extended codes the lower byte is the code: 5 is SQLITE_BUSY.
    if (error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5)
      return undefined;
    throw error;
  }
}
