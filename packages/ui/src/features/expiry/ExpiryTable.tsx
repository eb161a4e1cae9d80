import type { Expiry } from '@muster/api';
import { Severity } from '@muster/api';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  Mono,
  NameText,
  proseText,
  type RowList,
  SpiffeIdText,
  TimeAgo,
  toDate,
  type Tone,
} from '../../components/index.ts';
import { rowKey } from './rows.ts';
import { kindOf } from './search.ts';

export function expiryState(row: Expiry, now: number): { tone: Tone; word: string } {
  const over = row.expiresAt !== undefined && Number(row.expiresAt.seconds) * 1000 <= now;
  // Of what is replaced in time, or is to end, the end is no trouble.
  if (over) return { tone: row.severity < Severity.WARNING ? 'unknown' : 'bad', word: 'expired' };
  if (row.severity === Severity.DANGER) return { tone: 'bad', word: 'due' };
  return row.severity === Severity.WARNING ? { tone: 'warn', word: 'look' } : { tone: 'ok', word: 'in time' };
}

export const ExpiryName = ({ row, whole }: { row: Expiry; whole?: boolean }) =>
  row.name.startsWith('spiffe://') ? (
    <SpiffeIdText id={row.name} {...(whole && { copy: true, whole: true })} />
  ) : (
    <Mono>{row.name}</Mono>
  );

const COLUMNS: readonly Column<Expiry>[] = [
  {
    id: 'expires',
    header: 'Expires',
    width: '108px',
    render: (row) => <TimeAgo at={toDate(row.expiresAt)} />,
  },
  {
    id: 'kind',
    header: 'What',
    width: '142px',
    from: 460,
    render: (row) => kindOf(row.kind)?.one ?? 'unknown',
  },
  { id: 'name', header: 'Name', width: 'minmax(0, 44fr)', render: (row) => <ExpiryName row={row} /> },
  {
    id: 'connection',
    header: 'Known to',
    width: 'minmax(0, 14fr)',
    from: 820,
    render: (row) => (
      <span className="ellipsis">
        <NameText name={row.connection} />
      </span>
    ),
  },
  {
    id: 'note',
    header: 'What happens then',
    width: 'minmax(0, 48fr)',
    from: 900,
    render: (row) => <span className="ellipsis small">{proseText(row.note)}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '98px',
    render: (row) => {
      const { tone, word } = expiryState(row, Date.now());
      return (
        <Chip tone={tone} reason={proseText(row.note)}>
          {word}
        </Chip>
      );
    },
  },
];

interface Props {
  rows: RowList<Expiry>;
  loading: boolean;
  selected: string | undefined;
  scrollKey: string;
  filtered: boolean;
  onOpen: (row: Expiry) => void;
  onRange: (first: number, last: number) => void;
}

export function ExpiryTable({ rows, loading, selected, scrollKey, filtered, onOpen, onRange }: Props) {
  return (
    <DataTable
      label="What expires, soonest first"
      columns={COLUMNS}
      rows={rows}
      total={rows.length}
      rowKey={rowKey}
      selected={selected}
      onSelect={onOpen}
      loading={loading}
      scrollKey={scrollKey}
      onRange={onRange}
      empty={
        filtered ? (
          <EmptyState title="Nothing expires there">
            No entry, agent, SVID, authority, bundle or join token of these expires in the stretch that is
            chosen.
          </EmptyState>
        ) : (
          <EmptyState title="Nothing that expires is known">
            Entries with an expiry, agents, SVIDs seen on Workload APIs, authorities, federated bundles and
            join tokens made here would stand here, soonest first.
          </EmptyState>
        )
      }
    />
  );
}
