import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { RouteEntrySchema } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { wireName } from '@muster/practice/slim/plane/plane';
import { describe, expect, it } from 'vitest';
import { frameBytes } from '../bundled-stream.ts';
import { RouteEntries } from './route-entries.ts';

type Init = MessageInitShape<typeof RouteEntrySchema>;

function framed(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(frameBytes);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
const entry = (init: Init): Buffer => framed(toBinary(RouteEntrySchema, create(RouteEntrySchema, init)));

const instance = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdefn;
const whole: Init = {
  id: 'route-1',
  sourceNodeId: 'domain-ä/node-a',
  destNodeId: 'domain-b/node-b',
  destEndpoint: 'http://10.0.0.1:46357',
  connConfigData: '{"password":"hunter2"}',
  name: wireName('org/ns/app', instance),
  status: 2,
  statusMsg: 'connection refused',
  lastUpdated: 1_790_000_000n,
  linkId: 'link-1',
};

describe('entries of routes', () => {
  it('are read as they were written, but for what may hold credentials (S-21)', () => {
    const [row] = new RouteEntries().begin().take(entry(whole));
    expect(row).toEqual({
      id: 'route-1',
      name: 'org/ns/app',
      instance: '01234567-89ab-cdef-0123-456789abcdef',
      source: 'domain-ä/node-a',
      destination: 'domain-b/node-b',
      destinationEndpoint: 'http://10.0.0.1:46357',
      status: 'failed',
      statusMessage: 'connection refused',
      lastUpdated: new Date(1_790_000_000_000),
      linkId: 'link-1',
    });
  });

  it('are nothing where nothing is told', () => {
    const [row] = new RouteEntries().begin().take(entry({}));
    expect(row).toMatchObject({ id: '', name: '', instance: '', status: 'unspecified', linkId: '' });
    expect(row?.lastUpdated).toBeUndefined();
  });

  it.each([-1n, 1n, 2n ** 31n, 2n ** 49n - 1n, 2n ** 49n + 3n, 2n ** 63n - 1n, -(2n ** 63n)])(
    'S-38: tell the moment %s as it is, within what has a text',
    (lastUpdated) => {
      const [row] = new RouteEntries().begin().take(entry({ lastUpdated }));
      const seconds = lastUpdated > 253_402_300_799n ? 253_402_300_799n : lastUpdated;
      expect(row?.lastUpdated).toEqual(lastUpdated <= 0n ? undefined : new Date(Number(seconds) * 1000));
    },
  );

  it('may have fields of later releases, of any type, and a name in pieces', () => {
    const later = Buffer.from([
      ...[0x78, 0x96, 0x01], // 15: a number
      ...[0x81, 0x01, 1, 2, 3, 4, 5, 6, 7, 8], // 16: 64 bits
      ...[0x8a, 0x01, 2, 65, 66], // 17: a text
      ...[0x95, 0x01, 1, 2, 3, 4], // 18: 32 bits
      ...[0x08, 0x05], // 1, which is a text, as a number
    ]);
    const { strName, name } = wireName('org/ns/app', instance);
    const parts = [{ name: { name } }, { name: { strName } }].map((init) =>
      toBinary(RouteEntrySchema, create(RouteEntrySchema, init)),
    );
    const [row] = new RouteEntries()
      .begin()
      .take(framed(Buffer.concat([later, ...parts, entry({ id: 'r' }).subarray(frameBytes)])));
    expect(row).toMatchObject({
      id: 'r',
      name: 'org/ns/app',
      instance: '01234567-89ab-cdef-0123-456789abcdef',
    });
  });

  it('stay the same objects while their bytes are the same', () => {
    const entries = new RouteEntries();
    const read = (...inits: Init[]) => {
      const reading = entries.begin();
      const rows = inits.flatMap((init) => reading.take(entry(init)));
      reading.done();
      return rows;
    };
    const first = read(whole, { id: 'b' }, { id: 'c' });
    const second = read(whole, { id: 'b', statusMsg: 'new' }, { id: 'c' });
    expect(second.map((row, index) => row === first[index])).toEqual([true, false, true]);
    expect(second[1]?.statusMessage).toBe('new');
    // One that was broken off leaves what was read before it.
    entries.begin().take(entry({ id: 'x' }));
    expect(read(whole)[0]).toBe(first[0]);
  });

  it.each([
    ['a text longer than the message', [0x0a, 0x05, 65]],
    ['a number without an end', [0x38, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a group', [0x0b]],
    ['a tag cut off', [0x80]],
    ['a name that is none', [0x32, 0x01, 0x0a]],
  ])('S-18: %s is refused', (_what, bytes) => {
    expect(() => new RouteEntries().begin().take(framed(Buffer.from(bytes)))).toThrow('cannot be read');
  });
});
