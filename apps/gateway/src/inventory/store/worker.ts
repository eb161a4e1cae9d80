import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { giveBack } from '../give-back.ts';
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
/** While calls come the slices are shorter, ms: the next is likely soon. */
const shortSlice = 2;
const calm = 300;
/** Work after which a thread has left much behind, and quiet after which that is given back; ms. */
const muchWork = 2000;
const quiet = 3000;
let open = true;
let worked = 0;
let called = 0;
let rest: NodeJS.Timeout | undefined;

parentPort?.on('message', ({ id, op, args }: StoreRequest) => {
  let answer: StoreAnswer;
  const began = performance.now();
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
    clearTimeout(rest);
    parentPort?.close();
  } else count(began);
  called = performance.now();
});
// The other threads start after this one: what was compiled for it serves them too.
if (role === 'write') flushCompileCache();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage({ id: 0, ok: true, value: undefined } satisfies StoreAnswer);

function tend(): void {
  if (!open || !thread.tend) return;
  const began = performance.now();
  const more = thread.tend(began - called < calm ? shortSlice : slice);
  if (more) {
    count(began);
    setImmediate(tend);
  } else setTimeout(tend, idle).unref();
}

function count(began: number): void {
  worked += performance.now() - began;
  if (worked < muchWork) return;
  clearTimeout(rest);
  rest = setTimeout(() => {
    worked = 0;
    thread.rest();
    giveBack();
  }, quiet).unref();
}
tend();
