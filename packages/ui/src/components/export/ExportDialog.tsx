import { type ReactNode, useState } from 'react';
import { Button } from '../Button.tsx';
import { Dialog } from '../Dialog.tsx';
import { ErrorState } from '../ErrorState.tsx';
import { formatCount } from '../numbers.ts';
import { proseText } from '../text.ts';
import type { FileFormat } from './formats.ts';
import { type ExportState, type ReadFile, useExport } from './useExport.ts';
import './export.css';

interface Props {
  /** "entries", "agents": in words, and before the date in the file's name. */
  things: string;
  /** "1 entry": of as many. */
  one: string;
  /** How many match; undefined while that is read. */
  total: bigint | undefined;
  /** `total` is an estimate. */
  about?: boolean;
  filtered: boolean;
  /** The usual one first. */
  formats: readonly [FileFormat, ...FileFormat[]];
  read: ReadFile;
  /** Said of a file that was saved, where there is more to know of it. */
  renderNote?: (format: FileFormat, bytes: number) => ReactNode;
  onClose: () => void;
}

/** Saves what matches as a file: all of it, not only what has been read. */
export function ExportDialog(props: Props) {
  const { things, one, total, about, filtered, formats, renderNote, onClose } = props;
  const [format, setFormat] = useState(formats[0]);
  const { state, start, cancel } = useExport(things, props.read);
  const count = total === undefined ? 'the' : `${about ? 'about ' : ''}${formatCount(total)}`;
  const named = total === 1n ? one : `${count} ${things}`;
  const busy = state.state === 'writing';
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Dialog
      title={`Export ${things}`}
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
              disabledReason={total === 0n ? 'Nothing matches: there is nothing to export.' : undefined}
              onClick={() => void start(format)}
            >
              {busy ? 'Exporting…' : `Export ${named}`}
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
        {total === 1n ? `The ${one}` : `All ${named}`}
        {filtered ? ` that ${total === 1n ? 'matches' : 'match'} the search and the filters` : ''}, in the
        order of the list.
      </p>
      <fieldset className="export-formats" disabled={busy}>
        <legend className="vh">Format</legend>
        {formats.map((choice) => (
          <label key={choice.value} className="export-format">
            <input
              type="radio"
              name="format"
              checked={format.value === choice.value}
              onChange={() => setFormat(choice)}
            />
            <span>
              <b>{choice.label}</b>
              <span className="small checkbox-hint">{choice.hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Outcome state={state} things={things} one={one} retry={() => void start(format)}>
        {state.state === 'done' && renderNote?.(format, state.bytes)}
      </Outcome>
    </Dialog>
  );
}

interface OutcomeProps {
  state: ExportState;
  things: string;
  one: string;
  retry: () => void;
  children: ReactNode;
}

function Outcome({ state, things, one, retry, children }: OutcomeProps) {
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
        Saved {state.rows === 1 ? one : `${formatCount(state.rows)} ${things}`} as <b>{state.file}</b>,{' '}
        {size(state.bytes)}.
      </p>
      {children}
      {state.changed && <div className="plan-warning">{proseText(state.changed)}</div>}
    </div>
  );
}

function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
