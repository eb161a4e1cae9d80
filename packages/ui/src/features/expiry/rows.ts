import type { Expiry } from '@muster/api';
import type { RowList } from '../../components/index.ts';

export const PAGE = 200;

/** The rows that have been read, of a list of any length. */
export class ExpiryRows implements RowList<Expiry> {
  readonly length: number;
  readonly #pages: ReadonlyMap<number, readonly Expiry[]>;

  constructor(pages: ReadonlyMap<number, readonly Expiry[]>, total: number) {
    this.#pages = pages;
    this.length = total;
  }

  at(index: number): Expiry | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  findIndex(test: (row: Expiry | undefined) => boolean): number {
    for (const [page, items] of this.#pages) {
      const found = items.findIndex(test);
      if (found >= 0) return page * PAGE + found;
    }
    return -1;
  }
}

export const rowKey = (row: Expiry): string =>
  `${row.kind} ${row.connection} ${row.name} ${row.link} ${row.expiresAt?.seconds ?? ''}`;
