import { isAscii } from 'node:buffer';
import { WireType } from '@bufbuild/protobuf/wire';
import { bareTrustDomain } from './rows.ts';
import type { EntryRow, SelectorRow } from './rows.ts';

/*
 * Reads registration entries from their server's bytes, by the field numbers of spire.api.types.Entry. A million of them
 * go through here, so that it is written for speed: generated classes take ten times as long, and the reader of their
 * library three times.
 */

/** Entries one after the other, each with its length before it, as a page of ListEntries has them. */
export class EntryReader {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  /** All of it as text, a character for each byte: pieces of it are then strings without any work. */
  readonly #text: string;
  readonly #ascii: boolean;
  /** The entry it is at is ASCII, so that such pieces are right. */
  #plain: boolean;
  #at = 0;
  #start = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = this.#buffer.toString('latin1');
    this.#ascii = isAscii(bytes);
    this.#plain = this.#ascii;
  }

  /** Goes to the next entry; false after the last. Throws RangeError when the bytes end within it. */
  next(): boolean {
    this.#at = this.#end;
    if (this.#at >= this.#bytes.length) return false;
    const length = this.#varint();
    this.#start = this.#at;
    this.#end = this.#within(length, this.#bytes.length);
    this.#plain = this.#ascii || isAscii(this.bytes);
    return true;
  }

  /** Takes all there is as one entry, without a length before it. */
  whole(): this {
    this.#start = 0;
    this.#end = this.#bytes.length;
    return this;
  }

  /** The bytes of the entry it is at: a part of what was given. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Its id, without reading the rest when it stands first, as it does. */
  get id(): string {
    this.#at = this.#start;
    while (this.#at < this.#end) {
      const tag = this.#varint();
      if (tag === idTag) return this.#string(this.#end);
      this.#skip(tag & 7, this.#end);
    }
    return '';
  }

  /** All of it. What a newer server adds is passed over, as generated code does. */
  row(): EntryRow {
    const row: EntryRow = {
      id: '',
      spiffeId: '',
      parentId: '',
      selectors: [],
      x509SvidTtl: 0,
      jwtSvidTtl: 0,
      federatesWith: [],
      admin: false,
      downstream: false,
      expiresAt: 0n,
      dnsNames: [],
      revisionNumber: 0n,
      storeSvid: false,
      hint: '',
      createdAt: 0n,
      disableX509SvidPrefetch: false,
      jwtSvidIncludeJti: false,
    };
    this.#at = this.#start;
    const end = this.#end;
    while (this.#at < end) {
      const tag = this.#varint();
      const type: number = tag & 7;
      if (type === WireType.LengthDelimited) this.#words(row, tag >>> 3, end);
      else if (type === WireType.Varint) this.#number(row, tag >>> 3);
      else this.#skip(type, end);
    }
    return row;
  }

  #words(row: EntryRow, field: number, end: number): void {
    switch (field) {
      case 1:
        row.id = this.#string(end);
        break;
      case 2:
        row.spiffeId = this.#spiffeId(end);
        break;
      case 3:
        row.parentId = this.#spiffeId(end);
        break;
      case 4:
        row.selectors.push(this.#selector(end));
        break;
      case 6:
        row.federatesWith.push(bareTrustDomain(this.#string(end)));
        break;
      case 10:
        row.dnsNames.push(this.#string(end));
        break;
      case 14:
        row.hint = this.#string(end);
        break;
      case 16:
        this.#attributes(row, end);
        break;
      default:
        this.#skip(WireType.LengthDelimited, end);
    }
  }

  #number(row: EntryRow, field: number): void {
    switch (field) {
      case 5:
        // Negative numbers come as 64 bits.
        row.x509SvidTtl = Number(BigInt.asIntN(32, this.#int64()));
        break;
      case 7:
        row.admin = this.#int64() !== 0n;
        break;
      case 8:
        row.downstream = this.#int64() !== 0n;
        break;
      case 9:
        row.expiresAt = this.#int64();
        break;
      case 11:
        row.revisionNumber = this.#int64();
        break;
      case 12:
        row.storeSvid = this.#int64() !== 0n;
        break;
      case 13:
        row.jwtSvidTtl = Number(BigInt.asIntN(32, this.#int64()));
        break;
      case 15:
        row.createdAt = this.#int64();
        break;
      default:
        this.#int64();
    }
  }

  #attributes(row: EntryRow, within: number): void {
    const length = this.#varint();
    const end = this.#within(length, within);
    while (this.#at < end) {
      const tag = this.#varint();
      const type: number = tag & 7;
      if (type !== WireType.Varint) this.#skip(type, end);
      else {
        const on = this.#int64() !== 0n;
        if (tag >>> 3 === 1) row.disableX509SvidPrefetch = on;
        else if (tag >>> 3 === 2) row.jwtSvidIncludeJti = on;
      }
    }
  }

  #spiffeId(end: number): string {
    const trustDomainAndPath = this.#pair(end);
    return `spiffe://${trustDomainAndPath[0]}${trustDomainAndPath[1]}`;
  }

  #selector(end: number): SelectorRow {
    const [type, value] = this.#pair(end);
    return { type, value };
  }

  /** The two strings of SPIFFEID and of Selector are both fields 1 and 2. */
  #pair(within: number): [string, string] {
    const length = this.#varint();
    const end = this.#within(length, within);
    let first = '';
    let second = '';
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === idTag) first = this.#string(end);
      else if (tag === secondTag) second = this.#string(end);
      else this.#skip(tag & 7, end);
    }
    return [first, second];
  }

  #string(within: number): string {
    const length = this.#varint();
    const from = this.#at;
    const to = this.#within(length, within);
    this.#at = to;
    return this.#plain ? this.#text.slice(from, to) : this.#buffer.toString('utf8', from, to);
  }

  /** Of up to 28 bits, as tags and lengths are; more is no entry. */
  #varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.#at] ?? over();
      this.#at += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    return over();
  }

  #int64(): bigint {
    const bytes = this.#bytes;
    let small = 0;
    let value = 0n;
    for (let at = 0; at < 10; at += 1) {
      const byte = bytes[this.#at] ?? over();
      this.#at += 1;
      // Seven bytes are 49 bits, which a number holds exactly.
      if (at < 7) small += (byte & 127) * 2 ** (7 * at);
      else value |= BigInt(byte & 127) << BigInt(7 * at);
      if (byte < 128) return at < 7 ? BigInt(small) : BigInt.asIntN(64, value | BigInt(small));
    }
    return over();
  }

  #skip(type: number, end: number): void {
    if (type === WireType.Varint) this.#int64();
    else if (type === WireType.LengthDelimited) {
      const length = this.#varint();
      this.#at = this.#within(length, end);
    } else if (type === WireType.Bit64) this.#at = this.#within(8, end);
    else if (type === WireType.Bit32) this.#at = this.#within(4, end);
    // Groups are in no message of SPIRE.
    else over();
  }

  /** Where so many bytes from here end. */
  #within(length: number, end: number): number {
    const to = this.#at + length;
    return to <= end ? to : over();
  }
}

const idTag = (1 << 3) | WireType.LengthDelimited;
const secondTag = (2 << 3) | WireType.LengthDelimited;

function over(): never {
  throw new RangeError('these bytes are not registration entries');
}
