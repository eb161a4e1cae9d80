import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setPriority } from 'node:os';
import { lastLines } from './logs.ts';

export type Say = (line: string) => void;

export interface Step {
  title: string;
  program: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Everything the program writes goes here; its last line is the progress that is shown. */
  log: string;
}

const PROGRESS_EVERY_MS = 30_000;
const NICENESS = 15;
const running = new Set<ChildProcess>();

/** Runs one long build step at low priority, says every 30 s how far it is, and throws its last lines when it fails. */
export async function runStep(step: Step, say: Say): Promise<void> {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  say(`${step.title} …`);
  const log = openSync(step.log, 'w');
  const child = spawn(step.program, step.args, {
    cwd: step.cwd,
    env: { ...process.env, ...step.env },
    stdio: ['ignore', log, log],
    // A group of its own, so that an interrupt ends the compilers too.
    detached: true,
  });
  closeSync(log);
  running.add(child);
  if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  const progress = setInterval(() => {
    say(`${step.title}: ${seconds()} s, ${lastLines(step.log, 1).trim() || 'nothing written yet'}`);
  }, PROGRESS_EVERY_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else
          reject(
            new Error(
              `${step.title} failed (${signal ?? code}). Last lines of ${step.log}:\n${lastLines(step.log, 25)}`,
            ),
          );
      });
    });
    say(`${step.title}: done in ${seconds()} s`);
  } finally {
    clearInterval(progress);
    running.delete(child);
  }
}

/** Until the returned function is called, an interrupt of this program ends the running step with all its children first. */
export function endStepsOnInterrupt(): () => void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const interrupted = (): void => {
    for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    process.exit(1);
  };
  for (const name of names) process.once(name, interrupted);
  return () => {
    for (const name of names) process.off(name, interrupted);
  };
}
