import { escapeText } from '@muster/domain/display';
import type { ActionRecord } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { Link } from '@tanstack/react-router';
import {
  Button,
  CopyButton,
  DetailPanel,
  ErrorState,
  formatExact,
  Mono,
  NameText,
  proseText,
  Skeleton,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { RecordChip } from './RecordChip.tsx';
import { useRecord } from './queries.ts';
import { recordState } from './state.ts';

/** What is planned to undo a record. */
export interface Undo {
  action: string;
  input: JsonObject;
}

interface Props {
  id: string;
  /** As the list has it; undefined when it is farther down. */
  listed: ActionRecord | undefined;
  onClose: () => void;
  onUndo: (undo: Undo) => void;
}

/** Fetches the open record: any that a link names, however old. */
export function RecordPanel({ id, listed, onClose, onUndo }: Props) {
  const found = useRecord(id);
  const record = found.data?.record ?? listed;
  const input = found.data?.inverseInput;
  return (
    <DetailPanel
      kind={record ? `Recorded change · ${escapeText(record.action)}` : 'Recorded change'}
      title={record ? proseText(record.title) : <Mono>{id}</Mono>}
      state={
        record && (
          <>
            <RecordChip record={record} />
            <TimeAgo at={toDate(record.at)} />
          </>
        )
      }
      onClose={onClose}
      actions={
        record && (
          <Button
            disabledReason={problemOf(record, found.isPending, found.error)}
            onClick={() => input && onUndo({ action: record.inverse, input })}
          >
            Undo…
          </Button>
        )
      }
    >
      {record ? (
        <RecordFacts record={record} />
      ) : found.error ? (
        <ErrorState error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={6} />
      )}
    </DetailPanel>
  );
}

function problemOf(record: ActionRecord, pending: boolean, error: unknown): string | undefined {
  if (record.undoProblem) return record.undoProblem;
  if (pending) return 'What undoes it is being read.';
  return error ? 'What undoes it could not be read. Open the record again.' : undefined;
}

function RecordFacts({ record }: { record: ActionRecord }) {
  const at = toDate(record.at);
  return (
    <>
      <p className="small">{proseText(recordState(record).reason)}</p>
      {record.detail && <p>{proseText(record.detail)}</p>}
      <dl className="facts">
        <dt>When</dt>
        <dd>{at ? formatExact(at) : 'unknown'}</dd>
        <dt>Session</dt>
        <dd>
          <NameText name={record.client} /> <Mono>{record.session}</Mono>
        </dd>
        <dt>Undo</dt>
        <dd>
          <UndoState record={record} />
        </dd>
        <dt>Plan</dt>
        <dd className="copy-line">
          <Mono>{record.digest}</Mono>
          {record.digest && <CopyButton text={record.digest} label="Copy the plan’s digest" />}
        </dd>
        <dt>Record</dt>
        <dd className="copy-line">
          <Mono>{record.id}</Mono>
          <CopyButton text={record.id} label="Copy the record’s id" />
        </dd>
      </dl>
    </>
  );
}

function UndoState({ record }: { record: ActionRecord }) {
  const by = record.undoneBy && (
    <Link to="/activity" search={{ id: record.undoneBy }}>
      the record that did it
    </Link>
  );
  if (record.undoProblem)
    return (
      <>
        {proseText(record.undoProblem)} {by && <>See {by}.</>}
      </>
    );
  return (
    <>
      {by && <>It was undone in part: see {by}. </>}
      It can be undone by <Mono>{record.inverse}</Mono>. You see that plan, against what is there now, before
      anything is sent.
    </>
  );
}
