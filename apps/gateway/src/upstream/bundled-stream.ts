import { Code, ConnectError } from '@connectrpc/connect';

/**
 * A stream of many small messages costs most by their number: each goes through a dozen promises on its way. A call with
 * this header gets all messages that came in a piece as one, `message { bytes frames = 1; }`. It is not sent.
 */
export const bundledHeader = 'muster-bundled';

/** gRPC's frame: whether it is compressed, and the length of the message behind it. */
export const frameBytes = 5;
const framesTag = 0x0a;
/** No row is longer; left to the reader as it is, a message would be taken for frames that its sender made up (S-18). */
const mostKept = 1024 * 1024;

/** Frames of gRPC as they come; a frame of whole ones goes out. What is no plain frame goes on as it is: the reader refuses it. */
export async function* bundles(chunks: AsyncIterator<unknown>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      const chunk = next.value as Buffer;
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const { end, strange } = wholeFrames(data);
      if (end > 0) yield joined(data.subarray(0, end));
      rest = data.subarray(end);
      if (strange) break;
    }
    if (rest.length > 0) yield rest;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      yield next.value as Buffer;
  } finally {
    await chunks.return?.();
  }
}

/** Where the last whole frame ends; strange: what follows is compressed. @throws {ConnectError} longer than a row ever is */
function wholeFrames(data: Buffer): { end: number; strange: boolean } {
  let end = 0;
  while (data.length - end >= frameBytes) {
    const length = data.readUInt32BE(end + 1);
    if (data[end] !== 0) return { end, strange: true };
    if (length > mostKept) throw new ConnectError('a message is longer than 1 MiB', Code.ResourceExhausted);
    if (data.length - end - frameBytes < length) break;
    end += frameBytes + length;
  }
  return { end, strange: false };
}

function joined(frames: Buffer): Buffer {
  const head: number[] = [framesTag];
  let length = frames.length;
  for (; length > 127; length = Math.floor(length / 128)) head.push((length & 127) | 128);
  head.push(length);
  const frame = Buffer.alloc(frameBytes);
  frame.writeUInt32BE(head.length + frames.length, 1);
  return Buffer.concat([frame, Buffer.from(head), frames]);
}
