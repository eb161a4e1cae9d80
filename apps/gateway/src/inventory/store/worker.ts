import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from './core.ts';
import type { StoreAnswer, StoreRequest } from './messages.ts';

// node:sqlite is synchronous; here it blocks nobody but itself.
const core = openStore((workerData as { file: string }).file);
const operations = new Map<string, (...args: never[]) => unknown>(Object.entries(core));

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
  if (op === 'close') parentPort?.close();
});
