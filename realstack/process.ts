import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, signal, type ProcessIdentity } from './identity.ts';
import { lastLines } from './logs.ts';
import { accepts } from './ready.ts';
import type { Launch, RunningProcess } from './state.ts';

const POLL_MS = 40;

/** Starts a process that outlives this one; what it writes is appended to its log. */
export function launch(what: Launch): RunningProcess {
  const log = openSync(what.log, 'a', 0o600);
  const child = spawn(what.program, what.args, {
    cwd: what.cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  // A program that is missing has no pid below; the event that says so again must not end this one.
  child.once('error', () => undefined);
  if (child.pid === undefined)
    throw new Error(`${what.name} could not be started: is ${what.program} there? Run the build first.`);
  child.unref();
  return { ...what, ...identify(child.pid), since: new Date().toISOString() };
}

/** Waits until the process serves; throws why it does not, with its last log lines. */
export async function untilReady(
  running: RunningProcess,
  abort?: AbortSignal,
  timeoutMs = 30_000,
): Promise<void> {
  await until(
    async () => {
      if (!isAlive(running)) throw failure(running, 'ended while it was starting');
      return accepts(running.ready);
    },
    () => failure(running, `was not ready after ${timeoutMs / 1000} s`),
    timeoutMs,
    abort,
  );
}

/** Polls until `test` holds; throws `late()` when it takes too long. Errors of `test` and an abort end the wait. */
export async function until(
  test: () => Promise<boolean>,
  late: () => Error,
  timeoutMs: number,
  abort?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await test())) {
    if (Date.now() > deadline) throw late();
    await sleep(POLL_MS, undefined, abort ? { signal: abort } : {});
  }
}

/** Ends these very processes: asks first, forces what still runs after the grace. Ends at once when none is alive. */
export async function end(processes: ProcessIdentity[], graceMs: number): Promise<void> {
  const gone = async () => !processes.some(isAlive);
  for (const one of processes) signal(one, 'SIGTERM');
  const forced = new Error('force');
  try {
    await until(gone, () => forced, graceMs);
  } catch (error) {
    if (error !== forced) throw error;
    for (const one of processes) signal(one, 'SIGKILL');
    await until(
      gone,
      () =>
        new Error(
          `processes ${processes
            .filter(isAlive)
            .map(({ pid }) => pid)
            .join(', ')} cannot be ended`,
        ),
      5000,
    );
  }
}

export function failure(what: Launch, reason: string): Error {
  return new Error(`${what.name} ${reason}. Last lines of ${what.log}:\n${lastLines(what.log, 15)}`);
}
