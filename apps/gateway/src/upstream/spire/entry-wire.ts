import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { bareTrustDomain, wireEntry } from './rows.ts';
import type { EntryRow, SelectorRow } from './rows.ts';

/*
 * Registration entries as their server's bytes. A million of them are compared, stored and read again; going by the
 * generated classes costs several times as much, and bytes that are the same need not be read at all.
 */

/** A page of entries: each a varint length and its bytes. */
export interface PackedEntries {
  packed: Uint8Array;
  count: number;
}

/** Where each entry of a packed page lies. */
export function* unpack({ packed }: PackedEntries): Generator<Uint8Array> {
  const reader = new BinaryReader(packed);
  while (reader.pos < reader.len) yield reader.bytes();
}

export function packRows(rows: readonly EntryRow[]): PackedEntries {
  const packed = rows.flatMap((row) => {
    const bytes = entryBytes(row);
    return [varint(bytes.length), bytes];
  });
  return { packed: Buffer.concat(packed), count: rows.length };
}

/** Id of an entry, without reading the rest when it stands first, as it does. */
export function idOf(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.LengthDelimited) return reader.string();
    reader.skip(type, field);
  }
  return '';
}

export function entryBytes(row: EntryRow): Uint8Array {
  const { revisionNumber, createdAt } = row;
  return toBinary(EntrySchema, create(EntrySchema, { ...wireEntry(row), revisionNumber, createdAt }));
}

export function entryOf(bytes: Uint8Array): EntryRow {
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
  };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const read = fields.get(field);
    // What a newer server adds is passed over, as generated code does.
    if (read && read.type === type) read.into(row, reader);
    else reader.skip(type, field);
  }
  return row;
}

type Read = (row: EntryRow, reader: BinaryReader) => void;
const text = (into: (row: EntryRow, value: string) => void): { type: WireType; into: Read } => ({
  type: WireType.LengthDelimited,
  into: (row, reader) => into(row, reader.string()),
});
const number = (into: Read): { type: WireType; into: Read } => ({ type: WireType.Varint, into });

/** By the numbers of spire.api.types.Entry. */
const fields = new Map<number, { type: WireType; into: Read }>([
  [1, text((row, value) => (row.id = value))],
  [2, { type: WireType.LengthDelimited, into: (row, reader) => (row.spiffeId = spiffeId(reader.bytes())) }],
  [3, { type: WireType.LengthDelimited, into: (row, reader) => (row.parentId = spiffeId(reader.bytes())) }],
  [
    4,
    {
      type: WireType.LengthDelimited,
      into: (row, reader) => void row.selectors.push(selector(reader.bytes())),
    },
  ],
  [5, number((row, reader) => (row.x509SvidTtl = reader.int32()))],
  [6, text((row, value) => row.federatesWith.push(bareTrustDomain(value)))],
  [7, number((row, reader) => (row.admin = reader.bool()))],
  [8, number((row, reader) => (row.downstream = reader.bool()))],
  [9, number((row, reader) => (row.expiresAt = BigInt(reader.int64())))],
  [10, text((row, value) => row.dnsNames.push(value))],
  [11, number((row, reader) => (row.revisionNumber = BigInt(reader.int64())))],
  [12, number((row, reader) => (row.storeSvid = reader.bool()))],
  [13, number((row, reader) => (row.jwtSvidTtl = reader.int32()))],
  [14, text((row, value) => (row.hint = value))],
  [15, number((row, reader) => (row.createdAt = BigInt(reader.int64())))],
]);

/** The two strings of SPIFFEID and of Selector are both fields 1 and 2. */
function pair(bytes: Uint8Array): [string, string] {
  const found: [string, string] = ['', ''];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited && (field === 1 || field === 2)) found[field - 1] = reader.string();
    else reader.skip(type, field);
  }
  return found;
}

function spiffeId(bytes: Uint8Array): string {
  const [trustDomain, path] = pair(bytes);
  return `spiffe://${trustDomain}${path}`;
}

function selector(bytes: Uint8Array): SelectorRow {
  const [type, value] = pair(bytes);
  return { type, value };
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
