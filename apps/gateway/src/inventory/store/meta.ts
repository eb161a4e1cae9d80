import type { DatabaseSync } from 'node:sqlite';

/**
 * What the readers' threads must know of the writer's work, as numbers in the table `meta`:
 * `changes` goes up with every change of entries or agents (for caches), `reach` with every change of which parents
 * reach an agent; `filling` is how many copies are being read; `last_rid` and `written_rid` are the highest row numbers
 * given out at all and to what an action wrote through; `written_seq` is the last line of `dirty` that an action wrote;
 * `generation` goes up when the search index must start anew.
 */
export type MetaKey =
  'changes' | 'reach' | 'filling' | 'last_rid' | 'written_rid' | 'written_seq' | 'generation';

export function readMeta(db: DatabaseSync, key: MetaKey): number {
  return Number(db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? 0);
}

export function writeMeta(db: DatabaseSync, key: MetaKey, value: number): void {
  db.prepare('INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2').run(
    key,
    value,
  );
}

export function addMeta(db: DatabaseSync, key: MetaKey, by: number): void {
  db.prepare(
    'INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = value + ?2',
  ).run(key, by);
}
