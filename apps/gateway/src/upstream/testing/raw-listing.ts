import { createClient } from '@connectrpc/connect';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { openChannel } from '../transport.ts';

export interface RawListing {
  entries: number;
  /** ms until the first page was there, connecting included, and until the last. */
  firstMs: number;
  wholeMs: number;
}

/** Lists a server's entries page by page with the generated client and nothing else: what any copy is measured by. */
export async function listRaw(
  address: string,
  pages = Number.POSITIVE_INFINITY,
  pageSize = 1000,
): Promise<RawListing> {
  const began = performance.now();
  const channel = openChannel({ address });
  const client = createClient(Entry, channel.transport);
  let entries = 0;
  let firstMs = 0;
  let pageToken = '';
  let page = 0;
  do {
    const answer = await client.listEntries({ pageSize, pageToken });
    entries += answer.entries.length;
    pageToken = answer.nextPageToken;
    page += 1;
    if (page === 1) firstMs = performance.now() - began;
  } while (pageToken !== '' && page < pages);
  channel.close();
  return { entries, firstMs, wholeMs: performance.now() - began };
}
