import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { useSpireServers } from '../../components/index.ts';
import { GeneratorsView } from './GeneratorsView.tsx';
import { kindOf } from './kinds.ts';
import { useEntry, useEntrySearch, useGenerated } from './queries.ts';

/** Configuration made from what the server has. The address holds server, entry and kind; options are typed here. */
export function GeneratorsPage() {
  const search = useSearch({ from: '/generate' });
  const navigate = useNavigate({ from: '/generate' });
  const servers = useSpireServers();
  const kind = kindOf(search.kind);
  const connection =
    search.connection ??
    servers?.find((one) => one.trustDomain === search.td)?.name ??
    servers?.[0]?.name ??
    '';
  const server = servers?.find((one) => one.name === connection);
  // Options belong to a kind, an entry and a server: those of another are not carried over.
  const scope = `${connection} ${search.entry ?? ''} ${search.kind ?? ''}`;
  const [typed, setTyped] = useState<{ scope: string; options: { [name: string]: string } }>();
  const options = typed?.scope === scope ? typed.options : {};
  const [words, setWords] = useState('');
  const entry = useEntry(connection, search.entry);
  const choices = useEntrySearch(search.entry ? undefined : server?.trustDomain, useDeferredValue(words));
  const ready = kind && connection && (search.entry || !kind.needsEntry);
  const generated = useGenerated(
    useDeferredValue(
      ready
        ? { kind: kind.kind, connection, entryId: kind.needsEntry ? (search.entry ?? '') : '', options }
        : undefined,
    ),
  );
  const go = (next: { connection?: string; entry?: string | undefined; kind?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, connection, ...next }) });
  return (
    <GeneratorsView
      servers={servers}
      connection={connection}
      kind={kind}
      entryId={search.entry}
      entry={entry.data?.entry}
      entryError={entry.error}
      words={words}
      choices={choices.data?.entries ?? []}
      generated={ready ? generated.data : undefined}
      loading={Boolean(ready) && generated.isPending}
      error={ready && !generated.isFetching ? generated.error : undefined}
      options={options}
      onServer={(name) => go({ connection: name, entry: undefined })}
      onKind={(slug) => go({ kind: slug })}
      onWords={setWords}
      onEntry={(id) => go({ entry: id })}
      onOption={(name, value) => setTyped({ scope, options: { ...options, [name]: value } })}
      retry={() => void generated.refetch()}
    />
  );
}
