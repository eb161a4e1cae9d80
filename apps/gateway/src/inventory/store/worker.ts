import { parentPort, workerData } from 'node:worker_threads';
import type { StoreAnswer, StoreRequest } from './messages.ts';
import { openThread } from './open.ts';
import type { Role } from './open.ts';

// node:sqlite is synchronous; here it blocks nobody but itself.
const { file, role } = workerData as { file: string; role: Role };
const thread = openThread(role, file);
const operations = new Map(Object.entries(thread.operations));
/** Slices of work that nobody asked for, ms; a call waits for one of them at most. */
const slice = 5;
const idle = 100;
let open = true;

parentPort?.on('message', ({ id, op, args }: StoreRequest) => {
  let answer: StoreAnswer;
  try {
    const operation = operations.get(op);
    if (!operation) throw new Error(`no such operation: ${op}`);
    answer = { id, ok: true, value: operation(...(args as never[])) };
  } catch (error) {
    answer = { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer);
  if (op === 'close') {
    open = false;
    parentPort?.close();
  }
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage({ id: 0, ok: true, value: undefined } satisfies StoreAnswer);

function tend(): void {
  if (!open || !thread.tend) return;
  if (thread.tend(slice)) setImmediate(tend);
  else setTimeout(tend, idle).unref();
}
tend();
