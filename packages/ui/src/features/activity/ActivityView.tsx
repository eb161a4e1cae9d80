import type { ActionRecord } from '@muster/api';
import type { ReactNode } from 'react';
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  Mono,
  NameText,
  Page,
  proseText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { RecordChip } from './RecordChip.tsx';

interface Props {
  records: readonly ActionRecord[] | undefined;
  total: bigint | undefined;
  error: unknown;
  retry: () => void;
  selected: string | undefined;
  onOpen: (id: string | undefined) => void;
  onReachEnd: () => void;
  detail: ReactNode;
}

const COLUMNS: readonly Column<ActionRecord>[] = [
  { id: 'at', header: 'When', width: '104px', render: (record) => <TimeAgo at={toDate(record.at)} /> },
  {
    id: 'title',
    header: 'Change',
    width: 'minmax(0, 40fr)',
    render: (record) => <span className="ellipsis">{proseText(record.title)}</span>,
  },
  {
    id: 'action',
    header: 'Action',
    width: 'minmax(0, 18fr)',
    from: 680,
    render: (record) => <Mono>{record.action}</Mono>,
  },
  {
    id: 'by',
    header: 'By',
    width: 'minmax(0, 24fr)',
    from: 560,
    render: (record) => (
      <span className="ellipsis">
        <NameText name={record.client} /> <Mono>{record.session}</Mono>
      </span>
    ),
  },
  { id: 'state', header: 'Result', width: '112px', render: (record) => <RecordChip record={record} /> },
];

/** Every change that was applied or refused, newest first. */
export function ActivityView({ records, total, error, retry, selected, onOpen, onReachEnd, detail }: Props) {
  return (
    <Page
      title="Activity"
      count={total !== undefined && `${formatCount(total)} recorded`}
      detail={detail}
      footer={
        <>
          <ListKeys />
          <span className="grow" />
          <span>A change is recorded before it is sent, and again when its result is known.</span>
        </>
      }
    >
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : (
        <DataTable
          label="Recorded changes"
          columns={COLUMNS}
          rows={records ?? []}
          rowKey={(record) => record.id}
          selected={selected}
          onSelect={(record) => onOpen(record.id)}
          loading={!records}
          onReachEnd={onReachEnd}
          empty={
            <EmptyState title="Nothing was changed yet">
              Each change that is applied or refused is recorded here: what, by which session, and how it
              ended.
            </EmptyState>
          }
        />
      )}
    </Page>
  );
}
