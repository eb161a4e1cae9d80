import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { createContextValues } from '@connectrpc/connect';
import type { CallOptions, Transport } from '@connectrpc/connect';
import { Entry, ListEntriesRequestSchema } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import type { PackedEntries } from './entry-wire.ts';

export interface EntryPage {
  entries: PackedEntries;
  nextPageToken: string;
}

/** ListEntries with an answer whose fields nobody reads: they come as they are, bytes by field number. */
const listUnread = { ...Entry.method.listEntries, output: EmptySchema };

/** One page of entries as bytes. Rejects as the transport does. */
export async function readPackedPage(
  transport: Transport,
  request: MessageInitShape<typeof ListEntriesRequestSchema>,
  options: CallOptions = {},
): Promise<EntryPage> {
  const { message } = await transport.unary(
    listUnread,
    options.signal,
    options.timeoutMs,
    options.headers,
    create(ListEntriesRequestSchema, request),
    options.contextValues ?? createContextValues(),
  );
  const parts: Uint8Array[] = [];
  let nextPageToken = '';
  for (const { no, data } of message.$unknown ?? []) {
    if (no === 1) parts.push(data);
    if (no === 2) nextPageToken = new BinaryReader(data).string();
  }
  // Each part still has its length before it. In memory of its own, so that it can be handed to another thread.
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return { entries: { packed, count: parts.length }, nextPageToken };
}
