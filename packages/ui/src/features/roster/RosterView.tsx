import type { ListRosterEventsResponse, RosterEvent } from '@muster/api';
import type { ReactNode } from 'react';
import {
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
  proseText,
  SlimNameText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { KindChip } from './KindChip.tsx';
import { KINDS, origin, SPANS } from './words.ts';
import './roster.css';

export type Filter = Partial<
  Record<'on' | 'channel' | 'member' | 'kind' | 'span' | 'since' | 'until', string>
>;

interface Props {
  events: readonly RosterEvent[];
  head: ListRosterEventsResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  filter: Filter;
  /** Channels there are now, by name, and connections that have any. */
  channels: readonly string[];
  connections: readonly string[];
  selected: RosterEvent | undefined;
  detail: ReactNode;
  onFilter: (name: keyof Filter, value: string | undefined) => void;
  onClear: () => void;
  onOpen: (id: string) => void;
  onReachEnd: () => void;
  onExport: () => void;
}

const COLUMNS: readonly Column<RosterEvent>[] = [
  { id: 'at', header: 'Seen', width: '104px', render: (one) => <TimeAgo at={toDate(one.at)} /> },
  { id: 'kind', header: 'What', width: '142px', render: (one) => <KindChip event={one} /> },
  {
    id: 'member',
    header: 'Member',
    width: 'minmax(0, 30fr)',
    render: (one) =>
      one.member === '' ? (
        <span className="small">the channel itself</span>
      ) : (
        <SlimNameText name={one.member} />
      ),
  },
  {
    id: 'channel',
    header: 'Channel',
    width: 'minmax(0, 30fr)',
    from: 520,
    render: (one) => <SlimNameText name={one.channel} />,
  },
  {
    id: 'connection',
    header: 'Connection',
    width: 'minmax(0, 14fr)',
    from: 860,
    render: (one) => (
      <span className="ellipsis">
        <NameText name={one.connection} />
      </span>
    ),
  },
  {
    id: 'origin',
    header: 'Whose doing',
    width: 'minmax(0, 20fr)',
    from: 700,
    render: (one) => (
      <span className="ellipsis small">
        {one.recordId === '' ? origin(one) : proseText(one.recordTitle) || origin(one)}
      </span>
    ),
  },
];

export const FILTERS = ['on', 'channel', 'member', 'kind', 'span', 'since', 'until'] as const;
const options = (values: readonly string[]) => [...new Set(values)].toSorted().map((value) => ({ value }));
const typed = (text: string): string | undefined => text || undefined;

/** Who joined, left and went offline in every channel, newest first. */
export function RosterView(props: Props) {
  const { events, head, filter, selected, onFilter } = props;
  const since = toDate(head?.keptSince);
  const filtered = FILTERS.some((name) => filter[name]);
  return (
    <Page
      title="Roster history"
      count={head && formatCount(head.total)}
      actions={
        <Button
          disabledReason={head && head.total > 0n ? undefined : 'There is nothing to export.'}
          onClick={props.onExport}
        >
          Export…
        </Button>
      }
      toolbar={
        <>
          <FilterChip
            label="What happened"
            value={filter.kind}
            options={KINDS}
            onChange={(value) => onFilter('kind', value)}
          />
          <FilterChip
            label="Channel"
            value={filter.channel}
            options={options([...props.channels, ...events.map(({ channel }) => channel)])}
            typed={typed}
            placeholder="organization/namespace/name"
            onChange={(value) => onFilter('channel', value)}
          />
          <FilterChip
            label="Member"
            value={filter.member}
            options={options(events.flatMap(({ member }) => member || []))}
            typed={typed}
            placeholder="organization/namespace/app"
            onChange={(value) => onFilter('member', value)}
          />
          {(props.connections.length > 1 || filter.on) && (
            <FilterChip
              label="Connection"
              value={filter.on}
              options={options(props.connections)}
              onChange={(value) => onFilter('on', value)}
            />
          )}
          <FilterChip
            label="When"
            value={filter.span}
            valueLabel={SPANS.find(({ value }) => value === filter.span)?.label}
            options={SPANS}
            onChange={(value) => onFilter('span', value)}
          />
          <span className="roster-between">
            <Moment label="from" value={filter.since} onChange={(value) => onFilter('since', value)} />
            <Moment label="to" value={filter.until} onChange={(value) => onFilter('until', value)} />
          </span>
        </>
      }
      detail={props.detail}
      footer={
        <>
          <ListKeys />
          <span className="grow" />
          <span>
            {since
              ? `Kept since ${formatMoment(since)}, at most 100,000 events. Times are those of our looks.`
              : 'Nothing is kept yet: the first look at a connection is what later ones are compared with.'}
          </span>
        </>
      }
    >
      <Gaps head={head} />
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <DataTable
          label="Roster events"
          columns={COLUMNS}
          rows={events}
          rowKey={(one) => String(one.id)}
          selected={selected && String(selected.id)}
          onSelect={(one) => props.onOpen(String(one.id))}
          loading={props.loading}
          scrollKey={FILTERS.map((name) => filter[name] ?? '').join('\n')}
          onReachEnd={props.onReachEnd}
          empty={
            filtered ? (
              <EmptyState
                title="Nothing matches"
                action={<Button onClick={props.onClear}>Clear the filters</Button>}
              >
                Take a filter away, or look further back.
              </EmptyState>
            ) : (
              <EmptyState title="Nothing has happened yet">
                Muster looks at the channels of every connection again and again, and keeps who joined, left
                and went offline{since ? `, from ${formatMoment(since)} on` : ''}. SLIM itself keeps no
                history: what happened before that is not known.
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}

function Moment(props: { label: string; value: string | undefined; onChange: (value: string) => void }) {
  return (
    <label className="roster-between small">
      {props.label}{' '}
      <input
        className="input"
        type="datetime-local"
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

/** When nobody watched: a list that is silent about it would be read as one that nothing happened in. */
function Gaps({ head }: { head: ListRosterEventsResponse | undefined }) {
  const gaps = head?.warnings ?? [];
  const [newest] = gaps;
  if (!newest) return null;
  return (
    <details className="roster-gaps">
      <summary>
        {gaps.length === 1
          ? 'There is a gap in which nobody watched'
          : `There are ${gaps.length} gaps in which nobody watched`}
      </summary>
      <ul>
        {gaps.map(({ text }) => (
          <li key={text}>{proseText(text)}</li>
        ))}
      </ul>
    </details>
  );
}
