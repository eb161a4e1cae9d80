import type { Entry } from '@muster/api';
import { Button, DetailPanel, ErrorState, Skeleton } from '../../components/index.ts';
import { EntryDetail } from './EntryDetail.tsx';
import { useEntry, useWriteProblem } from './queries.ts';

interface Props {
  at: { connection: string; id: string };
  onClose: () => void;
  onEdit: (entry: Entry) => void;
  onDuplicate: (entry: Entry) => void;
  onDelete: (entry: Entry) => void;
}

/** Fetches the open entry. */
export function EntryPanel({ at, onClose, onEdit, onDuplicate, onDelete }: Props) {
  const found = useEntry(at);
  const problem = useWriteProblem(at.connection);
  const entry = found.data?.entry;
  // While the next entry is read, the former stays in place: nothing jumps.
  if (!found.data || !entry)
    return (
      <DetailPanel kind={`Registration entry · ${at.connection}`} title={at.id} onClose={onClose}>
        {found.error ? <ErrorState error={found.error} retry={() => void found.refetch()} /> : <Skeleton rows={8} />}
      </DetailPanel>
    );
  return (
    <EntryDetail
      found={found.data}
      entry={entry}
      onClose={onClose}
      actions={
        <>
          <Button disabledReason={problem} onClick={() => onEdit(entry)}>
            Edit
          </Button>
          <Button disabledReason={problem} onClick={() => onDuplicate(entry)}>
            Duplicate
          </Button>
          <span className="grow" />
          <Button className="btn-delete" disabledReason={problem} onClick={() => onDelete(entry)}>
            Delete…
          </Button>
        </>
      }
    />
  );
}
