import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CallError } from '@muster/practice/slim/ipc';

/** The moderator of a gateway that was killed finishes a change first, ms; somewhat longer than it is given. */
const WAIT_MS = 6000;

let held: DatabaseSync | undefined;

/**
 * Two processes on one store would each advance the same MLS groups, and neither could read on. The lock is SQLite's
 * own, held by the process that has the store open: the system frees it however that process ends, so that no lock
 * is left behind and no process id is mistaken for another's.
 * @throws {CallError} `store-in-use`, after it was waited for: a gateway that has just ended frees it within a few seconds
 */
export function lockStore(folder: string): void {
  if (held) return;
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: WAIT_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new CallError(
      'store-in-use',
      'another gateway on this home uses the sessions kept for this connection; stop it, or give this one a home of its own (MUSTER_HOME)',
    );
  }
  held = database;
}
