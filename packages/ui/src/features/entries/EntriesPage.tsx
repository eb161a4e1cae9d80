import type { Entry } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { EntriesView } from './EntriesView.tsx';
import { EntryPanel } from './EntryPanel.tsx';
import { useAgents, useEntries } from './queries.ts';
import { DeleteEntries } from './DeleteEntries.tsx';
import { entryKey, readEntryKey } from '../../routes.ts';
import { type EntriesSearch, toRequest } from './search.ts';

export function EntriesPage() {
  const search = useSearch({ from: '/entries' });
  const navigate = useNavigate({ from: '/entries' });
  const { first, rows, onRange } = useEntries(toRequest(search));
  const parents = useAgents().data?.agents.map((agent) => agent.id) ?? [];
  const [ticked, setTicked] = useState<ReadonlyMap<string, Entry>>(new Map());
  const [deleting, setDeleting] = useState<readonly Entry[]>();
  const selected = readEntryKey(search.id);

  // Typing replaces, so that Back leaves the list and not a letter.
  const change = (next: EntriesSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const edit = (entry: Entry) => void navigate({ to: '/entries/new', search: { edit: entryKey(entry) } });
  return (
    <>
      <EntriesView
        search={search}
        rows={rows}
        list={first.data}
        loading={first.isPending}
        stale={first.isPlaceholderData}
        error={first.data ? undefined : first.error}
        retry={() => void first.refetch()}
        parents={parents}
        onRange={onRange}
        ticked={ticked}
        onTick={(entry) => setTicked(toggle(ticked, entry))}
        onUntickAll={() => setTicked(new Map())}
        onChange={change}
        onOpen={(entry) => change({ id: entryKey(entry) })}
        onEdit={edit}
        onDelete={setDeleting}
        detail={
          selected && (
            <EntryPanel
              at={selected}
              onClose={() => change({ id: undefined })}
              onEdit={edit}
              onDuplicate={(entry) =>
                void navigate({ to: '/entries/new', search: { copy: entryKey(entry) } })
              }
              onDelete={(entry) => setDeleting([entry])}
            />
          )
        }
      />
      {deleting && (
        <DeleteEntries
          entries={deleting}
          onCancel={() => setDeleting(undefined)}
          onDone={() => {
            setDeleting(undefined);
            setTicked(new Map());
            if (deleting.some((entry) => entryKey(entry) === search.id)) change({ id: undefined }, true);
          }}
        />
      )}
    </>
  );
}

function toggle(ticked: ReadonlyMap<string, Entry>, entry: Entry): ReadonlyMap<string, Entry> {
  const next = new Map(ticked);
  if (!next.delete(entryKey(entry))) next.set(entryKey(entry), entry);
  return next;
}
