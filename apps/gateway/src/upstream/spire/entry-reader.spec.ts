import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryReader } from './entry-reader.ts';
import { entryRow } from './rows.ts';

const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const small = fc.bigInt(0n, 2n ** 33n);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
);
const id = fc.record({ trustDomain: text, path: text });
const wire = fc
  .record({
    id: text,
    spiffeId: id,
    parentId: id,
    selectors: fc.array(fc.record({ type: text, value: text }), { maxLength: 4 }),
    x509SvidTtl: fc.integer(),
    jwtSvidTtl: fc.integer(),
    federatesWith: fc.array(text, { maxLength: 3 }),
    admin: fc.boolean(),
    downstream: fc.boolean(),
    storeSvid: fc.boolean(),
    expiresAt: fc.oneof(int64, small),
    createdAt: fc.oneof(int64, small),
    revisionNumber: fc.oneof(int64, small),
    dnsNames: fc.array(text, { maxLength: 3 }),
    hint: text,
    additionalAttributes: fc.option(
      fc.record({ disableX509SvidPrefetch: fc.boolean(), jwtSvidIncludeJti: fc.boolean() }),
      { nil: undefined },
    ),
  })
  .map((fields) => create(EntrySchema, fields));

const packed = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.reduce((writer, part) => writer.bytes(part), new BinaryWriter()).finish();

describe('the reader of entries', () => {
  it('reads what the generated code writes, whatever it is (S-38)', () => {
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 5 }), (entries) => {
        const parts = entries.map((entry) => toBinary(EntrySchema, entry));
        const reader = new EntryReader(packed(parts));
        for (const [index, entry] of entries.entries()) {
          expect(reader.next()).toBe(true);
          expect(reader.id).toBe(entry.id);
          expect(reader.row()).toEqual(entryRow(entry));
          expect([...reader.bytes]).toEqual([...(parts[index] ?? [])]);
          expect(new EntryReader(reader.bytes).whole().row()).toEqual(entryRow(entry));
        }
        expect(reader.next()).toBe(false);
        expect(reader.next()).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('passes over what a newer server adds, of any kind and at any place', () => {
    const writer = new BinaryWriter();
    writer.tag(90, WireType.Varint).uint64(2n ** 64n - 1n);
    writer.tag(91, WireType.Bit64).fixed64(7n);
    writer.tag(92, WireType.Bit32).fixed32(7);
    writer.tag(1, WireType.LengthDelimited).string('e1');
    writer.tag(93, WireType.LengthDelimited).bytes(Uint8Array.of(1, 2, 3));
    const selector = new BinaryWriter();
    selector.tag(9, WireType.Varint).uint32(1).tag(2, WireType.LengthDelimited).string('uid:0');
    selector.tag(1, WireType.LengthDelimited).string('unix');
    writer.tag(4, WireType.LengthDelimited).bytes(selector.finish());
    const reader = new EntryReader(writer.finish()).whole();
    expect(reader.id).toBe('e1');
    expect(reader.row()).toMatchObject({ id: 'e1', selectors: [{ type: 'unix', value: 'uid:0' }] });
  });

  it('refuses bytes that end too soon or go beyond their entry, and never reads those after it', () => {
    const part = toBinary(
      EntrySchema,
      create(EntrySchema, { id: 'e1', hint: 'h', selectors: [{ type: 'a' }] }),
    );
    for (let length = 1; length < part.length; length += 1) {
      const cut = new EntryReader(Uint8Array.from([length, ...part.subarray(0, length - 1)]));
      expect(() => cut.next()).toThrow(RangeError);
    }
    // The length of a hint that would take in the entry after it.
    const greedy = Uint8Array.of(2, (14 << 3) | 2, 9, 2, 8, 1, 0, 0, 0, 0, 0, 0, 0);
    const reader = new EntryReader(greedy);
    reader.next();
    expect(() => reader.row()).toThrow(RangeError);
    for (const bytes of [
      [0x80],
      [0x0a],
      [0x0a, 0x05, 0x61],
      [0x0b],
      [0x48, ...Array<number>(11).fill(0x80), 1],
    ])
      expect(() => new EntryReader(Uint8Array.from(bytes)).whole().row()).toThrow(RangeError);
  });
});
