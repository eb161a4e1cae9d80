import { internal } from './status.ts';

/** The row after which a page starts. A token is the decimal number of the last row sent. */
export function rowAfter(token: string, what: string): number {
  if (token === '') return 0;
  const row = Number(token);
  if (!/^\d+$/.test(token) || row > 0xffffffff)
    throw internal(
      `failed to list ${what}: datastore-sql: rpc error: code = InvalidArgument desc = could not parse token '${token}'`,
    );
  return row;
}

export interface Page<T> {
  items: T[];
  /** Empty only after a page without rows: a full last page still has one. */
  nextPageToken: string;
}

/** A page of numbered rows in order. A size of 0 or less means all of them, whatever the token. */
export function pageOf<T>(rows: Iterable<[number, T]>, size: number, after: number): Page<T> {
  const items: T[] = [];
  let last = 0;
  for (const [row, item] of rows) {
    if (size > 0 && row <= after) continue;
    if (size > 0 && items.length === size) break;
    items.push(item);
    last = row;
  }
  return { items, nextPageToken: size > 0 && last > 0 ? String(last) : '' };
}
