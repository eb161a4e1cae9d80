import { Worker } from 'node:worker_threads';
import type { StoreAnswer, StoreRequest } from './messages.ts';
import type { Role } from './open.ts';

/** The store cannot be used any more; `cause` says why, for the log only. */
export class StoreError extends Error {}

/** One thread of the store, and the calls it has to answer. */
export class StoreThread {
  /** Resolves once the database is open, or will never be. */
  readonly opened: Promise<void>;
  readonly #opened = Promise.withResolvers<void>();
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #next = 0;
  #dead: StoreError | undefined;

  /** `code`: folder for what was compiled, which only this user may write; undefined: it is compiled each time. */
  constructor(role: Role, file: string, code?: string) {
    this.opened = this.#opened.promise;
    // Warnings of a module in preview would reach the terminal from here only.
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { file, role },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // A thread that compiles its TypeScript holds the compiler, 25 MB, and takes a second longer to start.
      env: { ...(code === undefined ? {} : { NODE_COMPILE_CACHE: code }), ...process.env },
      // Rows come and go by the million: without a bound their remains fill as much memory as there is before they go.
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 },
    });
    this.#worker.on('message', (answer: StoreAnswer) => this.#answered(answer));
    this.#worker.on('error', (error) => this.#die(new StoreError('the store failed', { cause: error })));
    this.#worker.on('exit', () => this.#die(new StoreError('the store is closed')));
  }

  call(op: string, args: unknown[]): Promise<unknown> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = (this.#next += 1);
    const promise = Promise.withResolvers<unknown>();
    this.#waiting.set(id, promise);
    this.#worker.ref();
    this.#worker.postMessage({ id, op, args } satisfies StoreRequest, handedOver(args));
    return promise.promise;
  }

  #answered(answer: StoreAnswer): void {
    // The first message of a thread, before any call.
    if (answer.id === 0) this.#opened.resolve();
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(new StoreError('the store refused', { cause: answer.message }));
  }

  #die(error: StoreError): void {
    this.#dead ??= error;
    this.#opened.resolve();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

/** Memory of pages of entries: it goes to the thread instead of being copied, and the caller has it no more. */
function handedOver(args: readonly unknown[]): ArrayBuffer[] {
  return args.flatMap((arg) => {
    if (typeof arg !== 'object' || arg === null || !('packed' in arg)) return [];
    const { packed } = arg;
    const whole = packed instanceof Uint8Array && packed.byteLength === packed.buffer.byteLength;
    return whole && packed.buffer instanceof ArrayBuffer ? [packed.buffer] : [];
  });
}
