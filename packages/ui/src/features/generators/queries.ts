import { EntryService, GeneratorKind, GeneratorService } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

export function useEntry(connection: string, id: string | undefined) {
  return useQuery(EntryService.method.getEntry, connection && id ? { connection, id } : skipToken);
}

/** Entries to choose from, a few. */
export function useEntrySearch(trustDomain: string | undefined, search: string) {
  return useQuery(
    EntryService.method.listEntries,
    trustDomain ? { trustDomains: [trustDomain], search, page: { limit: 8 } } : skipToken,
    { placeholderData: keepPreviousData },
  );
}

export interface Asked {
  kind: GeneratorKind;
  connection: string;
  entryId: string;
  options: { [name: string]: string };
}

export function useGenerated(asked: Asked | undefined) {
  return useQuery(GeneratorService.method.generate, asked ?? skipToken, {
    retry: false,
    placeholderData: (previous, query) => {
      // While an option is typed the files stay; those of another kind would be wrong.
      const before = query?.queryKey[1].input;
      const same = before !== undefined && before !== 'skipped' && before['kind'] === asked?.kind;
      return same ? previous : undefined;
    },
  });
}
