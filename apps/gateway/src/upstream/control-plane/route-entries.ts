import { fromBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { RouteStatus } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { NameSchema } from '@muster/wire/gen/slim/h/dataplane/v1/data_plane_pb.js';
import type { Name } from '@muster/wire/gen/slim/h/dataplane/v1/data_plane_pb.js';
import { frameBytes } from '../bundled-stream.ts';
import { instanceOfHalves, momentOf, nameOf } from './names.ts';
import type { NameRow, RouteRow } from './port.ts';

/** Texts and names that are remembered for the next rows; more are forgotten together. */
const mostShared = 200_000;

const statuses = new Map<number, RouteRow['status']>([
  [RouteStatus.APPLIED, 'applied'],
  [RouteStatus.FAILED, 'failed'],
  [RouteStatus.DELETED, 'deleted'],
  [RouteStatus.PENDING, 'pending'],
]);

/** Field numbers of a RouteEntry of 2.0–3.4; its connection's configuration (5) may hold credentials, and is not read. */
const fields = {
  id: 1,
  source: 2,
  destination: 3,
  endpoint: 4,
  name: 6,
  status: 7,
  message: 8,
  updated: 10,
  link: 11,
} as const;

/**
 * Reads entries of routes out of their frames. There may be a hundred thousand, again and again: a row whose bytes are
 * those of the reading before stays the same object, and a text that many rows have is kept once.
 */
export class RouteEntries {
  readonly #texts = new Map<string, string>();
  readonly #names = new Map<string, NameRow>();
  #before = new Reading(0);

  /** One reading of all of them, in their order; `done` once they have all come. */
  begin(): { take: (frames: Uint8Array) => RouteRow[]; done: () => void } {
    const before = this.#before;
    const reading = new Reading(before.bytes);
    return {
      take: (frames) => {
        const data = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength);
        const rows: RouteRow[] = [];
        for (let at = 0; at < data.length;) {
          const from = at + frameBytes;
          at = from + data.readUInt32BE(at + 1);
          const row = before.same(reading.rows.length, data, from, at) ?? this.#rowOf(data, from, at);
          reading.add(row, data, from, at);
          rows.push(row);
        }
        return rows;
      },
      done: () => (this.#before = reading),
    };
  }

  #rowOf(data: Buffer, from: number, end: number): RouteRow {
    const at = new Cursor(data, from, end);
    let [id, source, destination, destinationEndpoint, statusMessage, linkId] = ['', '', '', '', '', ''];
    let nameBytes = '';
    let status = 0;
    let updated = 0n;
    while (at.more) {
      const tag = at.number();
      // By field and wire type together: a field of another type is unknown, as protobuf has it.
      switch (tag) {
        case (fields.id << 3) | 2:
          id = at.text();
          break;
        case (fields.source << 3) | 2:
          source = at.text();
          break;
        case (fields.destination << 3) | 2:
          destination = at.text();
          break;
        case (fields.endpoint << 3) | 2:
          destinationEndpoint = at.text();
          break;
        case (fields.name << 3) | 2:
          // A message that comes in pieces is what they are together.
          nameBytes += at.bytes();
          break;
        case fields.status << 3:
          status = at.number();
          break;
        case (fields.message << 3) | 2:
          statusMessage = at.text();
          break;
        case fields.updated << 3:
          updated = at.int64();
          break;
        case (fields.link << 3) | 2:
          linkId = at.text();
          break;
        default:
          at.skip(tag & 7);
      }
    }
    const { name, instance } = this.#nameOf(nameBytes);
    return {
      name,
      instance,
      id,
      source: this.#shared(source),
      destination: this.#shared(destination),
      destinationEndpoint: this.#shared(destinationEndpoint),
      status: statuses.get(status) ?? 'unspecified',
      statusMessage: this.#shared(statusMessage),
      lastUpdated: momentOf(updated),
      linkId: this.#shared(linkId),
    };
  }

  #shared(text: string): string {
    if (text === '') return '';
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostShared) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  #nameOf(bytes: string): NameRow {
    const known = this.#names.get(bytes);
    if (known) return known;
    if (this.#names.size >= mostShared) this.#names.clear();
    const row = nameRow(decoded(bytes));
    this.#names.set(bytes, row);
    return row;
  }
}

