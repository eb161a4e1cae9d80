import type { Entry, ListEntriesResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react';
import {
  Age,
  Button,
  DataTable,
  ErrorState,
  formatCount,
  Page,
  type RowList,
  Skeleton,
  type SpireServer,
  Tabs,
  TypedSearch,
  useKeys,
  useSlash,
} from '../../components/index.ts';
import { entryKey } from '../../routes.ts';
import { ColumnMenu } from './ColumnMenu.tsx';
import { columnsOf } from './columns.tsx';
import { EntriesFooter } from './EntriesFooter.tsx';
import { EntryFilters } from './EntryFilters.tsx';
import { ENTRY_KEYS } from './keys.ts';
import { NoEntries } from './NoEntries.tsx';
import { SavedSearches } from './SavedSearches.tsx';
import { type EntriesSearch, isFiltered } from './search.ts';
import { EntryTreeView } from './tree/EntryTreeView.tsx';
import './entries.css';

export interface EntriesViewProps {
  search: EntriesSearch;
  rows: RowList<Entry>;
  list: ListEntriesResponse | undefined;
  /** SPIRE servers in scope; undefined while they are read. */
  servers: readonly SpireServer[] | undefined;
  loading: boolean;
  /** What is shown answers an earlier question. */
  stale: boolean;
  error: unknown;
  retry: () => void;
  parents: readonly string[];
  /** Ids of the columns chosen; undefined: the usual ones. */
  columns: readonly string[] | undefined;
  ticked: ReadonlyMap<string, Entry>;
  /** Of the list that is shown: another one begins at its top. */
  scrollKey: string;
  onColumns: (columns: readonly string[] | undefined) => void;
  onRange: (first: number, last: number) => void;
  onTick: (entry: Entry) => void;
  onUntickAll: () => void;
  onChange: (search: EntriesSearch, replace?: boolean) => void;
  /** A saved search takes the place of this one. */
  onApply: (search: EntriesSearch) => void;
  /** Levels of the tree were opened or closed. */
  onExpand: (open: string | undefined) => void;
  onOpen: (entry: Entry) => void;
  onEdit: (entry: Entry) => void;
  /** Of one server. */
  onClone: (entries: readonly Entry[]) => void;
  onDelete: (entries: readonly Entry[]) => void;
  onExport: () => void;
  detail: ReactNode;
}

const VIEWS = [
  { id: 'list', label: 'List' },
  { id: 'parents', label: 'Tree by parent' },
  { id: 'paths', label: 'Tree by path' },
] as const;
type View = (typeof VIEWS)[number]['id'];

/** Registration entries: searched, filtered, sorted, as a list or as a tree, and one of them open at the right. */
export function EntriesView(props: EntriesViewProps) {
  const { search, list, onChange } = props;
  const view: View = VIEWS.find(({ id }) => id === search.view)?.id ?? 'list';
  const input = useRef<HTMLInputElement>(null);
  useKeys(ENTRY_KEYS);
  useSlash(input);
  return (
    <Page
      title="Entries"
      count={list && <ListCount list={list} filtered={view === 'list' && isFiltered(search)} />}
      actions={
        <>
          <Link to="/entries/import" className="btn">
            Import…
          </Link>
          <Button onClick={props.onExport}>Export…</Button>
          <Link to="/entries/new" className="btn primary">
            New entry
          </Link>
        </>
      }
      toolbar={
        view === 'list' ? (
          <>
            <TypedSearch
              ref={input}
              label="Search entries"
              value={search.q ?? ''}
              onChange={(q) => onChange({ q: q || undefined }, true)}
            />
            <EntryFilters search={search} list={list} parents={props.parents} onChange={onChange} />
          </>
        ) : (
          <p className="small">
            {view === 'parents'
              ? 'Who serves whom: the server, its agents and aliases, and the entries under each.'
              : 'By the segments of SPIFFE IDs.'}
            {isFiltered({ ...search, td: undefined }) &&
              ' Search and filters are of the list; the tree shows everything in the trust domains in scope.'}
          </p>
        )
      }
      footer={<EntriesFooter {...props} tree={view !== 'list'} />}
      detail={props.detail}
    >
      <Tabs
        label="Entries as"
        tabs={VIEWS}
        selected={view}
        onSelect={(id) => onChange({ view: id === 'list' ? undefined : id, open: undefined })}
        tools={
          view === 'list' && (
            <>
              <SavedSearches search={search} onApply={props.onApply} />
              <ColumnMenu chosen={props.columns} onChoose={props.onColumns} />
            </>
          )
        }
      >
        {view === 'list' ? (
          <List {...props} />
        ) : props.servers ? (
          <EntryTreeView
            key={`${view} ${search.td ?? ''}`}
            by={view}
            servers={props.servers}
            selected={search.id}
            open={search.open}
            onExpand={props.onExpand}
            onOpen={props.onOpen}
          />
        ) : (
          <Skeleton rows={12} />
        )}
      </Tabs>
    </Page>
  );
}

function List(props: EntriesViewProps) {
  const { search, rows, ticked, onChange } = props;
  const columns = useMemo(() => columnsOf(props.columns), [props.columns]);
  const checked = useMemo(() => new Set(ticked.keys()), [ticked]);
  if (props.error) return <ErrorState error={props.error} retry={props.retry} />;
  const onRowKey = (event: KeyboardEvent, entry: Entry) => {
    if (event.key === 'e') props.onEdit(entry);
    else if (event.key === 'c') props.onClone([entry]);
    else return;
    event.preventDefault();
  };
  return (
    <DataTable
      label="Registration entries"
      columns={columns}
      rows={rows}
      rowKey={entryKey}
      selected={search.id}
      onSelect={props.onOpen}
      checked={checked}
      onCheck={props.onTick}
      sort={{ column: search.sort ?? 'id', descending: search.desc === '1' }}
      onSort={({ column, descending }) => onChange({ sort: column, desc: descending ? '1' : undefined })}
      total={rows.length}
      loading={props.loading || props.stale}
      scrollKey={props.scrollKey}
      onRange={props.onRange}
      onRowKey={onRowKey}
      empty={<NoEntries search={search} onChange={onChange} />}
    />
  );
}

function ListCount({ list, filtered }: { list: ListEntriesResponse; filtered: boolean }) {
  const about = list.totalIsEstimate ? 'about ' : '';
  return (
    <>
      {filtered ? `${about}${formatCount(list.total)} of ${formatCount(list.all)}` : formatCount(list.all)} ·{' '}
      <Age freshness={list.freshness} />
    </>
  );
}
