import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';

/** Writes one DER element. It writes what it is told, wrong or right: hostile certificates of tests are made with it, too. */
export function der(tag: number, ...content: readonly Uint8Array[]): Bytes {
  const body = concatBytes(...content);
  return concatBytes(Uint8Array.of(tag), length(body.length), body);
}

function length(size: number): Uint8Array {
  if (size < 0x80) return Uint8Array.of(size);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export const sequence = (...content: readonly Uint8Array[]) => der(0x30, ...content);
export const set = (...content: readonly Uint8Array[]) => der(0x31, ...content);
export const octets = (...content: readonly Uint8Array[]) => der(0x04, ...content);
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Uint8Array.of(unused), content);
export const boolean = (value: boolean) => der(0x01, Uint8Array.of(value ? 0xff : 0));
export const utf8 = (text: string) => der(0x0c, utf8Encode(text));
export const printable = (text: string) => der(0x13, utf8Encode(text));
export const nothing = () => der(0x05);

export function integer(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(rest & 0xff);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return der(0x02, Uint8Array.from(bytes));
}

/** INTEGER from an unsigned magnitude. */
export function unsigned(magnitude: Uint8Array): Bytes {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const trimmed = magnitude.subarray(start);
  return der(0x02, (trimmed[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), trimmed);
}

export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const out: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc & 0x7f];
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128))
      groups.unshift((more & 0x7f) | 0x80);
    out.push(...groups);
  }
  return der(0x06, Uint8Array.from(out));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
export function time(date: Date): Bytes {
  const text = date
    .toISOString()
    .replace(/[-:T]/gu, '')
    .replace(/\.\d+Z$/u, 'Z');
  return date.getUTCFullYear() < 2050 ? der(0x17, utf8Encode(text.slice(2))) : der(0x18, utf8Encode(text));
}
