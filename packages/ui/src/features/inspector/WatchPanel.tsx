import { useState } from 'react';
import {
  Button,
  formatClock,
  proseText,
  Tooltip,
  formatExact,
  TimeAgo,
  useTicking,
} from '../../components/index.ts';
import type { InspectedDocument } from './documents.ts';
import { type Dropped, type DroppedFile, filesOfHandles } from './dropped.ts';
import { saidOf } from './many-rows.ts';
import type { VerdictRow } from './verdict-row.ts';
import { formatCountdown, mostWatched } from './watching.ts';
import type { Watch } from './use-watch.ts';
import './WatchPanel.css';

export interface WatchPanelProps {
  readonly watch: Watch;
  /** Files that were dropped and that the browser can find again. */
  readonly candidates: readonly DroppedFile[];
  readonly documents: readonly InspectedDocument[];
  readonly rows: ReadonlyMap<string, VerdictRow>;
  readonly audience: string;
  /** Takes in what was picked, and watches it. */
  readonly onPicked: (dropped: Promise<Dropped>) => void;
}

/** Not in TypeScript's own types yet. */
interface Pickers {
  readonly showOpenFilePicker?: (options: {
    readonly multiple: boolean;
  }) => Promise<readonly FileSystemFileHandle[]>;
  readonly showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>;
}

/** Files on disk, judged again at each change, with a countdown to their end. */
export function WatchPanel(props: WatchPanelProps) {
  return props.watch.files.length > 0 ? <Watching {...props} /> : <Offer {...props} />;
}

function Offer({ watch, candidates, onPicked }: WatchPanelProps) {
  const [problem, setProblem] = useState(false);
  const pickers = window as Pickers;
  if (!pickers.showOpenFilePicker || !pickers.showDirectoryPicker)
    return (
      <p className="small">
        This browser does not let a page look at a file again. On the command line{' '}
        <code className="mono">muster verify --watch FOLDER</code> does it; so do Chromium, Chrome and Edge.
      </p>
    );
  const pick = (asked: Promise<readonly (FileSystemFileHandle | FileSystemDirectoryHandle)[]> | undefined) =>
    void asked?.then(
      (handles) => onPicked(filesOfHandles(handles)),
      // A dialog that is closed rejects, too: nothing was picked, and nothing is to be said.
      (error: unknown) => setProblem(!(error instanceof DOMException && error.name === 'AbortError')),
    );
  return (
    <div className="watch">
      <p className="small">
        The files are read again at every change, and judged again when time changes their verdict. Rotations
        are listed.
      </p>
      <div className="row">
        {candidates.length > 0 && (
          <Button small variant="primary" onClick={() => watch.start(candidates)}>
            Watch{' '}
            {candidates.length === 1 ? 'the file' : `the ${Math.min(candidates.length, mostWatched)} files`}{' '}
            given
          </Button>
        )}
        <Button small onClick={() => pick(pickers.showOpenFilePicker?.({ multiple: true }))}>
          Watch files…
        </Button>
        <Button small onClick={() => pick(pickers.showDirectoryPicker?.().then((handle) => [handle]))}>
          Watch a folder…
        </Button>
      </div>
      {problem && (
        <p role="alert" className="small">
          The browser or the window did not allow it. On the command line{' '}
          <code className="mono">muster verify --watch FOLDER</code> does the same.
        </p>
      )}
    </div>
  );
}

function Watching({ watch, documents, rows, audience }: WatchPanelProps) {
  const watched = documents.filter((document) => document.watched && !document.piece);
  return (
    <div className="watch" role="group" aria-label="Watched files">
      <ul className="watch-files">
        {watched.map((document) => {
          const row = rows.get(document.id);
          const { tone, label } = saidOf({ document, row }, audience);
          return (
            <li key={document.id}>
              <span className="watch-name" title={proseText(document.name)}>
                {proseText(document.name)}
              </span>
              <span className={`st ${tone}`}>{label}</span>
              <Countdown row={row} />
            </li>
          );
        })}
      </ul>
      <div className="row">
        <span className="small num">
          {watch.files.length} {watch.files.length === 1 ? 'file' : 'files'} watched, looked at every second
        </span>
        <Button variant="quiet" small onClick={watch.stop}>
          Stop watching
        </Button>
      </div>
      <h4>What happened</h4>
      {watch.events.length === 0 ? (
        <p className="small">Nothing has changed yet.</p>
      ) : (
        <ol className="watch-events" aria-label="What happened" aria-live="polite">
          {watch.events.map(({ id, at, name, what, tone }) => (
            <li key={id} data-tone={tone}>
              <Tooltip content={formatExact(at)}>
                <span className="num small">{formatClock(at)}</span>
              </Tooltip>
              <span>
                <b>{proseText(name)}</b> {proseText(what)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Countdown({ row }: { readonly row: VerdictRow | undefined }) {
  const [expires, notBefore] = [row?.expires, row?.notBefore];
  const text = useTicking((now) => {
    if (expires === undefined) return '';
    if (notBefore !== undefined && now < notBefore) return `begins in ${formatCountdown(notBefore - now)}`;
    return now >= expires ? `expired ${formatCountdown(now - expires)} ago` : formatCountdown(expires - now);
  });
  const soon = useTicking(
    (now) => expires !== undefined && notBefore !== undefined && expires - now < (expires - notBefore) / 5,
  );
  return text === '' ? (
    <span className="small">
      {row?.firstKeyEnds === undefined ? (
        'no end'
      ) : (
        <TimeAgo prefix="first key" at={new Date(row.firstKeyEnds)} />
      )}
    </span>
  ) : (
    <span className="num watch-left" data-soon={soon} role="timer">
      {text}
    </span>
  );
}
