import type { RowList } from './types.ts';

/** Rows of one read. */
export const PAGE = 100;

/** A list of which some pages are here; it costs what is here, not what there is. */
export class PagedRows<Row> implements RowList<Row> {
  readonly length: number;
  readonly #pages: ReadonlyMap<number, readonly Row[]>;

  /** @param open the total is not counted to its end: a full last page may be followed by another */
  constructor(pages: ReadonlyMap<number, readonly Row[]>, total: number, open = false) {
    this.#pages = pages;
    let length = total;
    for (const [page, rows] of pages) {
      const end = page * PAGE + rows.length;
      // A short page is the last: the count was older, or about.
      if (rows.length < PAGE && end < length && (rows.length > 0 || page === 0)) length = end;
      else if (open && rows.length === PAGE && end >= length) length = end + PAGE;
    }
    this.length = length;
  }

  /** @param first of the list, undefined until it is read; `others` are read as `bodies`, in their order */
  static of<Row>(
    first: readonly Row[] | undefined,
    others: readonly number[],
    bodies: readonly (readonly Row[] | undefined)[],
    total: number,
    open = false,
  ): PagedRows<Row> {
    const read = new Map<number, readonly Row[]>();
    if (first) read.set(0, first);
    others.forEach((page, i) => {
      const body = bodies[i];
      if (body) read.set(page, body);
    });
    return new PagedRows(read, total, open);
  }

  at(index: number): Row | undefined {
    return index < this.length ? this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE] : undefined;
  }

  findIndex(test: (row: Row | undefined) => boolean): number {
    for (const [page, rows] of this.#pages) {
      const found = rows.findIndex(test);
      if (found >= 0) return page * PAGE + found;
    }
    return -1;
  }
}

/** The pages to read for rows that are in sight, and a little beyond. */
export function pagesFor(first: number, last: number, margin = PAGE / 2): number[] {
  const from = Math.floor(Math.max(0, first - margin) / PAGE);
  const to = Math.floor(Math.max(0, last + margin) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
