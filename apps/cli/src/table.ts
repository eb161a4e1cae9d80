import { printable } from './io.ts';

const GAP = '  ';

/** Columns as wide as their widest cell, with a head; cells are made safe for a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head.map((name) => name.toUpperCase()), ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
        )
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Characters, not UTF-16 units; marks that join to the one before take no room. */
function width(text: string): number {
  let count = 0;
  for (const char of text) if (!/\p{M}/u.test(char)) count++;
  return count;
}
