/** The little of DER (X.690) that certificates and requests need. */

function encode(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const header = Buffer.alloc(2 + size);
  header[0] = tag;
  header[1] = 0x80 | size;
  header.writeUIntBE(length, 2, size);
  return Buffer.concat([header, content]);
}

export const sequence = (...items: Buffer[]): Buffer => encode(0x30, Buffer.concat(items));
export const set = (...items: Buffer[]): Buffer => encode(0x31, Buffer.concat(items));
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]));
export const octetString = (content: Buffer): Buffer => encode(0x04, content);
/** PrintableString where the text allows, as RFC 5280 §4.1.2.4 wants of a country, else UTF8String. */
export const directoryString = (text: string): Buffer =>
  encode(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? 0x13 : 0x0c, Buffer.from(text));
export const bitString = (content: Buffer, unusedBits = 0): Buffer =>
  encode(0x03, Buffer.concat([Buffer.from([unusedBits]), content]));
/** Context-specific and constructed: `[number] EXPLICIT`. */
export const explicit = (number: number, content: Buffer): Buffer => encode(0xa0 | number, content);
/** Context-specific and primitive: `[number] IMPLICIT` of a string type. */
export const implicit = (number: number, content: Buffer): Buffer => encode(0x80 | number, content);

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return encode(0x02, (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return encode(0x06, Buffer.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime after: RFC 5280 §4.1.2.5. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? encode(0x17, Buffer.from(digits.slice(2)))
    : encode(0x18, Buffer.from(digits));
}

export interface DerValue {
  tag: number;
  content: Buffer;
  /** Tag, length and content. */
  raw: Buffer;
}

/** The value that starts at `offset`; throws when it does not fit. */
export function readDer(bytes: Buffer, offset = 0): DerValue {
  const tag = bytes[offset];
  let length = bytes[offset + 1];
  if (tag === undefined || length === undefined)
    throw new Error('asn1: syntax error: truncated tag or length');
  let start = offset + 2;
  if (length >= 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4 || start + size > bytes.length)
      throw new Error('asn1: structure error: invalid length');
    length = bytes.readUIntBE(start, size);
    start += size;
  }
  if (start + length > bytes.length) throw new Error('asn1: syntax error: data truncated');
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(offset, start + length) };
}

/** The values inside a constructed one. */
export function children(value: DerValue): DerValue[] {
  const found: DerValue[] = [];
  for (let offset = 0; offset < value.content.length;) {
    const child = readDer(value.content, offset);
    found.push(child);
    offset += child.raw.length;
  }
  return found;
}
