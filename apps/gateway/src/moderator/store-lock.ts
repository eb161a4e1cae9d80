import { join } from 'node:path';
import { CallError } from '@muster/practice/slim/ipc';
import { takeLock } from '../lock.ts';

/** The moderator of a gateway that was killed finishes a change first, ms; somewhat longer than it is given. */
const waitMs = 6000;

let held = false;

/**
 * Two processes on one store would each advance the same MLS groups, and neither could read on.
 * @throws {CallError} `store-in-use`, after it was waited for: a gateway that has just ended frees it within a few seconds
 */
export function lockStore(folder: string): void {
  held ||= takeLock(join(folder, 'lock'), waitMs) !== undefined;
  if (!held)
    throw new CallError(
      'store-in-use',
      'another gateway on this home uses the sessions kept for this connection; stop it, or give this one a home of its own (MUSTER_HOME)',
    );
}
