import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { saveText, useToast } from '../../components/index.ts';
import { HistoryView } from './HistoryView.tsx';
import { type ChangeFilter, useAllChanges, useChanges } from './queries.ts';
import { KINDS, SPANS, toCsv, VERBS } from './words.ts';

/** Who was added, changed and removed, and when. */
export function HistoryPage() {
  const search = useSearch({ from: '/history' });
  const navigate = useNavigate({ from: '/history' });
  const toast = useToast();
  // To the minute: a filter that moves with every render would ask anew at every render.
  const [opened] = useState(() => Math.ceil(Date.now() / 60_000) * 60_000);
  const span = SPANS.find(({ value }) => value === search.span);
  const kind = KINDS.find(({ value }) => value === search.kind);
  const verb = VERBS.find(({ value }) => value === search.verb);
  const filter: ChangeFilter = {
    search: search.q ?? '',
    target: search.target ?? '',
    kind: kind?.kind ?? 0,
    verb: verb?.verb ?? 0,
    since: timeOf(search.since) ?? (span && opened - span.ms),
    until: timeOf(search.until),
    trustDomain: search.td,
  };
  const list = useChanges(filter);
  const all = useAllChanges();
  const changes = list.data?.pages.flatMap((page) => page.changes) ?? [];
  const set = (name: string, value: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, [name]: value || undefined }), replace: true });
  const save = async () => {
    try {
      saveText('history.csv', 'text/csv', toCsv(await all(filter)));
    } catch {
      toast('The changes could not be read. Try again.');
    }
  };
  return (
    <HistoryView
      changes={changes}
      head={list.data?.pages.at(-1)}
      loading={list.isPending || list.isPlaceholderData}
      error={list.data ? undefined : list.error}
      retry={() => void list.refetch()}
      // What the address says and nobody knows is left out: a filter that is shown must filter.
      filter={{ ...search, kind: kind?.value, verb: verb?.value, span: span?.value }}
      selected={changes.find(({ id }) => String(id) === search.id)}
      onFilter={set}
      onOpen={(id) => void navigate({ search: (old) => ({ ...old, id }) })}
      onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
      onExport={() => void save()}
    />
  );
}

/** A moment as a date field has it, in local time. */
function timeOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) || at < 0 || at > 253_402_300_799_000 ? undefined : at;
}
