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

/**
 * Reports why the node is away, and `undefined` when it is back. The bindings reconnect by themselves and keep the
 * sessions, but tell nobody. Two failures in a row count, so that one lost packet is no outage.
 */
export function watchNode(
  endpoint: () => string | undefined,
  onChange: (reason: string | undefined) => void,
): () => void {
  let failures = 0;
  let asking = false;
  const timer = setInterval(() => {
    const target = endpoint();
    if (!target || asking) return;
    asking = true;
    void probe(target)
      .then(
        () => undefined,
        (error: Error) => error.message,
      )
      .then((reason) => {
        asking = false;
        failures = reason ? failures + 1 : 0;
        if (failures !== 1) onChange(reason);
      });
  }, NODE_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
