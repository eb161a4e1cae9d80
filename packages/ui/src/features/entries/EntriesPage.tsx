import type { Entry } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { entryKey, readEntryKey } from '../../routes.ts';
import { useLists } from '../../stores/lists.ts';
import { DeleteEntries } from './DeleteEntries.tsx';
import { EntriesView } from './EntriesView.tsx';
import { EntryPanel } from './EntryPanel.tsx';
import { ExportEntries } from './export/ExportEntries.tsx';
import { useAgents, useAskAhead, useEntries, useServers } from './queries.ts';
import { type EntriesSearch, isFiltered, known, toRequest } from './search.ts';

const NONE: ReadonlyMap<string, Entry> = new Map();

export function EntriesPage() {
  const search = known(useSearch({ from: '/entries' }));
  const navigate = useNavigate({ from: '/entries' });
  const request = toRequest(search);
  const { asked, list, rows, stale, scrollKey, onRange } = useEntries(request);
  const servers = useServers(search.td);
  const agents = useAgents().data?.agents;
  const parents = useMemo(() => agents?.map((agent) => agent.id) ?? [], [agents]);
  const columns = useLists((store) => store.columns['entries']);
  const setColumns = useLists((store) => store.setColumns);
  const [ticked, setTicked] = useState(NONE);
  const [deleting, setDeleting] = useState<readonly Entry[]>();
  const [exporting, setExporting] = useState(false);
  const selected = readEntryKey(search.id);

  // Typing replaces, so that Back leaves the list and not a letter.
  const change = useCallback(
    (next: EntriesSearch, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...next }), replace }),
    [navigate],
  );
  const askAhead = useAskAhead();
  const ask = (next: EntriesSearch, replace = false) => {
    askAhead(toRequest({ ...search, ...next }));
    change(next, replace);
  };
  const expand = useCallback((open: string | undefined) => change({ open }, true), [change]);
  const edit = (entry: Entry) => void navigate({ to: '/entries/new', search: { edit: entryKey(entry) } });
  const clone = (entries: readonly Entry[]) =>
    void navigate({
      to: '/entries/clone',
      search: { connection: entries[0]?.connection, ids: entries.map(({ id }) => id).join() },
    });
  return (
    <>
      <EntriesView
        search={search}
        rows={rows}
        list={list}
        servers={servers}
        loading={asked.isPending && !list}
        stale={stale}
        // Beside rows that were read before, too: they do not answer what is asked now.
        error={asked.data ? undefined : asked.error}
        retry={() => void asked.refetch()}
        parents={parents}
        columns={columns}
        scrollKey={scrollKey}
        onColumns={(chosen) => setColumns('entries', chosen)}
        onRange={onRange}
        ticked={ticked}
        onTick={(entry) => setTicked(toggle(ticked, entry))}
        onUntickAll={() => setTicked(NONE)}
        onChange={ask}
        onApply={(saved) => void navigate({ search: { ...saved } })}
        onExpand={expand}
        onOpen={(entry) => change({ id: entryKey(entry) })}
        onEdit={edit}
        onClone={clone}
        onDelete={setDeleting}
        onExport={() => setExporting(true)}
        detail={
          selected && (
            <EntryPanel
              at={selected}
              onClose={() => change({ id: undefined })}
              onEdit={edit}
              onDuplicate={(entry) =>
                void navigate({ to: '/entries/new', search: { copy: entryKey(entry) } })
              }
              onClone={(entry) => clone([entry])}
              onDelete={(entry) => setDeleting([entry])}
            />
          )
        }
      />
      {exporting && (
        <ExportEntries
          query={request}
          list={list}
          filtered={isFiltered(search)}
          onClose={() => setExporting(false)}
        />
      )}
      {deleting && (
        <DeleteEntries
          entries={deleting}
          onCancel={() => setDeleting(undefined)}
          onDone={() => {
            setDeleting(undefined);
            setTicked(NONE);
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
