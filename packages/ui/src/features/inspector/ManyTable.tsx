import { type ReactNode, useMemo, useRef } from 'react';
import {
  Button,
  Chip,
  type Column,
  csvOf,
  DataTable,
  EmptyState,
  formatCount,
  ListKeys,
  proseText,
  saveText,
  SearchBox,
  SpiffeIdText,
  TimeAgo,
  TrustDomainTag,
  useSlash,
} from '../../components/index.ts';
import { kindName } from './documents.ts';
import {
  countRows,
  csvRows,
  exportRows,
  type ManyColumn,
  type ManyFilter,
  type ManyRow,
  type ManyView,
  saidOf,
  subjectOf,
  viewRows,
  wholeTable,
} from './many-rows.ts';
import { redactTokens } from './secrets.ts';
import { WorkBar } from './WorkBar.tsx';
import './ManyTable.css';

export interface ManyTableProps {
  readonly rows: readonly ManyRow[];
  readonly audience: string;
  readonly view: ManyView;
  readonly selected: string | undefined;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly onView: (view: ManyView) => void;
  readonly onOpen: (id: string) => void;
  readonly onCancel: () => void;
  /** Set when judging was stopped. */
  readonly onResume: (() => void) | undefined;
  /** The menu that makes a report on all. */
  readonly report?: ReactNode;
}

const filters: readonly { readonly id: ManyFilter; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'broken', label: 'Not valid' },
  { id: 'unreadable', label: 'Cannot be read' },
  { id: 'not-conformant', label: 'Not conformant' },
  { id: 'look', label: 'To look at' },
  { id: 'valid', label: 'Valid' },
  { id: 'waiting', label: 'Waiting' },
];

/** Many documents, a line each: verdict, whose, until when, and the clause to look at first. A line opens the whole sheet. */
export function ManyTable(props: ManyTableProps) {
  const { rows, audience, view, onView, progress } = props;
  const search = useRef<HTMLInputElement>(null);
  useSlash(search);
  const counts = useMemo(() => countRows(rows, audience), [rows, audience]);
  const shown = useMemo(() => viewRows(rows, view, audience), [rows, view, audience]);
  const columns = useMemo(() => columnsFor(audience), [audience]);
  return (
    <div className="many" data-few={shown.length <= 5}>
      <Summary {...props} counts={counts} />
      {progress && (
        <WorkBar label="Judging" done={progress.done} total={progress.total} onCancel={props.onCancel} />
      )}
      <div className="many-tools">
        <div className="many-filters" role="group" aria-label="Which documents">
          {filters
            .filter(({ id }) => id === 'all' || counts[id] > 0 || view.filter === id)
            .map(({ id, label }) => (
              <button
                key={id}
                type="button"
                aria-pressed={view.filter === id}
                onClick={() => onView({ ...view, filter: view.filter === id ? 'all' : id })}
              >
                {label} <span className="num">{formatCount(counts[id])}</span>
              </button>
            ))}
        </div>
        <SearchBox
          ref={search}
          label="Find a document"
          value={view.search}
          onChange={(text) => onView({ ...view, search: text })}
        />
      </div>
      <DataTable
        label="Documents and their verdicts"
        columns={columns}
        rows={shown}
        rowKey={({ document }) => document.id}
        selected={props.selected}
        onSelect={({ document }) => props.onOpen(document.id)}
        sort={view.sort}
        onSort={({ column, descending }) =>
          onView({ ...view, sort: { column: column as ManyColumn, descending } })
        }
        scrollKey={`${view.filter} ${view.search} ${view.sort.column} ${view.sort.descending}`}
        empty={
          <EmptyState
            title="Nothing matches"
            action={<Button onClick={() => onView(wholeTable)}>Show all {formatCount(rows.length)}</Button>}
          >
            No document has that verdict and that text.
          </EmptyState>
        }
      />
      <div className="many-foot">
        <span className="num">
          {shown.length === rows.length
            ? `${formatCount(rows.length)} documents`
            : `${formatCount(shown.length)} of ${formatCount(rows.length)} documents`}
        </span>
        <ListKeys more={['/ find']} />
      </div>
    </div>
  );
}

