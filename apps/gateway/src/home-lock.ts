import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, readRuntimeFile } from './home.ts';
import { takeLock } from './lock.ts';

/** Another gateway has the home; the message is fit for people. */
export class HomeTaken extends Error {}

/** A gateway that was told to stop has 5 s for it. */
const stoppingMs = 6000;
const everyMs = 100;

/**
 * Takes the home for this process alone, the desktop window's gateway too: what two of them keep there, groups,
 * channels and a copy of every server, one would write over the other's.
 * @returns what gives it back; it is given back too however this process ends
 * @throws {HomeTaken}
 */
export async function lockHome(home: string, waitMs = stoppingMs): Promise<() => void> {
  const until = performance.now() + waitMs;
  for (;;) {
    const unlock = lock(join(home, 'run', 'gateway.lock'));
    if (unlock) return unlock;
    // It forgets that file before it stops.
    const running = readRuntimeFile(home);
    if (running && isAlive(running.pid))
      throw new HomeTaken(
        `A gateway of this home runs already at ${running.url} (process ${running.pid}). "muster open" gives a link to it; stop it to start this one, or set MUSTER_HOME to another folder.`,
      );
    if (performance.now() >= until)
      throw new HomeTaken(
        'A gateway of this home runs already: the desktop window’s, most likely. Close that window to start this one, or set MUSTER_HOME to another folder.',
      );
    await pause(everyMs);
  }
}

function lock(file: string): (() => void) | undefined {
  try {
    return takeLock(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${file} cannot be locked: ${why}. Muster's home has to be on a file system that locks files.`,
      {
        cause: error,
      },
    );
  }
}
