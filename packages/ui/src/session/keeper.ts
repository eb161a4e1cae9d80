import type { StoredSession } from '@muster/api';

/** Where the windows of one origin keep the session they share. */
export interface SessionKeeper {
  load(): Promise<StoredSession | undefined>;
  save(session: StoredSession): Promise<void>;
  clear(): Promise<void>;
  /** Tells the other windows that the session was changed or ended. */
  announce(): void;
  /** @returns what stops it */
  onAnnounced(changed: () => void): () => void;
  /** Runs one task at a time among all windows. */
  exclusively(task: () => Promise<void>): Promise<void>;
}

/** For one window alone: the session ends with it. */
export function memoryKeeper(): SessionKeeper {
  let kept: StoredSession | undefined;
  const listeners = new Set<() => void>();
  let queue = Promise.resolve();
  return {
    load: async () => kept,
    save: async (session) => {
      kept = session;
    },
    clear: async () => {
      kept = undefined;
    },
    announce: () => undefined,
    onAnnounced: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    exclusively: (task) => {
      const run = queue.then(task);
      queue = run.catch(() => undefined);
      return run;
    },
  };
}
