import { Worker } from 'node:worker_threads';
import type { StoreCore } from './core.ts';
import type { StoreAnswer, StoreRequest } from './messages.ts';

/** The store as the gateway calls it: every operation of the core, answered later. */
export type Store = {
  [Op in keyof StoreCore]: (...args: Parameters<StoreCore[Op]>) => Promise<ReturnType<StoreCore[Op]>>;
};

/** The store cannot be used any more; `cause` says why, for the log only. */
export class StoreError extends Error {}

/** Starts the store's thread on a file, or `:memory:`. */
export function startStore(file: string): Store {
  // Warnings of a module in preview would reach the terminal from here only.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { file },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let next = 0;
  let dead: StoreError | undefined;
  const die = (error: StoreError): void => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on('message', (answer: StoreAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(new StoreError('the store refused', { cause: answer.message }));
  });
  worker.on('error', (error) => die(new StoreError('the store failed', { cause: error })));
  worker.on('exit', () => die(new StoreError('the store is closed')));
  worker.unref();
  const call = (op: string, args: unknown[]): Promise<unknown> => {
    if (dead) return Promise.reject(dead);
    const id = (next += 1);
    const promise = Promise.withResolvers<unknown>();
    waiting.set(id, promise);
    worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage({ id, op, args } satisfies StoreRequest);
    return promise.promise;
  };
  // One adapter for all operations; `then` must stay away or awaiting the store would call it.
  return new Proxy({} as Store, {
    get: (_target, op) =>
      typeof op === 'string' && op !== 'then' ? (...args: unknown[]) => call(op, args) : undefined,
  });
}
