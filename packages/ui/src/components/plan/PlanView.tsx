import { type Plan, Severity } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { CommandBox } from '../CommandBox.tsx';
import { ChangeList } from './ChangeList.tsx';
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
              <Help link={warning.link} />
            </li>
          ))}
        </ul>
      )}
      <ChangeList plan={plan} />
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

/** A link of the gateway as a page of ours; nothing for anything else, so no data becomes an address (S-11). */
function Help({ link }: { link: string }) {
  const cut = link.indexOf('?');
  if (cut < 0 || link.slice(0, cut) !== '/generate') return null;
  const params = new URLSearchParams(link.slice(cut));
  const search = {
    connection: params.get('connection') ?? '',
    entry: params.get('entry') ?? '',
    kind: params.get('kind') ?? '',
  };
  return (
    <>
      {' '}
      <Link to="/generate" search={search}>
        Generate it
      </Link>
    </>
  );
}

const SEVERITY: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: 'Note.',
  [Severity.INFO]: 'Note.',
  [Severity.WARNING]: 'Look.',
  [Severity.DANGER]: 'Danger.',
};
