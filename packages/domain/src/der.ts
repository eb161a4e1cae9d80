import { type Bytes, toLatin1, utf8Decode } from './bytes.ts';

/** One DER element: `bytes` is the whole of it, `content` what is inside. */
export interface Der {
  /** Identifier octet: class, constructed bit and number (numbers above 30 are refused). */
  readonly tag: number;
  readonly bytes: Bytes;
  readonly content: Bytes;
}

/** Thrown by the readers below, caught where a document is parsed. */
export class DerError extends Error {}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

/** Context tag `[n]`, primitive or constructed. */
export function contextTag(number: number, constructed: boolean): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/** Reads the element at `offset`. Lengths are definite and minimal, as DER demands (X.690 10.1). */
export function readDer(bytes: Bytes, offset = 0): Der & { readonly end: number } {
  const tag = at(bytes, offset);
  if ((tag & 0x1f) === 0x1f) throw new DerError('A tag number above 30 is not expected here.');
  let length = at(bytes, offset + 1);
  let start = offset + 2;
  if (length === 0x80) throw new DerError('An indefinite length is not DER.');
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4) throw new DerError('A length is too long.');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + at(bytes, start + i);
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new DerError('A length is not minimal.');
    start += count;
  }
  if (start + length > bytes.length) throw new DerError('The data ends inside an element.');
  return new Element(tag, bytes, offset, start, start + length);
}

/** Views are made when they are asked for: to make one costs more than to read the element, and few are needed. */
class Element implements Der {
  readonly tag: number;
  readonly end: number;
  readonly #from: Bytes;
  readonly #offset: number;
  readonly #start: number;
  #content: Bytes | undefined;

  constructor(tag: number, from: Bytes, offset: number, start: number, end: number) {
    this.tag = tag;
    this.#from = from;
    this.#offset = offset;
    this.#start = start;
    this.end = end;
  }

  get bytes(): Bytes {
    return this.#from.subarray(this.#offset, this.end);
  }

  get content(): Bytes {
    this.#content ??= this.#from.subarray(this.#start, this.end);
    return this.#content;
  }
}

/** Reads exactly one element and nothing after it. */
export function readOnlyDer(bytes: Bytes): Der {
  const der = readDer(bytes);
  if (der.end !== bytes.length) throw new DerError('There are bytes after the end.');
  return der;
}

/** The elements inside a constructed element. */
export function children(der: Der): readonly Der[] {
  return readAll(der.content);
}

export function readAll(bytes: Bytes): readonly Der[] {
  const out: Der[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const child = readDer(bytes, offset);
    out.push(child);
    offset = child.end;
  }
  return out;
}

/** Takes elements in order; optional ones by tag. */
export class DerCursor {
  readonly #items: readonly Der[];
  #next = 0;

  constructor(parent: Der, tag: number = TAG.sequence) {
    this.#items = children(expectTag(parent, tag));
  }

  optional(tag: number): Der | undefined {
    const item = this.#items[this.#next];
    if (item?.tag !== tag) return undefined;
    this.#next++;
    return item;
  }

  take(tag?: number): Der {
    const item = this.#items[this.#next++];
    if (!item) throw new DerError('An element is missing.');
    return tag === undefined ? item : expectTag(item, tag);
  }

  end(): void {
    if (this.#next < this.#items.length) throw new DerError('There is an element too many.');
  }
}

export function expectTag(der: Der, tag: number): Der {
  if (der.tag !== tag) {
    throw new DerError(`Tag 0x${der.tag.toString(16)} found where 0x${tag.toString(16)} is due.`);
  }
  return der;
}

export function readBoolean(der: Der): boolean {
  const [value] = expectTag(der, TAG.boolean).content;
  if (der.content.length !== 1 || (value !== 0 && value !== 0xff))
    throw new DerError('A boolean is not DER.');
  return value === 0xff;
}

/** Content of an INTEGER, checked to be minimal (X.690 8.3.2). */
export function readIntegerBytes(der: Der, tag: number = TAG.integer): Bytes {
  const { content } = expectTag(der, tag);
  const [first, second = 0] = content;
  if (first === undefined) throw new DerError('An integer is empty.');
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('An integer is not minimal.');
  }
  return content;
}

