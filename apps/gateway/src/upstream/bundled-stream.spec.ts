import { fromBinary } from '@bufbuild/protobuf';
import { FramesSchema } from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import { describe, expect, it } from 'vitest';
import { bundles, frameBytes } from './bundled-stream.ts';

function frame(body: string, flag = 0): Buffer {
  const head = Buffer.alloc(frameBytes);
  head[0] = flag;
  head.writeUInt32BE(Buffer.byteLength(body), 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

async function* inPieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function collect(chunks: AsyncIterator<unknown>): Promise<Buffer[]> {
  const out: Buffer[] = [];
  for await (const one of bundles(chunks)) out.push(Buffer.from(one));
  return out;
}

/** The frames within a frame of frames. */
const within = (bundle: Buffer): Buffer =>
  Buffer.from(fromBinary(FramesSchema, bundle.subarray(frameBytes)).frames);

describe('messages that come together', () => {
  const bodies = ['', 'a', 'b'.repeat(127), 'c'.repeat(128), 'd'.repeat(20_000), 'e'];
  const all = Buffer.concat(bodies.map((body) => frame(body)));

  it.each([1, 3, 5, 6, 130, 1000, 1_000_000])('are one, cut into pieces of %i bytes', async (size) => {
    const out = await collect(inPieces(all, size));
    for (const bundle of out) expect(bundle.readUInt32BE(1)).toBe(bundle.length - frameBytes);
    expect(Buffer.concat(out.map(within))).toEqual(all);
    if (size > all.length) expect(out).toHaveLength(1);
  });

  it('are left as they are from the first that is compressed, for the reader to refuse', async () => {
    const strange = Buffer.concat([frame('zipped', 1), frame('after')]);
    const [bundle = Buffer.alloc(0), ...rest] = await collect(
      inPieces(Buffer.concat([frame('plain'), strange]), 1000),
    );
    expect(within(bundle)).toEqual(frame('plain'));
    expect(Buffer.concat(rest)).toEqual(strange);
  });

  it('are cut where the stream was cut, for the reader to notice', async () => {
    const out = await collect(inPieces(all.subarray(0, all.length - 1), 1000));
    expect(out.at(-1)).toEqual(frame('e').subarray(0, frameBytes));
  });

  it('S-18: of more than a mebibyte are none', async () => {
    await expect(collect(inPieces(frame('x'.repeat(1024 * 1024 + 1)), 1_000_000))).rejects.toThrow('1 MiB');
  });

  it('end what they come from when nobody wants the rest', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield frame('more');
      } finally {
        ended = true;
      }
    }
    for await (const _ of bundles(endless())) break;
    expect(ended).toBe(true);
  });
});
