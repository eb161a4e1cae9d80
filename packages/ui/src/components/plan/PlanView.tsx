import { Mono } from '../Mono.tsx';
import { type FieldChange, type Plan, type PlannedChange, Severity } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { CommandBox } from '../CommandBox.tsx';
import { SpiffeIdText } from '../SpiffeIdText.tsx';
import { proseText } from '../text.ts';

const SHOWN = 50;

/** Warnings first, then each thing field by field, who is affected, and the command that does the same. */
export function PlanView({ plan }: { plan: Plan }) {
  const warnings = plan.warnings.toSorted((a, b) => b.severity - a.severity);
  return (
    <div className="plan stack">
      {warnings.length > 0 && (
        <ul className="stack plan-warnings" aria-label="Warnings">
          {warnings.map((warning) => (
            <li
              key={warning.code + warning.text}
              className={warning.severity === Severity.DANGER ? 'plan-warning danger' : 'plan-warning'}
            >
              <b>{SEVERITY[warning.severity]}</b> {proseText(warning.text)}
            </li>
          ))}
        </ul>
      )}
      {plan.changes.length === 0 && <p>Nothing would change.</p>}
      {plan.changes.slice(0, SHOWN).map((change, i) => (
        <Change key={`${change.target} ${i}`} change={change} />
      ))}
      {plan.changes.length > SHOWN && (
        <p className="small">and {plan.changes.length - SHOWN} more of the same kind.</p>
      )}
      {plan.effects.length > 0 && (
        <section>
          <h3>Who is affected</h3>
          <ul className="plan-effects">
            {plan.effects.map((effect) => (
              <li key={effect}>{proseText(effect)}</li>
            ))}
          </ul>
        </section>
      )}
      {plan.commands.length > 0 && (
        <section>
          <h3>The same on the command line</h3>
          <div className="stack plan-commands">
            {plan.commands.slice(0, SHOWN).map((command) => (
              <CommandBox key={command.line + command.note} command={command} />
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

const SEVERITY: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: 'Note.',
  [Severity.INFO]: 'Note.',
  [Severity.WARNING]: 'Look.',
  [Severity.DANGER]: 'Danger.',
};

function Change({ change }: { change: PlannedChange }) {
  return (
    <section className="plan-change">
      <h3>
        <span className={`plan-verb ${change.verb}`}>{escapeText(change.verb)}</span>{' '}
        {escapeText(change.kind)}
      </h3>
      <div className="plan-target">
        {change.target.startsWith('spiffe://') ? (
          <SpiffeIdText id={change.target} copy whole />
        ) : (
          <Mono>{change.target}</Mono>
        )}
      </div>
      {change.fields.length > 0 && <Fields fields={change.fields} />}
    </section>
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