function Summary({
  rows,
  counts,
  view,
  audience,
  progress,
  onResume,
  report,
}: ManyTableProps & { readonly counts: Readonly<Record<ManyFilter, number>> }) {
  const wrong = counts.broken + counts.unreadable;
  const judged = counts.all - counts.waiting;
  const tone =
    progress || onResume || judged === 0
      ? 'unknown'
      : wrong > 0
        ? 'bad'
        : counts['not-conformant'] + counts.look > 0
          ? 'warn'
          : 'ok';
  const save = (kind: 'csv' | 'json') => {
    const shown = viewRows(rows, view, audience);
    const text = kind === 'csv' ? csvOf(csvRows(shown)) : `${JSON.stringify(exportRows(shown), null, 2)}\n`;
    // A file may be named like the token in it.
    saveText(
      `muster-verdicts.${kind}`,
      kind === 'csv' ? 'text/csv;charset=utf-8' : 'application/json',
      redactTokens(text),
    );
  };
  return (
    <div className="inspect-verdict" data-tone={tone} role="status">
      <strong>
        {progress
          ? 'Judging'
          : onResume
            ? 'Stopped'
            : wrong > 0
              ? `${formatCount(wrong)} not valid`
              : counts['not-conformant'] > 0
                ? `${formatCount(counts['not-conformant'])} not conformant`
                : counts.look > 0
                  ? 'Valid, look at some'
                  : 'All valid'}
      </strong>
      <span className="inspect-verdict-text">
        {formatCount(counts.all)} documents:{' '}
        {[
          counts.broken > 0 && `${formatCount(counts.broken)} not valid`,
          counts.unreadable > 0 && `${formatCount(counts.unreadable)} cannot be read`,
          counts['not-conformant'] > 0 && `${formatCount(counts['not-conformant'])} not conformant`,
          counts.look > 0 && `${formatCount(counts.look)} to look at`,
          `${formatCount(counts.valid)} valid`,
          counts.waiting > 0 && `${formatCount(counts.waiting)} not judged yet`,
        ]
          .filter(Boolean)
          .join(', ')}
        .
      </span>
      {onResume && <Button onClick={onResume}>Go on</Button>}
      <Button onClick={() => save('csv')}>CSV</Button>
      <Button onClick={() => save('json')}>JSON</Button>
      {report}
    </div>
  );
}

function columnsFor(audience: string): readonly Column<ManyRow>[] {
  return [
    {
      id: 'verdict',
      header: 'Verdict',
      width: '160px',
      sortable: true,
      render: (one) => {
        const { tone, label, reason } = saidOf(one, audience);
        return (
          <Chip tone={tone} reason={proseText(reason)}>
            {label}
          </Chip>
        );
      },
    },
    {
      id: 'subject',
      header: 'SPIFFE ID',
      width: 'minmax(0, 44fr)',
      sortable: true,
      render: (one) => <Subject one={one} />,
    },
    {
      id: 'first',
      header: 'Look at first',
      width: 'minmax(0, 36fr)',
      sortable: true,
      from: 560,
      render: ({ row }) =>
        row?.first ? (
          <span className="many-first" title={proseText(row.first.text)}>
            <span className="mono">{row.first.id}</span> {row.fails.length === 0 && '(warning) '}
            {proseText(row.first.evidence)}
          </span>
        ) : row?.verdict === 'unreadable' ? (
          <span className="many-first">{proseText(row.reason)}</span>
        ) : (
          <span className="small">{row ? 'none' : ''}</span>
        ),
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '128px',
      sortable: true,
      from: 760,
      render: ({ row }) =>
        row?.expires !== undefined ? (
          <TimeAgo at={new Date(row.expires)} />
        ) : row?.firstKeyEnds !== undefined ? (
          <TimeAgo prefix="first key" at={new Date(row.firstKeyEnds)} />
        ) : (
          <span className="small">{row ? 'does not' : ''}</span>
        ),
    },
    {
      id: 'kind',
      header: 'Kind',
      width: '132px',
      sortable: true,
      from: 860,
      render: ({ document }) => kindName(document),
    },
    {
      id: 'name',
      header: 'From',
      width: 'minmax(0, 20fr)',
      sortable: true,
      render: ({ document }) => <span title={proseText(document.name)}>{proseText(document.name)}</span>,
    },
  ];
}

function Subject({ one }: { readonly one: ManyRow }) {
  const subject = subjectOf(one);
  if (subject === undefined) return <span className="small">{one.row ? 'names none' : ''}</span>;
  return subject.startsWith('spiffe://') ? <SpiffeIdText id={subject} /> : <TrustDomainTag name={subject} />;
}
