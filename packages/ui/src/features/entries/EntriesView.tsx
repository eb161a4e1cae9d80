import type { Entry, ListEntriesResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react';
import {
  Age,
  Button,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  Page,
  Tooltip,
} from '../../components/index.ts';
import { COLUMNS } from './columns.tsx';
import { EntryFilters } from './EntryFilters.tsx';
import { entryKey } from '../../routes.ts';
import { type EntriesSearch, isFiltered } from './search.ts';
import './entries.css';

export interface EntriesViewProps {
  search: EntriesSearch;
  rows: readonly (Entry | undefined)[];
  list: ListEntriesResponse | undefined;
  loading: boolean;
  /** What is shown answers an earlier question. */
  stale: boolean;
  error: unknown;
  retry: () => void;
  parents: readonly string[];
  ticked: ReadonlyMap<string, Entry>;
  onRange: (first: number, last: number) => void;
  onTick: (entry: Entry) => void;
  onUntickAll: () => void;
  onChange: (search: EntriesSearch, replace?: boolean) => void;
  onOpen: (entry: Entry) => void;
  onEdit: (entry: Entry) => void;
  onDelete: (entries: readonly Entry[]) => void;
  detail: ReactNode;
}

/** Registration entries: searched, filtered, sorted, and one of them open at the right. */
export function EntriesView(props: EntriesViewProps) {
  const { search, rows, list, ticked, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
      if (event.key !== '/' || typing) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const onRowKey = (event: KeyboardEvent, entry: Entry) => {
    if (event.key !== 'e') return;
    event.preventDefault();
    props.onEdit(entry);
  };
  const checked = useMemo(() => new Set(ticked.keys()), [ticked]);
  return (
    <Page
      title="Entries"
      count={list && <ListCount list={list} filtered={isFiltered(search)} />}
      actions={
        <Link to="/entries/new" className="btn primary">
          New entry
        </Link>
      }
      toolbar={
        <EntryFilters
          search={search}
          list={list}
          parents={props.parents}
          inputRef={input}
          onChange={onChange}
        />
      }
      footer={<Footer {...props} />}
      detail={props.detail}
    >
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <DataTable
          label="Registration entries"
          columns={COLUMNS}
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
          onRange={props.onRange}
          onRowKey={onRowKey}
          empty={<NoEntries search={search} onChange={onChange} />}
        />
      )}
    </Page>
  );
}

function ListCount({ list, filtered }: { list: ListEntriesResponse; filtered: boolean }) {
  return (
    <>
      {filtered ? `${formatCount(list.total)} of ${formatCount(list.all)}` : formatCount(list.all)} ·{' '}
      <Age freshness={list.freshness} />
    </>
  );
}

function Footer({ ticked, onDelete, onUntickAll }: EntriesViewProps) {
  if (ticked.size > 0)
    return (
      <>
        <b className="num">{ticked.size} selected</b>
        <Button small variant="danger" onClick={() => onDelete([...ticked.values()])}>
          Delete {ticked.size}…
        </Button>
        <Button small variant="quiet" onClick={onUntickAll}>
          Clear selection
        </Button>
      </>
    );
  return (
    <>
      <span className="keys">↑↓ move</span>
      <span className="keys">Enter open</span>
      <span className="keys">x select</span>
      <span className="keys">e edit</span>
      <span className="keys">/ search</span>
      <span className="grow" />
      <Tooltip content="The address of this page holds the search, the filters, the order and what is open.">
        <Button small variant="quiet" onClick={() => void navigator.clipboard.writeText(location.href)}>
          Copy link to this list
        </Button>
      </Tooltip>
    </>
  );
}

function NoEntries({ search, onChange }: Pick<EntriesViewProps, 'search' | 'onChange'>) {
  if (!isFiltered(search))
    return (
      <EmptyState
        title="No registration entries yet"
        action={<Link to="/entries/new">Create the first one</Link>}
      >
        An entry says which workloads, by their selectors, get which SPIFFE ID from which agent.
      </EmptyState>
    );
  const clear = {
    q: undefined,
    td: undefined,
    parent: undefined,
    seltype: undefined,
    fed: undefined,
    expiry: undefined,
    state: undefined,
  };
  return (
    <EmptyState
      title="No entry matches"
      action={<Button onClick={() => onChange(clear)}>Clear search and filters</Button>}
    >
      Search looks in the SPIFFE ID, the parent, selectors, DNS names and the hint.
    </EmptyState>
  );
}
