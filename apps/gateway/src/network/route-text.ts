import type { RouteRow } from '../upstream/control-plane/port.ts';

/** Rows of one block. */
export const blockRows = 1024;

/** Between the texts of two rows: a search for it finds nothing. */
const between = '\0';

/** What a search looks at: lower case, a line a field. */
export const textOf = (row: RouteRow): string =>
  [
    ...[row.name, row.instance, row.source, row.destination],
    ...[row.destinationEndpoint, row.statusMessage, row.linkId],
  ]
    .join('\n')
    .toLowerCase();

/** The texts of some rows as one: looking through a long text is far quicker than through as many short ones. */
export class TextBlock {
  readonly #text: string;
  /** Where each row begins, and where the last ends. */
  readonly #starts: Uint32Array;

  constructor(texts: readonly string[]) {
    this.#text = texts.join(between);
    this.#starts = new Uint32Array(texts.length + 1);
    let at = 0;
    for (const [index, text] of texts.entries()) this.#starts[index + 1] = at += text.length + between.length;
  }

  /** Marks the rows that have a text, in lower case, from this place on. */
  mark(wanted: string, marks: Uint8Array, place: number): void {
    if (wanted.includes(between)) return;
    const text = this.#text;
    const starts = this.#starts;
    const last = starts.length - 2;
    let row = 0;
    for (let at = text.indexOf(wanted); at >= 0 && row <= last; at = text.indexOf(wanted, starts[row])) {
      while (row < last && (starts[row + 1] ?? 0) <= at) row += 1;
      marks[place + row] = 1;
      row += 1;
    }
  }
}
