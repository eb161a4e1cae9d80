import type { Warning } from '@muster/api';
import { warn } from '../views/entry-warnings.ts';

const beyondAscii = /[^\u0021-\u007e]/gu;

/** Letters beyond ASCII by their numbers: what is left is what it is. */
const spelt = (name: string): string =>
  name.replace(beyondAscii, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);

/** Names that may show as another: SLIM takes any letter, and many alphabets have an “a” (S-12). */
export function lookAlikes(names: readonly string[]): Warning[] {
  const odd = [...new Set(names)].filter((name) => name.search(beyondAscii) >= 0);
  const [first] = odd;
  if (first === undefined) return [];
  const more = odd.length > 1 ? `, and ${odd.length - 1} more,` : '';
  return [
    warn(
      'look-alike',
      `${spelt(first)}${more} has letters beyond ASCII, shown here by their numbers. It may look like another name, and is not that one.`,
    ),
  ];
}
