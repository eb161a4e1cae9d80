import { create } from '@bufbuild/protobuf';
import { X509SVIDResponseSchema } from '@muster/wire/gen/workload/workload_pb.js';
import { describe, expect, it } from 'vitest';
import { splitDer } from './der.ts';
import { strip, SvidBook } from './svids.ts';

/** A SEQUENCE of so many bytes: enough to be split and told from another. */
const der = (fill: number, length = 10): Uint8Array =>
  Uint8Array.from([0x30, length, ...Array.from({ length }, () => fill)]);

const message = (...svids: [id: string, leaf: number][]) =>
  create(X509SVIDResponseSchema, {
    svids: svids.map(([id, leaf]) => ({
      spiffeId: `spiffe://a.example/${id}`,
      x509Svid: der(leaf),
      x509SvidKey: Uint8Array.of(1, 2, 3, 4),
      bundle: der(9),
    })),
    federatedBundles: { 'spiffe://b.example': der(8) },
  });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('SVIDs of a stream', () => {
  it('S-13: lose their keys at once, in the bytes themselves', () => {
    const received = message(['x', 1]);
    const key = received.svids[0]?.x509SvidKey ?? new Uint8Array();
    const state = strip(received);
    expect([...key]).toEqual([0, 0, 0, 0]);
    expect(received.svids[0]?.x509SvidKey).toHaveLength(0);
    expect(JSON.stringify([...state.svids])).not.toContain('PRIVATE');
    expect([...state.bundles.keys()].toSorted()).toEqual(['a.example', 'b.example']);
  });

  it('count rotations by identity, not by message', () => {
    let changes = 0;
    const book = new SvidBook(
      () => new Date(),
      () => (changes += 1),
    );
    book.receive(strip(message(['x', 1], ['y', 1])));
    book.receive(strip(message(['y', 1], ['x', 1])));
    expect(changes).toBe(1);
    book.receive(strip(message(['x', 2], ['y', 1])));
    expect(book.rows.map(({ spiffeId, rotations }) => [spiffeId, rotations])).toEqual([
      ['spiffe://a.example/x', 1],
      ['spiffe://a.example/y', 0],
    ]);
    expect(changes).toBe(2);
  });

  it('hold a shorter list for a moment: a tainted rotation sends a transient one', async () => {
    const book = new SvidBook(
      () => new Date(),
      () => {},
      30,
    );
    book.receive(strip(message(['x', 1], ['y', 1])));
    book.receive(strip(message(['x', 2])));
    expect(book.rows).toHaveLength(2);
    book.receive(strip(message(['x', 2], ['y', 2])));
    await pause(60);
    expect(book.rows).toHaveLength(2);
    book.receive(strip(message(['x', 2])));
    await pause(60);
    expect(book.rows).toHaveLength(1);
    book.clear();
    await pause(60);
    expect(book.rows).toHaveLength(0);
    book.close();
  });

  it('S-18: certificates are split by their lengths, and broken ones end the list', () => {
    const joined = Uint8Array.from([
      ...der(1),
      ...der(2, 127),
      0x30,
      0x81,
      0x80,
      ...Array.from({ length: 128 }, () => 3),
    ]);
    expect(splitDer(joined).map((part) => part.length)).toEqual([12, 129, 131]);
    expect(splitDer(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff))).toEqual([]);
    expect(splitDer(Uint8Array.of(0x30, 0x80))).toEqual([]);
    expect(splitDer(new Uint8Array())).toEqual([]);
  });
});
