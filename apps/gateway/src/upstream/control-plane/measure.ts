import { Fault } from '../fault.ts';

/** What lists of a server may come to. */
export interface Limits {
  nodes: number;
  links: number;
  routes: number;
  /** Letters of one list. */
  letters: number;
}

/** Far more than a network has: rows beyond are no news of one. */
export const usualLimits: Limits = {
  nodes: 100_000,
  links: 500_000,
  routes: 1_000_000,
  letters: 128 * 1024 * 1024,
};

/** Ends a list that a server streams without end (S-18): a message has a limit, the number of them has none. */
export class Measure {
  readonly #mostRows: number;
  readonly #mostLetters: number;
  #rows = 0;
  #letters = 0;

  constructor(limits: Limits, list: 'nodes' | 'links' | 'routes') {
    this.#mostRows = limits[list];
    this.#mostLetters = limits.letters;
  }

  /** @throws {Fault} `too-much` */
  take(...texts: readonly string[]): void {
    this.many(
      1,
      texts.reduce((sum, text) => sum + text.length, 0),
    );
  }

  /** Rows that came together, and what they take. @throws {Fault} `too-much` */
  many(rows: number, letters: number): void {
    this.#rows += rows;
    this.#letters += letters;
    if (this.#rows > this.#mostRows || this.#letters > this.#mostLetters)
      throw new Fault('too-much', 'transport');
  }
}
