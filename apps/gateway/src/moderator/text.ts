/** What a member may put into one message that we keep and show. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** Payload types whose bytes a person can read; a sender that names none is taken to write text. */
const READABLE = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml)\b|msg$|$)/u;

/** What can be read of a payload: its text, or '' for bytes that are none; `cut` when there is more of it. */
export function readable(payload: Uint8Array, payloadType: string): { text: string; cut: boolean } {
  return READABLE.test(payloadType.toLowerCase()) ? payloadText(payload) : { text: '', cut: false };
}

/**
 * The payload as text that is safe to show and to print: control characters (terminal escapes among them),
 * direction overrides and lone surrogates become `\u{…}`; line breaks and tabs stay. Bytes that are no UTF-8 are not
 * guessed at: they give ''.
 */
export function payloadText(payload: Uint8Array): { text: string; cut: boolean } {
  const tooLong = payload.byteLength > MAX_TEXT_BYTES;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    // `stream` keeps a character that the cap has split from being an error.
    text = escapeUnsafe(
      decoder.decode(tooLong ? payload.subarray(0, MAX_TEXT_BYTES) : payload, { stream: tooLong }),
    );
  } catch {
    return { text: '', cut: false };
  }
  // Escaped it may be six times as long.
  const cut = tooLong || text.length > MAX_TEXT_BYTES;
  return { text: text.slice(0, MAX_TEXT_BYTES) + (cut ? ' …' : ''), cut };
}

// Cc but tab and line feed; bidirectional controls (Trojan Source, CVE-2021-42574); line separators; surrogates.
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

export function escapeUnsafe(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
