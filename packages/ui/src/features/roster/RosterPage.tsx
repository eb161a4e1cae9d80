import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { csvFormat, ExportDialog, jsonFormat } from '../../components/index.ts';
import { EventDetail } from './EventDetail.tsx';
import { type RosterFilter, useChannelNames, useRosterEvents, useRosterFile } from './queries.ts';
import { type Filter, FILTERS, RosterView } from './RosterView.tsx';
import { KINDS, SPANS } from './words.ts';

/** Who joined, left and went offline, when, and by whose action. */
export function RosterPage() {
  const search = useSearch({ from: '/roster' });
  const navigate = useNavigate({ from: '/roster' });
  // To the minute: a filter that moves with every render would ask anew at every render.
  const [opened] = useState(() => Math.ceil(Date.now() / 60_000) * 60_000);
  const [exporting, setExporting] = useState(false);
  const span = SPANS.find(({ value }) => value === search.span);
  const kind = KINDS.find(({ value }) => value === search.kind);
  const filter: RosterFilter = {
    connection: search.on ?? '',
    channel: search.channel ?? '',
    member: search.member ?? '',
    kinds: kind ? [kind.kind] : [],
    since: timeOf(search.since) ?? (span && opened - span.ms),
    until: timeOf(search.until),
  };
  const list = useRosterEvents(filter);
  const channels = useChannelNames().data?.channels ?? [];
  const read = useRosterFile(filter);
  const events = list.data?.pages.flatMap((page) => page.events) ?? [];
  const head = list.data?.pages.at(-1);
  const selected = events.find(({ id }) => String(id) === search.id);
  const set = (changes: Partial<Record<keyof Filter | 'id', string | undefined>>, replace = true) =>
    void navigate({
      search: (old) => ({
        ...old,
        ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value || undefined])),
      }),
      replace,
    });
  return (
    <>
      <RosterView
        events={events}
        head={head}
        loading={list.isPending || list.isPlaceholderData}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        filter={search}
        channels={channels.map(({ name }) => name)}
        connections={channels.map(({ connection }) => connection).concat(search.on ?? [])}
        selected={selected}
        detail={
          selected && (
            <EventDetail
              event={selected}
              onlyMember={() => set({ member: selected.member })}
              onlyChannel={() => set({ channel: selected.channel, on: selected.connection })}
              onClose={() => set({ id: undefined }, false)}
            />
          )
        }
        onFilter={(name, value) => set({ [name]: value })}
        onClear={() => set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        onOpen={(id) => set({ id }, false)}
        onReachEnd={() => list.hasNextPage && void list.fetchNextPage()}
        onExport={() => setExporting(true)}
      />
      {exporting && (
        <ExportDialog
          things="roster events"
          one="1 event"
          total={head?.total}
          filtered={Object.keys(search).some((name) => name !== 'id' && name !== 'td')}
          formats={[csvFormat('event'), jsonFormat('roster-history')]}
          read={read}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}

/** A moment as a date field has it, in local time. */
function timeOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) || at < 0 || at > 253_402_300_799_000 ? undefined : at;
}
