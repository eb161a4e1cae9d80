import { bind, plainWrites, quickReads, slowReads, snapshotWrites } from './core.ts';
import type { StoreCore } from './core.ts';
import { openDatabase, openForReading } from './schema.ts';
import { searchOf } from './search/index.ts';

/** Which operations a thread of the store has. */
export type Role = 'write' | 'quick' | 'slow';

/** What one thread does when it is asked, and, for some milliseconds at a time, when it is not (false: nothing to do). */
export interface Thread {
  operations: Record<string, (...args: never[]) => unknown>;
  tend: ((budget: number) => boolean) | undefined;
  /** Gives back what is not needed until there is work again. */
  rest: () => void;
}

/** Only the writer makes the file and its tables, so it opens first. */
export function openThread(role: Role, file: string): Thread {
  const db = role === 'write' ? openDatabase(file) : openForReading(file);
  const close = (): void => db.close();
  const rest = (): void => db.exec('PRAGMA shrink_memory');
  switch (role) {
    case 'write':
      return {
        operations: { ...bind(db, plainWrites), ...snapshotWrites(db), close },
        tend: undefined,
        rest,
      };
    case 'slow':
      return { operations: { ...bind(db, slowReads), close }, tend: undefined, rest };
    default: {
      const search = searchOf(db);
      return { operations: { ...bind(db, quickReads), close }, tend: (budget) => search.tend(budget), rest };
    }
  }
}

/** Everything in one thread, for specs; `:memory:` keeps nothing. */
export function openStore(file: string): StoreCore & { close: () => void } {
  const db = openDatabase(file);
  return {
    ...bind(db, quickReads),
    ...bind(db, slowReads),
    ...bind(db, plainWrites),
    ...snapshotWrites(db),
    close: () => db.close(),
  };
}
