import { escapeText } from '@muster/domain/display';
import type { ActionRecord } from '@muster/api';
import {
  Chip,
  type Column,
  CopyButton,
  DataTable,
  DetailPanel,
  EmptyState,
  ErrorState,
  formatCount,
  formatExact,
  ListKeys,
  Mono,
  NameText,
  Page,
  proseText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { recordState } from './state.ts';

interface Props {
  records: readonly ActionRecord[] | undefined;
  total: bigint | undefined;
  error: unknown;
  retry: () => void;
  selected: string | undefined;
  onOpen: (id: string | undefined) => void;
  onReachEnd: () => void;
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

function RecordChip({ record }: { record: ActionRecord }) {
  const { tone, word, reason } = recordState(record);
  return (
    <Chip tone={tone} reason={reason}>
      {word}
    </Chip>
  );
}

/** Every change that was applied or refused, newest first. */
export function ActivityView({ records, total, error, retry, selected, onOpen, onReachEnd }: Props) {
  const open = records?.find((record) => record.id === selected);
  return (
    <Page
      title="Activity"
      count={total !== undefined && `${formatCount(total)} recorded`}
      detail={open && <RecordDetail record={open} onClose={() => onOpen(undefined)} />}
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

function RecordDetail({ record, onClose }: { record: ActionRecord; onClose: () => void }) {
  const at = toDate(record.at);
  return (
    <DetailPanel
      kind={`Recorded change · ${escapeText(record.action)}`}
      title={proseText(record.title)}
      state={<RecordChip record={record} />}
      onClose={onClose}
    >
      <p className="small">{proseText(recordState(record).reason)}</p>
      {record.detail && <p>{proseText(record.detail)}</p>}
      <dl className="facts">
        <dt>When</dt>
        <dd>{at ? formatExact(at) : 'unknown'}</dd>
        <dt>Session</dt>
        <dd>
          <NameText name={record.client} /> <Mono>{record.session}</Mono>
        </dd>
        <dt>Plan</dt>
        <dd className="copy-line">
          <Mono>{record.digest}</Mono>
          {record.digest && <CopyButton text={record.digest} label="Copy the plan’s digest" />}
        </dd>
        <dt>Record</dt>
        <dd>
          <Mono>{record.id}</Mono>
        </dd>
      </dl>
    </DetailPanel>
  );
}
