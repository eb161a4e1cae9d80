import { escapeText } from '@muster/domain/display';
import type { FieldChange, Plan, PlannedChange } from '@muster/api';
import { useMemo, useState } from 'react';
import { Button } from '../Button.tsx';
import { Mono } from '../Mono.tsx';
import { formatCount } from '../numbers.ts';
import { SearchBox } from '../SearchBox.tsx';
import { SpiffeIdText } from '../SpiffeIdText.tsx';
import { proseText } from '../text.ts';

/** Beyond this many, each change is one line that opens. */
const OPEN = 20;
/** Lines drawn at first, and by each "more". */
const STEP = 50;

/** What a plan changes. Few changes stand open; of many, a line each, told apart by verb and searched. */
export function ChangeList({ plan }: { plan: Plan }) {
  const total = plan.counts.reduce((sum, { count }) => sum + count, 0) || plan.changes.length;
  if (total === 0) return <p>Nothing would change.</p>;
  if (total <= OPEN)
    return plan.changes.map((change, i) => <OpenChange key={`${change.target} ${i}`} change={change} />);
  return <ManyChanges plan={plan} total={total} />;
}

function ManyChanges({ plan, total }: { plan: Plan; total: number }) {
  const [verb, setVerb] = useState('');
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(STEP);
  const found = useMemo(() => {
    const words = search.trim().toLowerCase();
    return plan.changes.filter(
      (change) => (verb === '' || change.verb === verb) && (words === '' || textOf(change).includes(words)),
    );
  }, [plan.changes, verb, search]);
  const pick = (next: string) => {
    setVerb(next);
    setShown(STEP);
  };
  return (
    <section className="plan-many" aria-label="Changes">
      <div className="row">
        <div className="row plan-verbs" role="group" aria-label="Which changes">
          <Pick on={verb === ''} label="all" count={total} onPick={() => pick('')} />
          {plan.counts.map((one) => (
            <Pick
              key={one.verb}
              on={verb === one.verb}
              label={one.verb}
              count={one.count}
              onPick={() => pick(one.verb)}
            />
          ))}
        </div>
        <span className="grow" />
        <SearchBox
          label="Search the changes"
          value={search}
          onChange={(next) => {
            setSearch(next);
            setShown(STEP);
          }}
        />
      </div>
      <ul className="plan-lines">
        {found.slice(0, shown).map((change, i) => (
          <li key={`${change.target} ${change.origin} ${i}`}>
            <ChangeLine change={change} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="small">No change of those listed matches.</p>}
      <div className="row small">
        <span role="status">
          {formatCount(Math.min(shown, found.length))} of {formatCount(found.length)} shown
          {plan.changes.length < total &&
            `; the first ${formatCount(plan.changes.length)} of ${formatCount(total)} changes are listed, and all are applied`}
          .
        </span>
        {shown < found.length && (
          <Button small onClick={() => setShown(shown + STEP * 4)}>
            Show {formatCount(Math.min(STEP * 4, found.length - shown))} more
          </Button>
        )}
      </div>
    </section>
  );
}

const textOf = (change: PlannedChange): string =>
  [change.target, change.origin, ...change.fields.flatMap(({ before, after }) => [before, after])]
    .join('\n')
    .toLowerCase();

interface PickProps {
  on: boolean;
  label: string;
  count: number;
  onPick: () => void;
}

function Pick({ on, label, count, onPick }: PickProps) {
  return (
    <button type="button" className={on ? 'plan-pick on' : 'plan-pick'} aria-pressed={on} onClick={onPick}>
      {escapeText(label)} <span className="num">{formatCount(count)}</span>
    </button>
  );
}

/** One line; its fields are drawn when it is opened. */
function ChangeLine({ change }: { change: PlannedChange }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={`plan-verb ${change.verb}`}>{escapeText(change.verb)}</span>
        <span className="plan-line-target">
          <Target change={change} />
        </span>
        {change.origin && <span className="small num">{proseText(change.origin)}</span>}
      </summary>
      {open && change.fields.length > 0 && <Fields fields={change.fields} />}
    </details>
  );
}

function OpenChange({ change }: { change: PlannedChange }) {
  return (
    <section className="plan-change">
      <h3>
        <span className={`plan-verb ${change.verb}`}>{escapeText(change.verb)}</span>{' '}
        {escapeText(change.kind)}
        {change.origin && <span className="small"> · {proseText(change.origin)}</span>}
      </h3>
      <div className="plan-target">
        <Target change={change} copy />
      </div>
      {change.fields.length > 0 && <Fields fields={change.fields} />}
    </section>
  );
}

function Target({ change, copy = false }: { change: PlannedChange; copy?: boolean }) {
  return change.target.startsWith('spiffe://') ? (
    <SpiffeIdText id={change.target} copy={copy} whole />
  ) : (
    <Mono>{change.target}</Mono>
  );
}

/** Of a thing that is made or deleted there is only one side to show. */
function Fields({ fields }: { fields: readonly FieldChange[] }) {
  const before = fields.some((field) => field.before);
  const after = fields.some((field) => field.after);
  return (
    <table className="plan-fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          {before && <th scope="col">Before</th>}
          {after && <th scope="col">After</th>}
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.field}>
            <th scope="row">{proseText(field.field)}</th>
            {before && (
              <td className="mono before">{field.before ? escapeText(field.before) : <i>not set</i>}</td>
            )}
            {after && (
              <td className="mono after">{field.after ? escapeText(field.after) : <i>not set</i>}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
