import type { Change, ListChangesResponse } from '@muster/api';
import {
  Age,
  Button,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  FilterChip,
  formatCount,
  formatMoment,
  ListKeys,
  NameText,
  Page,
  SearchBox,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { ChangeDetail } from './ChangeDetail.tsx';
import { VerbChip } from './VerbChip.tsx';
import { KINDS, SPANS, summary, VERBS } from './words.ts';
import './history.css';

export type Filter = Partial<Record<'q' | 'target' | 'kind' | 'verb' | 'span' | 'since' | 'until', string>>;

interface Props {
  changes: readonly Change[];
  head: ListChangesResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  filter: Filter;
  selected: Change | undefined;
  onFilter: (name: keyof Filter, value: string | undefined) => void;
  onOpen: (id: string | undefined) => void;
  onReachEnd: () => void;
  onExport: () => void;
}

const COLUMNS: readonly Column<Change>[] = [
  { id: 'seen', header: 'Seen', width: '104px', render: (one) => <TimeAgo at={toDate(one.seenAt)} /> },
  { id: 'verb', header: 'What', width: '150px', render: (one) => <VerbChip change={one} /> },
  { id: 'target', header: 'Name', width: 'minmax(0, 40fr)', render: (one) => <ChangedName change={one} /> },
  {
    id: 'fields',
    header: 'Differs in',
    width: 'minmax(0, 22fr)',
    from: 720,
    render: (one) => <span className="small">{summary(one)}</span>,
  },
  {
    id: 'origin',
    header: 'Made',
    width: '120px',
    from: 560,
    render: (one) => (one.recordId || one.origin.startsWith('Done from') ? 'from here' : 'elsewhere'),
  },
];

function ChangedName({ change }: { change: Change }) {
  return change.target.startsWith('spiffe://') ? (
    <SpiffeIdText id={change.target} />
  ) : (
    <NameText name={change.target} />
  );
}

/** What changed between readings of the servers, newest first. */
export function HistoryView(props: Props) {
  const { changes, head, filter, selected, onFilter } = props;
  const since = toDate(head?.keptSince);
  const filtered = ['q', 'target', 'kind', 'verb', 'span', 'since', 'until'].some(
    (name) => filter[name as keyof Filter],
  );
  return (
    <Page
      title="History"
      count={
        head && (
          <>
            {formatCount(head.total)} · <Age freshness={head.freshness} />
          </>
        )
      }
      actions={
        <Button
          disabledReason={head && head.total > 0n ? undefined : 'There is nothing to export.'}
          onClick={props.onExport}
        >
          Export CSV
        </Button>
      }
      toolbar={
        <>
          <SearchBox label="Search history" value={filter.q ?? ''} onChange={(q) => onFilter('q', q)} />
          <FilterChip
            label="What happened"
            value={filter.verb}
            options={VERBS}
            onChange={(value) => onFilter('verb', value)}
          />
          <FilterChip
            label="Kind"
            value={filter.kind}
            options={KINDS}
            onChange={(value) => onFilter('kind', value)}
          />
          <FilterChip
            label="When"
            value={filter.span}
            valueLabel={SPANS.find(({ value }) => value === filter.span)?.label}
            options={SPANS}
            onChange={(value) => onFilter('span', value)}
          />
          <span className="history-between">
            <label className="history-between small">
              from{' '}
              <input
                className="input"
                type="datetime-local"
                value={filter.since ?? ''}
                onChange={(event) => onFilter('since', event.target.value)}
              />
            </label>
            <label className="history-between small">
              to{' '}
              <input
                className="input"
                type="datetime-local"
                value={filter.until ?? ''}
                onChange={(event) => onFilter('until', event.target.value)}
              />
            </label>
          </span>
          {filter.target && (
            <FilterChip
              label="Only"
              value={filter.target}
              options={[{ value: filter.target }]}
              onChange={(value) => onFilter('target', value)}
            />
          )}
        </>
      }
      detail={selected && <ChangeDetail change={selected} onClose={() => props.onOpen(undefined)} />}
      footer={
        <>
          <ListKeys more={['/ search']} />
          <span className="grow" />
          <span>
            {since
              ? `Kept since ${formatMoment(since)}, at most 90 days and 200,000 changes. A renewed agent SVID is no change.`
              : 'Nothing is kept yet: the first whole reading of a server is what later ones are compared with.'}
          </span>
        </>
      }
    >
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <DataTable
          label="Changes"
          columns={COLUMNS}
          rows={changes}
          rowKey={(one) => String(one.id)}
          selected={selected && String(selected.id)}
          onSelect={(one) => props.onOpen(String(one.id))}
          loading={props.loading}
          onReachEnd={props.onReachEnd}
          empty={
            filtered ? (
              <EmptyState title="No change matches">Take a filter away, or look further back.</EmptyState>
            ) : (
              <EmptyState title="Nothing has changed yet">
                Muster reads each server about every 30 s and compares. Entries, agents and bundles that are
                added, changed or removed, from here or from anywhere else, appear here
                {since ? `, from ${formatMoment(since)} on` : ''}. SPIRE itself keeps no history: what
                happened before that is not known.
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}
