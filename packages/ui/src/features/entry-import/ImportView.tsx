import { ImportFormat, ImportMode, ImportVerb, type PreviewImportResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  Checkbox,
  ErrorState,
  Field,
  formatCount,
  Page,
  proseText,
  Select,
  Skeleton,
  type SpireServer,
} from '../../components/index.ts';
import { ImportRows } from './ImportRows.tsx';
import type { Source } from './source.ts';
import { SourceInput } from './SourceInput.tsx';
import './import.css';

export interface ImportViewProps {
  servers: readonly SpireServer[] | undefined;
  server: SpireServer | undefined;
  source: Source | undefined;
  /** Of the part that is looked at. */
  text: string;
  format: ImportFormat;
  mode: ImportMode;
  /** Rows in conflict are left out. */
  skip: boolean;
  verb: ImportVerb;
  /** Why a file was not taken; empty. */
  problem: string;
  preview: PreviewImportResponse | undefined;
  checking: boolean;
  error: unknown;
  retry: () => void;
  onServer: (name: string) => void;
  onFile: (file: File) => void;
  onPaste: (text: string) => void;
  onClear: () => void;
  onFormat: (format: ImportFormat) => void;
  onMode: (mode: ImportMode) => void;
  onSkip: (skip: boolean) => void;
  onVerb: (verb: ImportVerb) => void;
  onPart: (part: number) => void;
  onReview: () => void;
}

const FORMATS: readonly [ImportFormat, string][] = [
  [ImportFormat.UNSPECIFIED, 'Find out'],
  [ImportFormat.CSV, 'CSV'],
  [ImportFormat.YAML, 'YAML'],
  [ImportFormat.JSON, 'JSON'],
  [ImportFormat.SPIRE_DATA, 'JSON of spire-server -data'],
];

export function ImportView(props: ImportViewProps) {
  const { servers, server, source, preview, mode, format } = props;
  if (!servers)
    return (
      <Page title="Import entries" scroll>
        <Skeleton rows={8} />
      </Page>
    );
  const numberOf = (verb: ImportVerb) => preview?.counts.find((one) => one.verb === verb)?.count ?? 0;
  const found = FORMATS.find(([one]) => one === preview?.format)?.[1];
  return (
    <Page
      title="Import entries"
      count={source && preview ? `${formatCount(rowsOf(preview))} rows` : undefined}
      actions={
        <Link to="/entries" className="btn">
          Entries
        </Link>
      }
    >
      <div className="import">
        <section className="import-source stack" aria-label="What to import">
          <div className="import-fields">
            <Field label="Server" error={server?.problem}>
              <Select
                value={server?.name ?? ''}
                onChange={props.onServer}
                options={servers.map((one) => ({
                  value: one.name,
                  label: `${one.name} · ${one.trustDomain || 'trust domain unknown'}`,
                }))}
              />
            </Field>
            <Field
              label="Format"
              hint={format === ImportFormat.UNSPECIFIED && found ? `Read as ${found}.` : undefined}
            >
              <Select
                value={String(format)}
                onChange={(value) => props.onFormat(Number(value))}
                options={FORMATS.map(([value, label]) => ({ value: String(value), label }))}
              />
            </Field>
            <Field label="Entries that are there">
              <Select
                value={String(mode)}
                onChange={(value) => props.onMode(Number(value))}
                options={[
                  { value: String(ImportMode.CREATE_AND_UPDATE), label: 'Update them' },
                  { value: String(ImportMode.CREATE_ONLY), label: 'Leave them: only create' },
                ]}
              />
            </Field>
          </div>
          <SourceInput {...props} />
          {source && source.parts.length > 1 && <Parts source={source} onPart={props.onPart} />}
        </section>
        <section className="import-preview" aria-label="What it would do" aria-busy={props.checking}>
          {props.error ? <ErrorState error={props.error} retry={props.retry} /> : <Preview {...props} />}
        </section>
        <footer className="import-foot">
          <Button variant="primary" disabledReason={reviewProblem(props)} onClick={props.onReview}>
            Review plan
          </Button>
          {numberOf(ImportVerb.CONFLICT) > 0 && (
            <Checkbox
              label={`Leave out ${formatCount(numberOf(ImportVerb.CONFLICT))} in conflict`}
              checked={props.skip}
              onChange={props.onSkip}
            />
          )}
          <span className="small" role="status">
            {props.checking
              ? 'Comparing with the server…'
              : ((source && reviewProblem(props)) ??
                'Nothing is sent until you apply the plan. Entries that the file does not name are not touched.')}
          </span>
        </footer>
      </div>
    </Page>
  );
}

