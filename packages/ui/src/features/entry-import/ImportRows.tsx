import { type ImportRow, ImportVerb, type PreviewImportResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { useState } from 'react';
import {
  Button,
  Chip,
  type Column,
  DataTable,
  formatCount,
  Mono,
  proseText,
  SpiffeIdText,
  type Tone,
} from '../../components/index.ts';
import { PREVIEW_ROWS } from './queries.ts';

const VERBS: readonly { verb: ImportVerb; word: string; tone: Tone; reason: string }[] = [
  { verb: ImportVerb.ERROR, word: 'mistake', tone: 'bad', reason: 'The row cannot be imported as it is.' },
  {
    verb: ImportVerb.CONFLICT,
    word: 'conflict',
    tone: 'warn',
    reason: 'It cannot be told what is meant, or it is not allowed here.',
  },
  {
    verb: ImportVerb.CREATE,
    word: 'create',
    tone: 'ok',
    reason: 'No entry of the server is like it: a new one is made.',
  },
  {
    verb: ImportVerb.UPDATE,
    word: 'update',
    tone: 'info',
    reason: 'The entry is there, and differs in what is shown.',
  },
  {
    verb: ImportVerb.UNCHANGED,
    word: 'unchanged',
    tone: 'unknown',
    reason: 'The entry is there exactly so, and nothing is sent.',
  },
];
const wordOf = (verb: ImportVerb) => VERBS.find((one) => one.verb === verb);

const keyOf = (row: ImportRow): string => `${row.line} ${row.spiffeId} ${row.selectors.join()}`;

interface Props {
  preview: PreviewImportResponse;
  verb: ImportVerb;
  onVerb: (verb: ImportVerb) => void;
}

/** Each row of the file with what it would do, and its mistakes beside it. */
export function ImportRows({ preview, verb, onVerb }: Props) {
  const all = preview.counts.reduce((sum, { count }) => sum + count, 0);
  const [chosen, setOpen] = useState<ImportRow>();
  // Of the file as it is now: what was chosen may be corrected meanwhile.
  const open = chosen && preview.rows.find((row) => row.line === chosen.line);
  const pick = (one: ImportVerb, word: string, count: number) => (
    <button
      key={one}
      type="button"
      className={verb === one ? 'plan-pick on' : 'plan-pick'}
      aria-pressed={verb === one}
      onClick={() => onVerb(one)}
    >
      {word} <span className="num">{formatCount(count)}</span>
    </button>
  );
  return (
    <>
      <div className="row import-verbs" role="group" aria-label="Which rows">
        {pick(ImportVerb.UNSPECIFIED, 'all', all)}
        {VERBS.flatMap((one) => {
          const count = preview.counts.find((found) => found.verb === one.verb)?.count ?? 0;
          return count > 0 ? [pick(one.verb, one.word, count)] : [];
        })}
        {preview.total > PREVIEW_ROWS && (
          <span className="small">The first {formatCount(PREVIEW_ROWS)} are shown; all are planned.</span>
        )}
      </div>
      {preview.notes.map((note) => (
        <p key={note} className="small import-note">
          {proseText(note)}
        </p>
      ))}
      <DataTable
        label="Rows of the file"
        columns={COLUMNS}
        rows={preview.rows}
        rowKey={keyOf}
        total={preview.rows.length}
        selected={open && keyOf(open)}
        onSelect={setOpen}
        empty={<p className="small import-note">No row of this kind.</p>}
      />
      {open && <RowDetail row={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

const COLUMNS: readonly Column<ImportRow>[] = [
  {
    id: 'line',
    header: 'Line',
    width: '52px',
    align: 'end',
    render: (row) => <span className="num">{row.line}</span>,
  },
  {
    id: 'verb',
    header: 'Does',
    width: '104px',
    render: (row) => {
      const word = wordOf(row.verb);
      return (
        <Chip
          tone={word?.tone ?? 'unknown'}
          reason={row.problems[0] ? proseText(row.problems[0].message) : word?.reason}
        >
          {word?.word ?? 'unknown'}
        </Chip>
      );
    },
  },
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 34fr)',
    render: (row) =>
      row.spiffeId ? <SpiffeIdText id={row.spiffeId} /> : <span className="small">not readable</span>,
  },
  {
    id: 'selectors',
    header: 'Selectors',
    width: 'minmax(0, 22fr)',
    from: 860,
    render: (row) => <Mono>{row.selectors.join(', ')}</Mono>,
  },
  {
    id: 'what',
    header: 'What changes, or what is wrong',
    width: 'minmax(0, 44fr)',
    render: (row) => <What row={row} />,
  },
];

/** What an update changes, or every mistake, in one sentence; `before` and `after` are data, the rest is ours. */
function saidOf(row: ImportRow): string {
  if (row.problems.length > 0)
    return row.problems
      .map(({ field, message }) => `${field === '' ? '' : `${field}: `}${proseText(message)}`)
      .join(' · ');
  const value = (text: string) => (text === '' ? 'not set' : escapeText(text));
  return row.fields
    .map(({ field, before, after }) => `${proseText(field)}: ${value(before)} → ${value(after)}`)
    .join(' · ');
}

function What({ row }: { row: ImportRow }) {
  if (row.problems.length > 0) return <span className="import-wrong">{saidOf(row)}</span>;
  if (row.verb === ImportVerb.UPDATE) return <span>{saidOf(row)}</span>;
  if (row.verb === ImportVerb.CREATE)
    return (
      <span className="small">
        under <Mono>{row.parentId}</Mono>
      </span>
    );
  return <span className="small">as the server has it</span>;
}

/** The row that is chosen, in full. */
function RowDetail({ row, onClose }: { row: ImportRow; onClose: () => void }) {
  return (
    <section className="import-detail" aria-label={`Line ${row.line}`}>
      <div className="row">
        <b>Line {row.line}</b>
        <Chip tone={wordOf(row.verb)?.tone ?? 'unknown'} reason={wordOf(row.verb)?.reason}>
          {wordOf(row.verb)?.word ?? 'unknown'}
        </Chip>
        <span className="grow" />
        <Button small variant="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      <ul>
        {row.problems.map(({ field, message }) => (
          <li key={field + message} className="import-wrong">
            {field && <Mono>{field}</Mono>} {proseText(message)}
          </li>
        ))}
        {row.problems.length === 0 &&
          row.fields.map(({ field, before, after }) => (
            <li key={field}>
              {proseText(field)}: {before && <Mono>{before}</Mono>}
              {before && ' → '}
              <Mono>{after || 'not set'}</Mono>
            </li>
          ))}
        {row.problems.length + row.fields.length === 0 && <li>The server has it exactly so.</li>}
      </ul>
    </section>
  );
}
