import { openChild } from './child.ts';
import type { Child } from './child.ts';
import { CallError } from './ipc.ts';
import type { Calls } from './ipc.ts';

/** Thrown by `start` or `before` when trying again cannot help: the supervisor stops and says so. */
export const PERMANENT = 'permanent';

export interface Backoff {
  firstMs: number;
  maxMs: number;
}

export interface Supervision<C extends Calls, Note> {
  entry: URL;
  backoff: Backoff;
  /** Runs before each process is started; a rejection counts as a failed attempt and costs no process. */
  before?: () => Promise<void>;
  /** Brings a new process to work. Until it resolves the child is not up. */
  start(child: Child<C>): Promise<void>;
  onUp(child: Child<C>): void;
  /** The child is not up, and why; the next attempt follows in `retryInMs`. */
  onDown(reason: string, retryInMs: number): void;
  /** No further attempt is made. */
  onFailed(reason: string): void;
  onNote(note: Note): void;
}

export interface Supervisor {
  /** Ends the child, after `goodbye` has had its say, and makes no further attempt. */
  stop(goodbye?: () => Promise<unknown>): Promise<void>;
}

/** A child that was up this long had recovered: its next failure starts the backoff afresh. */
const STABLE_MS = 20_000;

/** Keeps one child process running, restarting it with jittered exponential backoff. */
export function supervise<C extends Calls, Note>(what: Supervision<C, Note>): Supervisor {
  const stopping = new AbortController();
  let current: Child<C> | undefined;

  async function attempt(): Promise<{ reason: string; permanent: boolean; upMs: number }> {
    let up = 0;
    try {
      await what.before?.();
      if (stopping.signal.aborted) return { reason: 'stopped', permanent: false, upMs: 0 };
      const child = (current = openChild<C, Note>(what.entry, (note) => {
        // Notes of a process that has been given up would be taken for its successor's.
        if (current === child) what.onNote(note);
      }));
      await what.start(child);
      up = performance.now();
      if (!stopping.signal.aborted) what.onUp(child);
      const reason = await child.ended;
      return { reason, permanent: false, upMs: performance.now() - up };
    } catch (error) {
      const code = error instanceof CallError ? error.code : '';
      return { reason: textOf(error), permanent: code === PERMANENT, upMs: 0 };
    } finally {
      const child = current;
      current = undefined;
      child?.kill('the process was given up');
      await child?.ended;
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const { reason, permanent, upMs } = await attempt();
      if (stopping.signal.aborted) return;
      if (permanent) return what.onFailed(reason);
      failures = upMs > STABLE_MS ? 1 : failures + 1;
      const wait = jittered(what.backoff, failures);
      what.onDown(reason, wait);
      await pause(wait, stopping.signal);
    }
  }

  const running = run();
  return {
    async stop(goodbye) {
      stopping.abort();
      if (current && goodbye) await goodbye().catch(() => {});
      current?.kill('stopped');
      await running;
    },
  };
}

/** Between half and all of `firstMs · 2^(failures-1)`, at most `maxMs`: many gateways must not return in step. */
export function jittered({ firstMs, maxMs }: Backoff, failures: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(full * (0.5 + Math.random() / 2));
}

/** Waits, but not beyond the signal; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
