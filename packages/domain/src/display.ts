/**
 * Text of a remote party made safe to show: everything outside printable ASCII becomes `\u{…}`, so that
 * look-alike, invisible and right-to-left characters are seen for what they are.
 */
export function escapeText(text: string): string {
  // Nearly all text is plain, and every line of evidence comes through here.
  if (PLAIN.test(text)) return text;
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    out += code >= 0x20 && code <= 0x7e ? char : `\\u{${code.toString(16)}}`;
  }
  return out;
}

const PLAIN = /^[ -~]*$/u;

/** Escaped and cut to at most `max` characters, in quotation marks; for evidence lines. */
export function quote(text: string, max = 120): string {
  // Cut before escaping: a megabyte of text must not be escaped to show a hundred characters of it.
  const escaped = escapeText(text.length > max ? text.slice(0, max) : text);
  return text.length > max || escaped.length > max * 2 ? `“${escaped.slice(0, max * 2)}…”` : `“${escaped}”`;
}

/**
 * A SPIFFE ID cut in the middle to at most about `max` characters. The trust domain and the last segment stay
 * whole when they fit, because they are what people compare.
 */
export function ellipsizeSpiffeId(id: string, max = 48): string {
  const text = escapeText(id);
  if (text.length <= max) return text;
  const scheme = text.indexOf('://');
  const hostEnd = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
  const last = text.lastIndexOf('/');
  if (hostEnd > 0 && last >= hostEnd) {
    const short = `${text.slice(0, hostEnd)}/…${text.slice(last === hostEnd ? hostEnd + 1 : last)}`;
    if (short.length <= max) {
      // Spend what is left on the start of the path.
      const room = max - short.length;
      return `${text.slice(0, hostEnd + 1 + room)}…${text.slice(last === hostEnd ? hostEnd + 1 : last)}`;
    }
  }
  return ellipsizeMiddle(text, max);
}

/** Cuts in the middle, keeping both ends. */
export function ellipsizeMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  return `${text.slice(0, head)}…${tail > 0 ? text.slice(-tail) : ''}`;
}
