import type { Entry, Plan, PlannedChange } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  type Column,
  DataTable,
  ErrorState,
  Field,
  Mono,
  Page,
  proseText,
  Select,
  SpiffeIdText,
  type SpireServer,
  TagInput,
  TextInput,
} from '../../components/index.ts';
import { parseSpiffeId } from '@muster/domain/spiffe-id';
import type { Replacement } from './draft.ts';
import type { Parents } from './queries.ts';
import './clone.css';

interface Props {
  connection: string;
  entries: readonly Entry[];
  servers: readonly SpireServer[];
  target: SpireServer | undefined;
  parents: readonly string[];
  /** Of the target. */
  known: Parents;
  replace: readonly Replacement[];
  plan: Plan | undefined;
  planning: boolean;
  error: unknown;
  onTarget: (name: string) => void;
  onParents: (parents: readonly string[]) => void;
  onReplace: (replace: readonly Replacement[]) => void;
  onReview: () => void;
}

/** Where to, under which parents, and what is different; the copies as they would be below. */
export function CloneView(props: Props) {
  const { connection, entries, servers, target, parents, known, plan, planning, error } = props;
  const suggestions = [...known.agents, ...known.aliases];
  const elsewhere = target?.name !== connection;
  const copies = entries.length * Math.max(1, parents.length);
  return (
    <Page
      title={`Clone ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`}
      count={`of ${connection}`}
      actions={
        <Link to="/entries" className="btn">
          Entries
        </Link>
      }
    >
      <div className="clone">
        <div className="clone-ask">
          <Field label="To" error={target?.problem}>
            <Select
              value={target?.name ?? ''}
              onChange={props.onTarget}
              options={servers.map((one) => ({
                value: one.name,
                label: `${one.name} · ${one.trustDomain || 'trust domain unknown'}${one.name === connection ? ' · the same server' : ''}`,
              }))}
            />
          </Field>
          <Field
            label="Parents"
            optional={!elsewhere}
            hint={
              elsewhere
                ? 'Agents or node aliases of that server. Each entry is copied for each of them.'
                : 'Each entry is copied for each of them. None: the parent it has.'
            }
          >
            <TagInput
              values={parents}
              suggestions={suggestions}
              placeholder={suggestions[0] ?? `spiffe://${target?.trustDomain ?? 'example.org'}/spire/agent/…`}
              validate={(id) => {
                const read = parseSpiffeId(id);
                return read.ok ? undefined : read.problem.message;
              }}
              onChange={props.onParents}
            />
          </Field>
          {known.agents.length > 1 && (
            <div>
              <Button small onClick={() => props.onParents(known.agents)}>
                All {known.agents.length} live agents
              </Button>
            </div>
          )}
          <Replacements replace={props.replace} onReplace={props.onReplace} />
        </div>
        <section className="clone-preview" aria-label="Copies" aria-busy={planning}>
          {error ? (
            <ErrorState error={error} />
          ) : (
            <DataTable
              label="Copies"
              columns={COLUMNS}
              rows={plan ? plan.changes : [undefined, undefined, undefined]}
              rowKey={(change) =>
                `${change.target} ${fieldOf(change, 'Parent ID')} ${fieldOf(change, 'Selectors')}`
              }
              total={plan?.changes.length ?? 3}
            />
          )}
        </section>
        {plan && plan.warnings.length > 0 && !error && (
          <p className="small clone-warnings">
            {plan.warnings.length} {plan.warnings.length === 1 ? 'warning' : 'warnings'}, the first:{' '}
            {proseText(plan.warnings[0]?.text ?? '')}
          </p>
        )}
        <footer className="clone-foot">
          <Button
            variant="primary"
            disabledReason={
              target?.problem ??
              (error ? 'Correct what is named above.' : plan ? undefined : 'The copies are being worked out.')
            }
            onClick={props.onReview}
          >
            Review plan
          </Button>
          <span className="small" role="status">
            {entries.length} × {Math.max(1, parents.length)} = {copies} {copies === 1 ? 'copy' : 'copies'}.
            Nothing is sent until you apply the plan.
          </span>
        </footer>
      </div>
    </Page>
  );
}

const PLACES: readonly { value: Replacement['in']; label: string }[] = [
  { value: '', label: 'everywhere' },
  { value: 'spiffe_id', label: 'SPIFFE ID’s path' },
  { value: 'selectors', label: 'selectors' },
  { value: 'dns_names', label: 'DNS names' },
  { value: 'hint', label: 'hint' },
];

function Replacements({ replace, onReplace }: Pick<Props, 'replace' | 'onReplace'>) {
  const set = (at: number, part: Partial<Replacement>) =>
    onReplace(replace.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <div className="stack clone-replace">
      {replace.map((one, at) => (
        <div className="clone-row" key={at} role="group" aria-label={`Replacement ${at + 1}`}>
          <TextInput
            mono
            aria-label="Find"
            placeholder="find"
            value={one.find}
            onChange={(find) => set(at, { find })}
          />
          <span aria-hidden="true">→</span>
          <TextInput
            mono
            aria-label="Replace with"
            placeholder="with; {parent} or {n}"
            value={one.with}
            onChange={(text) => set(at, { with: text })}
          />
          <Select
            aria-label="In"
            value={one.in}
            onChange={(value) => set(at, { in: PLACES.find((place) => place.value === value)?.value ?? '' })}
            options={PLACES}
          />
          <Button
            variant="quiet"
            aria-label={`Remove replacement ${at + 1}`}
            onClick={() => onReplace(replace.filter((_one, i) => i !== at))}
          >
            ×
          </Button>
        </div>
      ))}
      <div className="row">
        <Button small onClick={() => onReplace([...replace, { find: '', with: '', in: '' }])}>
          Find and replace
        </Button>
        <span className="small">
          {'{parent}'} is the last part of the parent’s path, {'{n}'} its number. The trust domain is replaced
          by itself.
        </span>
      </div>
    </div>
  );
}

const fieldOf = (change: PlannedChange, name: string): string =>
  change.fields.find(({ field }) => field === name)?.after ?? '';

const COLUMNS: readonly Column<PlannedChange>[] = [
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 36fr)',
    render: (change) => <SpiffeIdText id={change.target} />,
  },
  {
    id: 'parent',
    header: 'Parent',
    width: 'minmax(0, 34fr)',
    render: (change) => <SpiffeIdText id={fieldOf(change, 'Parent ID')} />,
  },
  {
    id: 'selectors',
    header: 'Selectors',
    width: 'minmax(0, 30fr)',
    from: 620,
    render: (change) => <Mono>{fieldOf(change, 'Selectors')}</Mono>,
  },
];
