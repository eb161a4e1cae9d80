import { create, toBinary } from '@bufbuild/protobuf';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { EntryReader } from './entry-reader.ts';
import { wireEntry } from './rows.ts';
import type { EntryRow } from './rows.ts';

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
  const reader = new EntryReader(packed);
  while (reader.next()) yield reader.bytes;
}

export function packRows(rows: readonly EntryRow[]): PackedEntries {
  const packed = rows.flatMap((row) => {
    const bytes = entryBytes(row);
    return [varint(bytes.length), bytes];
  });
  return { packed: Buffer.concat(packed), count: rows.length };
}

export function entryBytes(row: EntryRow): Uint8Array {
  const { revisionNumber, createdAt } = row;
  return toBinary(EntrySchema, create(EntrySchema, { ...wireEntry(row), revisionNumber, createdAt }));
}

export function entryOf(bytes: Uint8Array): EntryRow {
  return new EntryReader(bytes).whole().row();
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