const rowsOf = (preview: PreviewImportResponse): number =>
  preview.counts.reduce((sum, { count }) => sum + count, 0);

function reviewProblem({
  source,
  server,
  preview,
  checking,
  error,
  skip,
}: ImportViewProps): string | undefined {
  if (!server) return 'No SPIRE server is connected.';
  if (server.problem) return server.problem;
  if (!source) return 'Choose a file or paste one first.';
  if (error) return 'The file could not be compared with the server.';
  if (!preview) return checking ? 'It is being compared with the server.' : 'Nothing was read yet.';
  const number = (verb: ImportVerb) => preview.counts.find((one) => one.verb === verb)?.count ?? 0;
  if (preview.problems.length > 0) return 'The file as a whole cannot be read. Correct what is named.';
  const errors = number(ImportVerb.ERROR);
  if (errors > 0)
    return `${formatCount(errors)} ${errors === 1 ? 'row has' : 'rows have'} mistakes. Correct them in the file: nothing is imported while one is wrong.`;
  if (number(ImportVerb.CONFLICT) > 0 && !skip)
    return 'Rows are in conflict. Correct them, or leave them out.';
  if (number(ImportVerb.CREATE) + number(ImportVerb.UPDATE) === 0)
    return 'Nothing would change: the server is as the file says.';
  return undefined;
}

function Preview(props: ImportViewProps) {
  const { source, preview, checking } = props;
  if (!source)
    return (
      <div className="import-none">
        <h2>What a file can say</h2>
        <p>
          One entry a row: spiffe_id, parent_id and selectors, and whatever else an entry has. Selectors of a
          CSV cell stand one a line, or apart by semicolons.
        </p>
        <p>
          An entry that is there already is found by its id, else by SPIFFE ID, parent and selectors, and only
          the fields that the file names are changed. Nothing is ever deleted.
        </p>
        <p>Files up to 32 MiB are taken; larger than 4 MiB, CSV and JSON are planned in parts.</p>
      </div>
    );
  if (!preview) return checking ? <Skeleton rows={10} /> : null;
  if (preview.problems.length > 0)
    return (
      <ul className="import-problems" aria-label="Mistakes of the file">
        {preview.problems.map(({ line, field, message }) => (
          <li key={`${line} ${field} ${message}`} role="alert">
            <b>{line > 0 ? `Line ${line}` : 'The file'}</b>
            {field && <> · {proseText(field)}</>}: {proseText(message)}
          </li>
        ))}
      </ul>
    );
  return <ImportRows preview={preview} verb={props.verb} onVerb={props.onVerb} />;
}

function Parts({ source, onPart }: { source: Source; onPart: (part: number) => void }) {
  return (
    <div className="row" role="group" aria-label="Parts of the file">
      <span className="small">Too large for one plan, so it is planned in {source.parts.length} parts:</span>
      {source.parts.map((_part, at) => (
        <Button
          key={at}
          small
          variant={at === source.part ? 'primary' : 'default'}
          aria-pressed={at === source.part}
          onClick={() => onPart(at)}
        >
          Part {at + 1}
          {source.applied.includes(at) ? ', applied' : ''}
        </Button>
      ))}
    </div>
  );
}
