import type { Bytes } from './bytes.ts';

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const STANDARD_VALUES = values(STANDARD);
const URL_SAFE_VALUES = values(URL_SAFE);

/** Strict base64 (RFC 4648 4): padded, no white space, no spare bits. Undefined when the text is anything else. */
export function decodeBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text.slice(0, text.length - padding), STANDARD_VALUES);
}

/** Strict base64url without padding (RFC 7515 2). Undefined when the text is anything else. */
export function decodeBase64Url(text: string): Bytes | undefined {
  return decode(text, URL_SAFE_VALUES);
}

/** The same, but bits that belong to no byte may be set: for telling what else is wrong with such a text. */
export function decodeBase64UrlWithSpareBits(text: string): Bytes | undefined {
  return decode(text, URL_SAFE_VALUES, true);
}

export function encodeBase64(bytes: Uint8Array): string {
  const body = encode(bytes, STANDARD);
  return body + '='.repeat((4 - (body.length % 4)) % 4);
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE);
}

function values(alphabet: string): Int8Array {
  const table = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

function decode(text: string, table: Int8Array, spareBits = false): Bytes | undefined {
  const spare = text.length % 4;
  if (spare === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (table[code] ?? -1) : -1;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[at++] = (bits >> count) & 0xff;
    }
  }
  // Bits that belong to no byte must be zero, or two texts would stand for the same bytes.
  return spareBits || (bits & ((1 << count) - 1)) === 0 ? out : undefined;
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let out = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += alphabet[(bits >> count) & 63];
    }
  }
  return count > 0 ? out + alphabet[(bits << (6 - count)) & 63] : out;
}
