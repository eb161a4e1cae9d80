import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quickReads, slowReads } from './core.ts';
import type { StoreCore } from './core.ts';
import type { Role } from './open.ts';
import { StoreError, StoreThread } from './thread.ts';

export { StoreError };

/** The store as the gateway calls it: every operation of the core, answered later. */
export type Store = {
  [Op in keyof StoreCore]: (...args: Parameters<StoreCore[Op]>) => Promise<ReturnType<StoreCore[Op]>>;
} & { close: () => Promise<void> };

const roles = new Map<string, Role>([
  ...Object.keys(quickReads).map((op) => [op, 'quick'] as const),
  ...Object.keys(slowReads).map((op) => [op, 'slow'] as const),
]);

/** The thread for reports ends when none was asked for so long, ms: it holds 30 MB. */
const idle = 15_000;

/**
 * Starts the store's threads on a file; undefined: on a file that only this user can open and that goes with the store.
 * `reportsIdle` in ms.
 */
export function startStore(file: string | undefined, { reportsIdle = idle } = {}): Store {
  const directory = file === undefined ? mkdtempSync(join(tmpdir(), 'muster-store-')) : undefined;
  const path = file ?? join(directory ?? '', 'muster.db');
  const code = file === undefined ? undefined : join(dirname(file), 'compiled');
  // It is run: nobody else may write there.
  if (code !== undefined) mkdirSync(code, { recursive: true, mode: 0o700 });
  const writer = new StoreThread('write', path, code);
  const threads = new Map<Role, Promise<StoreThread>>([['write', Promise.resolve(writer)]]);
  const thread = (role: Role): Promise<StoreThread> => {
    let one = threads.get(role);
    if (!one) {
      // Readers open what the writer has made.
      one = writer.opened.then(() => new StoreThread(role, path, code));
      threads.set(role, one);
    }
    return one;
  };
  // What the first list needs starts with the gateway; reports can wait for their thread.
  void thread('quick');
  let ending: Promise<unknown> = Promise.resolve();
  const end = (role: Role): void => {
    const one = threads.get(role);
    threads.delete(role);
    ending = ending.then(async () => (await one)?.call('close', []).catch(() => {}));
  };
  let reports = 0;
  let reportsEnd: NodeJS.Timeout | undefined;
  const report = async (op: string, args: unknown[]): Promise<unknown> => {
    reports += 1;
    clearTimeout(reportsEnd);
    try {
      return await (await thread('slow')).call(op, args);
    } finally {
      reports -= 1;
      if (reports === 0 && !closing) reportsEnd = setTimeout(end, reportsIdle, 'slow').unref();
    }
  };
  let closing: Promise<void> | undefined;
  const shut = async (): Promise<void> => {
    // The writer last: it folds the log into the file once nobody reads.
    clearTimeout(reportsEnd);
    for (const role of ['slow', 'quick', 'write'] as const) end(role);
    await ending;
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  };
  const call = async (op: string, args: unknown[]): Promise<unknown> => {
    if (closing) throw new StoreError('the store is closed');
    if (op === 'close') return (closing = shut());
    const role = roles.get(op) ?? 'write';
    return role === 'slow' ? report(op, args) : (await thread(role)).call(op, args);
  };
  // One adapter for all operations; `then` must stay away or awaiting the store would call it.
  return new Proxy({} as Store, {
    get: (_target, op) =>
      typeof op === 'string' && op !== 'then' ? (...args: unknown[]) => call(op, args) : undefined,
  });
}
