import type { ListEntriesRequestSchema, ListEntriesResponse } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ExportDialog } from '../../../components/index.ts';
import { FORMATS } from './formats.ts';
import { useEntriesFile } from './queries.ts';

// Of 4 MiB; the wire form is somewhat smaller than JSON, and other servers may take less.
const SPIRE_MOST = 3_800_000;

interface Props {
  query: MessageInitShape<typeof ListEntriesRequestSchema>;
  list: ListEntriesResponse | undefined;
  filtered: boolean;
  onClose: () => void;
}

/** Saves the entries that match as a file. */
export function ExportEntries({ query, list, filtered, onClose }: Props) {
  const read = useEntriesFile(query);
  return (
    <ExportDialog
      things="entries"
      one="1 entry"
      total={list?.total}
      about={list?.totalIsEstimate ?? false}
      filtered={filtered}
      formats={FORMATS}
      read={read}
      renderNote={({ value }, bytes) =>
        value === 'spire-data' &&
        bytes > SPIRE_MOST && (
          <div className="plan-warning">
            “spire-server entry create” sends the file as one message, and a SPIRE server takes 4 MiB at most:
            export parts of it, by trust domain or path, or import it here.
          </div>
        )
      }
      onClose={onClose}
    />
  );
}
