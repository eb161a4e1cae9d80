// Controls, zero-width, bidirectional overrides, tags and other characters that are not seen or that reorder others.
const DECEIVING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const MAX = 4000;

/** A sentence of a server, made safe to show (S-12): invisible and reordering characters become `\u{…}`. */
export function proseText(text: string): string {
  const cut = text.length > MAX ? `${text.slice(0, MAX)}…` : text;
  return cut.replace(DECEIVING, (char) =>
    char === '\n' ? ' ' : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
