import type { IncomingMessage } from 'node:http';

export const MAX_BODY = 8 * 1024 * 1024;

/** Reads a whole body within the cap; `too-large` when it has more, whatever it said of its length. */
export async function readBody(
  request: IncomingMessage,
  max = MAX_BODY,
): Promise<Buffer | 'too-large' | 'cut'> {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > max) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > max) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut';
  }
  return request.complete ? Buffer.concat(chunks, size) : 'cut';
}
