import type { DatabaseSync } from 'node:sqlite';

/** Numbers of the connections of these names that the store knows; they are few, and read anew each time. */
export function connsOf(db: DatabaseSync, names: readonly string[]): number[] {
  const wanted = new Set(names);
  return [...connNames(db)].filter(([, name]) => wanted.has(name)).map(([conn]) => conn);
}

/** Name by number, of every connection that the store knows. */
export function connNames(db: DatabaseSync): Map<number, string> {
  return new Map(
    db
      .prepare('SELECT conn, name FROM connection')
      .all()
      .map((row) => [Number(row['conn']), String(row['name'])]),
  );
}
