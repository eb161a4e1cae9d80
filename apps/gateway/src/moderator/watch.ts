import { unwatchFile, watchFile as watchStat } from 'node:fs';
import { probe } from './probe.ts';

const SILENT_TICKS = 25;
const NODE_EVERY_MS = 5000;

/**
 * Calls `onStuck` when the worker has given no sign of life for about SILENT_TICKS seconds. Ticks of this process
 * are counted, not time: after a laptop has slept, the worker gets its turn first.
 */
export function watchWorker(lastSign: () => number | undefined, onStuck: () => void): () => void {
  let seen: number | undefined;
  let silent = 0;
  const timer = setInterval(() => {
    const sign = lastSign();
    silent = sign === undefined || sign !== seen ? 0 : silent + 1;
    seen = sign;
    if (silent < SILENT_TICKS) return;
    silent = 0;
    onStuck();
  }, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

export interface NodeWatch {
  /** Undefined while there is no worker, and so nothing to watch. */
  endpoint(): string | undefined;
  /** Rejects when the worker cannot use its connection. */
  check(): Promise<void>;
  /** Why the node is away, or undefined when it is there. */
  onChange(reason: string | undefined): void;
  /** The node is there, but the worker's connection is not. */
  onLost(): void;
}

/**
 * Watches the node and the worker's connection to it, about which the bindings tell nothing. They mostly reconnect by
 * themselves and keep the sessions, but an attempt that meets a node just starting or stopping (a reset instead of a
 * refusal) is their last. Two failures in a row count, so that one lost packet is no outage and a reconnection in
 * progress is left alone.
 */
export function watchNode({ endpoint, check, onChange, onLost }: NodeWatch): () => void {
  let away = 0;
  let lost = 0;
  let asking = false;
  async function look(target: string): Promise<void> {
    const absent = await failure(probe(target));
    const unusable = absent ? undefined : await failure(check());
    const reason =
      absent ?? (unusable && 'the SLIM node answers, but the connection to it is not renewed yet');
    away = reason ? away + 1 : 0;
    if (away !== 1) onChange(reason);
    lost = unusable ? lost + 1 : 0;
    if (lost < 2) return;
    lost = 0;
    onLost();
  }
  const timer = setInterval(() => {
    const target = endpoint();
    if (!target || asking) return;
    asking = true;
    void look(target).finally(() => (asking = false));
  }, NODE_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

const FILE_EVERY_MS = 5000;

/** Calls `onChange` when the file was written or replaced; a file that is not there for a moment is no change yet. */
export function watchFile(file: string, onChange: () => void): () => void {
  const listener = (
    now: { mtimeMs: number; ino: number },
    before: { mtimeMs: number; ino: number },
  ): void => {
    if (now.mtimeMs !== 0 && (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino)) onChange();
  };
  watchStat(file, { interval: FILE_EVERY_MS, persistent: false }, listener);
  return () => unwatchFile(file, listener);
}

async function failure(what: Promise<unknown>): Promise<string | undefined> {
  try {
    await what;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
