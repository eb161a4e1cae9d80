import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signal } from './identity.ts';
import { launch, until, untilReady } from './process.ts';
import { readState, writeState, type ProcessName, type RunningProcess, type StackState } from './state.ts';

/**
 * Ends one process of the stack in `dir`, by default as a crash would (SIGKILL), and resolves when it is gone.
 * The others keep running; `resumeProcess` starts it again.
 */
export async function endProcess(
  dir: string,
  name: ProcessName,
  how: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  const { running } = find(dir, name);
  signal(running, how);
  await until(
    async () => !isAlive(running),
    () => new Error(`${name} does not end on ${how}`),
    15_000,
  );
}

/** Starts a process that was ended, with the same configuration, data and ports, and resolves when it serves. */
export async function resumeProcess(dir: string, name: ProcessName): Promise<StackState> {
  const { state, running } = find(dir, name);
  if (isAlive(running)) throw new Error(`${name} is running`);
  const { program, args, cwd, log, ready } = running;
  const again = launch({ name, program, args, cwd, log, ready });
  state.processes[state.processes.indexOf(running)] = again;
  writeState(state);
  await untilReady(again);
  return state;
}

/** Kills one process of the stack in `dir` and starts it again, `pauseMs` later. */
export async function restartProcess(dir: string, name: ProcessName, pauseMs = 0): Promise<StackState> {
  await endProcess(dir, name);
  await sleep(pauseMs);
  return resumeProcess(dir, name);
}

function find(dir: string, name: ProcessName): { state: StackState; running: RunningProcess } {
  const state = readState(resolve(dir));
  if (!state) throw new Error(`no stack was started in ${dir}`);
  const running = state.processes.find((one) => one.name === name);
  if (!running) throw new Error(`the stack in ${dir} has no process ${name}`);
  return { state, running };
}
