import { EntryService, type ListEntriesRequestSchema } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { useTransport } from '@connectrpc/connect-query';
import type { ReadFile } from '../../../components/index.ts';

/** Reads the whole result of a search as a file. */
export function useEntriesFile(query: MessageInitShape<typeof ListEntriesRequestSchema>): ReadFile {
  const client = createClient(EntryService, useTransport());
  return ({ format }, signal) => client.exportEntries({ query, format }, { signal });
}
