import type { Plan } from '@muster/api';
import { CommandBox } from '../CommandBox.tsx';
import { ChangeList } from './ChangeList.tsx';
import { proseText } from '../text.ts';
import { WarningNote } from './WarningNote.tsx';

const SHOWN = 50;

/** Warnings first, then each thing field by field, who is affected, and the command that does the same. */
export function PlanView({ plan }: { plan: Plan }) {
  const warnings = plan.warnings.toSorted((a, b) => b.severity - a.severity);
  return (
    <div className="plan stack">
      {warnings.length > 0 && (
        <ul className="stack plan-warnings" aria-label="Warnings">
          {warnings.map((warning) => (
            <WarningNote as="li" key={warning.code + warning.text} warning={warning} />
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
