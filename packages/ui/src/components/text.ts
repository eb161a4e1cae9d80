// Controls, zero-width, bidirectional overrides, tags and other characters that are not seen or that reorder others.
const DECEIVING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const MAX = 4000;
const MAX_SAID = 64 * 1024;
// The joiner inside of one emoji made of several; the lines of a text.
const JOINED =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})/gu;

/** A sentence of a server, made safe to show (S-12): invisible and reordering characters become `\u{…}`. */
export function proseText(text: string): string {
  const cut = text.length > MAX ? `${text.slice(0, MAX)}…` : text;
  return cut.replace(DECEIVING, (char) => (char === '\n' ? ' ' : spelled(char)));
}

/** What a person wrote, made safe to show: as `proseText`, with its lines and its emoji. */
export function saidText(text: string): string {
  const cut = text.length > MAX_SAID ? `${text.slice(0, MAX_SAID)}…` : text;
  const lines = cut.replaceAll('\r\n', '\n');
  const joiners = new Set([...lines.matchAll(JOINED)].map((match) => match.index));
  return lines.replace(DECEIVING, (char, at: number) =>
    char === '\n' || joiners.has(at) ? char : spelled(char),
  );
}

const spelled = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