/** Hashes of the components say nothing to a person; where the text is missing, the name is unknown. */
export function nameRow(name: Name | undefined): NameRow {
  const text = name?.strName;
  const id = name?.name?.nameId;
  return nameOf(
    [text?.strComponent0 ?? '', text?.strComponent1 ?? '', text?.strComponent2 ?? ''],
    id === undefined ? '' : instanceOfHalves(id.id0, id.id1),
  );
}

function decoded(bytes: string): Name | undefined {
  if (bytes === '') return undefined;
  try {
    return fromBinary(NameSchema, Buffer.from(bytes, 'latin1'));
  } catch {
    throw malformed();
  }
}

const malformed = (): ConnectError => new ConnectError('a route cannot be read', Code.Internal);

/** Rows of one reading, with the bytes that each was read of. */
class Reading {
  readonly rows: RouteRow[] = [];
  /** Where each ends. */
  readonly #ends: number[] = [];
  #data: Buffer;
  #used = 0;

  constructor(bytes: number) {
    this.#data = Buffer.allocUnsafe(Math.max(bytes, 1024));
  }

  get bytes(): number {
    return this.#used;
  }

  /** The row at this place, if it was read of the same bytes. */
  same(place: number, data: Buffer, from: number, end: number): RouteRow | undefined {
    const mine = place === 0 ? 0 : (this.#ends[place - 1] ?? this.#used);
    const to = this.#ends[place];
    if (to === undefined || to - mine !== end - from) return undefined;
    return data.compare(this.#data, mine, to, from, end) === 0 ? this.rows[place] : undefined;
  }

  add(row: RouteRow, data: Buffer, from: number, end: number): void {
    if (this.#used + end - from > this.#data.length) {
      const more = Buffer.allocUnsafe((this.#data.length + end - from) * 2);
      this.#data.copy(more, 0, 0, this.#used);
      this.#data = more;
    }
    this.#used += data.copy(this.#data, this.#used, from, end);
    this.rows.push(row);
    this.#ends.push(this.#used);
  }
}

/** Reads protobuf's wire format between two places. @throws ConnectError where it is none */
class Cursor {
  readonly #data: Buffer;
  readonly #end: number;
  #at: number;

  constructor(data: Buffer, from: number, end: number) {
    this.#data = data;
    this.#at = from;
    this.#end = end;
  }

  get more(): boolean {
    return this.#at < this.#end;
  }

  /** A varint of which the low 32 bits count, as tags, lengths and values of enums. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw malformed();
  }

  int64(): bigint {
    let [low, high] = [0, 0n];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      // A moment of today has 31 bits: a number holds them.
      if (shift < 49) low += (byte & 127) * 2 ** shift;
      else high |= BigInt(byte & 127) << BigInt(shift);
      if (byte < 128) return BigInt.asIntN(64, high + BigInt(low));
    }
    throw malformed();
  }

  text(): string {
    const [from, to] = this.#range();
    return this.#data.toString('utf8', from, to);
  }

  /** As a string of a character a byte. */
  bytes(): string {
    const [from, to] = this.#range();
    return this.#data.toString('latin1', from, to);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.number();
    else if (wireType === 1) this.#move(8);
    else if (wireType === 2) this.#range();
    else if (wireType === 5) this.#move(4);
    else throw malformed();
  }

  #range(): [from: number, to: number] {
    const length = this.number();
    const from = this.#at;
    this.#move(length);
    return [from, this.#at];
  }

  #move(by: number): void {
    if (by > this.#end - this.#at) throw malformed();
    this.#at += by;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed();
    return this.#data[this.#at++] ?? 0;
  }
}