/** A non-negative INTEGER up to 2^31. */
export function readSmallInteger(der: Der, tag: number = TAG.integer): number {
  const content = readIntegerBytes(der, tag);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw new DerError('An integer is out of range.');
  return content.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A positive INTEGER as magnitude without the leading zero. */
export function readMagnitude(der: Der): Bytes {
  const content = readIntegerBytes(der);
  if ((content[0] ?? 0) >= 0x80) throw new DerError('An integer is negative.');
  return content[0] === 0 ? content.subarray(1) : content;
}

/** A BIT STRING that is a whole number of bytes. */
export function readOctetsOfBits(der: Der): Bytes {
  const { content } = expectTag(der, TAG.bitString);
  if (content[0] !== 0) throw new DerError('A bit string is not whole bytes.');
  return content.subarray(1);
}

/** Numbers of the bits that are set in a named bit list. */
export function readBitNumbers(der: Der): ReadonlySet<number> {
  const { content } = expectTag(der, TAG.bitString);
  const unused = content[0];
  if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0)) {
    throw new DerError('A bit string is broken.');
  }
  const bits = new Set<number>();
  const total = (content.length - 1) * 8;
  for (let bit = 0; bit < total; bit++) {
    if ((at(content, 1 + (bit >> 3)) & (0x80 >> (bit & 7))) === 0) continue;
    if (bit >= total - unused) throw new DerError('An unused bit of a bit string is set.');
    bits.add(bit);
  }
  return bits;
}

/** Dotted object identifier. */
export function readOid(der: Der, tag: number = TAG.oid): string {
  const { content } = expectTag(der, tag);
  if (content.length === 0 || content.length > 64)
    throw new DerError('An object identifier has a bad length.');
  const plain = readShortOid(content);
  if (plain !== undefined) return plain;
  const arcs: string[] = [];
  let start = 0;
  for (const [i, byte] of content.entries()) {
    if (i === start && byte === 0x80) throw new DerError('An object identifier is not minimal.');
    if (byte >= 0x80) continue;
    const arc = readArc(content.subarray(start, i + 1));
    if (start > 0) arcs.push(String(arc));
    else
      arcs.push(
        arc < 80 ? String(Math.floor(Number(arc) / 40)) : '2',
        arc < 80 ? String(Number(arc) % 40) : String(BigInt(arc) - 80n),
      );
    start = i + 1;
  }
  if (start < content.length) throw new DerError('An object identifier is cut off.');
  return arcs.join('.');
}

/** The same in one go, for content that is proper and whose arcs are small, as nearly all are; undefined for any other. */
function readShortOid(content: Bytes): string | undefined {
  let text = '';
  let arc = 0;
  for (let i = 0; i < content.length; i++) {
    const byte = content[i] ?? 0;
    if (arc === 0 && byte === 0x80) return undefined;
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 0xffffffff) return undefined;
    if (byte >= 0x80) continue;
    if (text !== '') text += `.${arc}`;
    else text = arc < 80 ? `${Math.floor(arc / 40)}.${arc % 40}` : `2.${arc - 80}`;
    arc = 0;
  }
  return (content.at(-1) ?? 0x80) < 0x80 ? text : undefined;
}

/** A number while it is exact: arithmetic on big integers is slow, and almost no arc needs it. */
function readArc(bytes: Bytes): number | bigint {
  if (bytes.length <= 7) return bytes.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return bytes.reduce((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
}

/** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 writes them, in milliseconds since 1970. */
export function readTime(der: Der): number {
  const { content } = der;
  const long = der.tag === TAG.generalizedTime;
  if (!long && der.tag !== TAG.utcTime) throw new DerError('A time has an unexpected type.');
  const rest = long ? 4 : 2;
  if (content.length !== rest + 11 || content[rest + 10] !== 0x5a || !content.subarray(0, -1).every(isDigit))
    throw new DerError('A time is not written as RFC 5280 asks.');
  const two = (at: number) => ((content[at] ?? 0) - 0x30) * 10 + ((content[at + 1] ?? 0) - 0x30);
  const year = long ? two(0) * 100 + two(2) : two(0) + (two(0) < 50 ? 2000 : 1900);
  const [month, day] = [two(rest), two(rest + 2)];
  const [hour, minute, second] = [two(rest + 4), two(rest + 6), two(rest + 8)];
  const date = new Date(0);
  // Not Date.UTC, for which the year 99 is 1999.
  date.setUTCFullYear(year, month - 1, day);
  // Date rolls 31 February into March; looking at it again shows that.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) throw new DerError('A time does not exist.');
  return date.setUTCHours(hour, minute, second);
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** Text of a directory string, or undefined for a type that is not text. */
export function readText(der: Der): string | undefined {
  switch (der.tag) {
    case TAG.utf8String:
      return utf8Decode(der.content);
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.teletexString:
      return toLatin1(der.content);
    case TAG.bmpString:
      return wide(der.content, 2);
    case TAG.universalString:
      return wide(der.content, 4);
    default:
      return undefined;
  }
}

function wide(content: Bytes, width: 2 | 4): string | undefined {
  if (content.length % width !== 0) return undefined;
  let out = '';
  for (let i = 0; i < content.length; i += width) {
    const code = content.subarray(i, i + width).reduce((sum, byte) => sum * 256 + byte, 0);
    if (code > 0x10ffff) return undefined;
    out += String.fromCodePoint(code);
  }
  return out;
}

function at(bytes: Bytes, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new DerError('The data ends inside an element.');
  return byte;
}
