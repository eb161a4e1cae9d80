import { escapeText } from '@muster/domain/display';
import type { Entry } from '@muster/api';
import { Button, DetailPanel, ErrorState, Skeleton, SpiffeIdText, Mono } from '../../components/index.ts';
import { StateChip } from './columns.tsx';
import { EntryDetail } from './EntryDetail.tsx';
import { useEntry, useWriteProblem } from './queries.ts';

interface Props {
  at: { connection: string; id: string };
  onClose: () => void;
  onEdit: (entry: Entry) => void;
  /** Another like it, to be changed before it is made. */
  onDuplicate: (entry: Entry) => void;
  /** The same for other parents or trust domains. */
  onClone: (entry: Entry) => void;
  onDelete: (entry: Entry) => void;
}

/** Fetches the open entry. */
export function EntryPanel({ at, onClose, onEdit, onDuplicate, onClone, onDelete }: Props) {
  const found = useEntry(at);
  const problem = useWriteProblem(at.connection);
  const entry = found.data?.entry;
  // One panel for loading, failing and showing, so that neither focus nor place is lost between them.
  return (
    <DetailPanel
      kind={`Registration entry · ${escapeText(at.connection)}`}
      title={entry ? <SpiffeIdText id={entry.spiffeId} copy whole /> : <Mono>{at.id}</Mono>}
      state={entry && <StateChip entry={entry} />}
      onClose={onClose}
      actions={
        entry && (
          <>
            <Button disabledReason={problem} onClick={() => onEdit(entry)}>
              Edit
            </Button>
            <Button disabledReason={problem} onClick={() => onDuplicate(entry)}>
              Duplicate
            </Button>
            <Button onClick={() => onClone(entry)}>Clone…</Button>
            <span className="grow" />
            <Button className="btn-delete" disabledReason={problem} onClick={() => onDelete(entry)}>
              Delete…
            </Button>
          </>
        )
      }
    >
      {found.data && entry ? (
        <EntryDetail found={found.data} entry={entry} />
      ) : found.error ? (
        <ErrorState error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </DetailPanel>
  );
}
