/** Bytes that WebCrypto accepts: a view on a plain (not shared) buffer. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A private copy, so that a caller who reuses its buffer cannot change what is judged half way. */
export function ownBytes(input: Uint8Array): Bytes {
  return new Uint8Array(input);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Lower-case hexadecimal; `separator` goes between bytes (for example `:`). */
export function toHex(bytes: Uint8Array, separator = ''): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += (i > 0 ? separator : '') + (HEX[bytes[i] ?? 0] ?? '');
  return out;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Text of bytes that are meant to be ASCII: each byte becomes the code point of the same number. */
export function toLatin1(bytes: Uint8Array): string {
  if (bytes.length <= 8192) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let out = '';
  // In slices: a whole megabyte as arguments overflows the stack. `apply` takes any array-like, and is far quicker
  // than spreading; its type only knows arrays.
  for (let i = 0; i < bytes.length; i += 8192) {
    out += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192) as unknown as number[]);
  }
  return out;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8Encode(text: string): Bytes {
  return encoder.encode(text);
}

/** UTF-8 text, or undefined when the bytes are not UTF-8. A byte order mark is kept, never swallowed. */
export function utf8Decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Removes white space that a paste or an editor put around a document. The judge itself never trims. */
export function trimPasted(input: Uint8Array): Bytes {
  let start = 0;
  let end = input.length;
  while (start < end && isSpace(input[start])) start++;
  while (end > start && isSpace(input[end - 1])) end--;
  return new Uint8Array(input.subarray(start, end));
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
