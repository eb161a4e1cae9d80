import type { ListEntriesRequestSchema, ListEntriesResponse } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { useState } from 'react';
import { Button, Dialog, ErrorState, formatCount, proseText } from '../../../components/index.ts';
import { FORMATS } from './formats.ts';
import { type ExportState, useExport } from './queries.ts';

// Of 4 MiB; the wire form is somewhat smaller than JSON, and other servers may take less.
const SPIRE_MOST = 3_800_000;

interface Props {
  query: MessageInitShape<typeof ListEntriesRequestSchema>;
  list: ListEntriesResponse | undefined;
  filtered: boolean;
  onClose: () => void;
}

/** Saves what matches as a file: all of it, not only what has been read. */
export function ExportDialog({ query, list, filtered, onClose }: Props) {
  const [chosen, setChosen] = useState('csv');
  const { state, start, cancel } = useExport();
  const format = FORMATS.find(({ value }) => value === chosen) ?? FORMATS[0];
  const about = list?.totalIsEstimate ? 'about ' : '';
  const count = list ? `${about}${formatCount(list.total)}` : 'the';
  const busy = state.state === 'writing';
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Dialog
      title="Export entries"
      onClose={close}
      footer={
        <>
          {state.state === 'done' ? (
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          ) : (
            <Button
              variant="primary"
              busy={busy}
              disabledReason={
                list?.total === 0n ? 'No entry matches: there is nothing to export.' : undefined
              }
              onClick={() => format && void start(query, format)}
            >
              {busy ? 'Exporting…' : `Export ${count} entries`}
            </Button>
          )}
          <span className="grow" />
          {busy ? (
            <Button onClick={cancel}>Cancel</Button>
          ) : (
            state.state !== 'done' && (
              <Button variant="quiet" onClick={close}>
                Close
              </Button>
            )
          )}
        </>
      }
    >
      <p>
        {filtered
          ? `All ${count} entries that match the search and the filters, in the order of the list.`
          : `All ${count} entries, in the order of the list.`}
      </p>
      <fieldset className="export-formats" disabled={busy}>
        <legend className="vh">Format</legend>
        {FORMATS.map(({ value, label, hint }) => (
          <label key={value} className="export-format">
            <input type="radio" name="format" checked={chosen === value} onChange={() => setChosen(value)} />
            <span>
              <b>{label}</b>
              <span className="small checkbox-hint">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Outcome
        state={state}
        data={chosen === 'spire-data'}
        retry={() => format && void start(query, format)}
      />
    </Dialog>
  );
}

function Outcome({ state, data, retry }: { state: ExportState; data: boolean; retry: () => void }) {
  if (state.state === 'writing') {
    const known = state.total > 0;
    return (
      <div className="export-progress" role="status">
        <progress {...(known ? { value: state.rows, max: state.total } : {})} aria-label="Export" />
        <span className="small num">
          {known ? `${formatCount(state.rows)} of ${formatCount(state.total)}` : 'Starting…'}
        </span>
      </div>
    );
  }
  if (state.state === 'failed') return <ErrorState error={state.error} retry={retry} />;
  if (state.state === 'idle') return null;
  return (
    <div className="export-done" role="status">
      <p>
        Saved {formatCount(state.rows)} entries as <b>{state.file}</b>, {size(state.bytes)}.
      </p>
      {data && state.bytes > SPIRE_MOST && (
        <div className="plan-warning">
          “spire-server entry create” sends the file as one message, and a SPIRE server takes 4 MiB at most:
          export parts of it, by trust domain or path, or import it here.
        </div>
      )}
      {state.changed && <div className="plan-warning">{proseText(state.changed)}</div>}
    </div>
  );
}

function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
