import type { Entry } from '@muster/api';
import type { RowList } from '../../components/index.ts';

/** Rows of one read. */
export const PAGE = 100;

/** A list of which some pages are here; it costs what is here, not what there is. */
export class EntryRows implements RowList<Entry> {
  readonly length: number;
  readonly #pages: ReadonlyMap<number, readonly Entry[]>;

  /** @param open the total is not counted to its end: a full last page may be followed by another */
  constructor(pages: ReadonlyMap<number, readonly Entry[]>, total: number, open = false) {
    this.#pages = pages;
    let length = total;
    for (const [page, entries] of pages) {
      const end = page * PAGE + entries.length;
      // A short page is the last: the count was older, or about.
      if (entries.length < PAGE && end < length && (entries.length > 0 || page === 0)) length = end;
      else if (open && entries.length === PAGE && end >= length) length = end + PAGE;
    }
    this.length = length;
  }

  at(index: number): Entry | undefined {
    return index < this.length ? this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE] : undefined;
  }

  findIndex(test: (row: Entry | undefined) => boolean): number {
    for (const [page, entries] of this.#pages) {
      const found = entries.findIndex(test);
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
