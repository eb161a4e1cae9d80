import type { Check } from '@muster/domain';
import { useState } from 'react';
import { Chip } from '../../components/index.ts';
import {
  countChecks,
  filterChecks,
  isIssuerSide,
  type SheetFilter,
  sortChecks,
  verdictWords,
} from './sheet.ts';

const filters: readonly { readonly id: SheetFilter; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'broken', label: 'Broken' },
  { id: 'warnings', label: 'Warnings' },
  { id: 'holds', label: 'Hold' },
  { id: 'not-checked', label: 'Not checked' },
];

/** Every requirement with its verdict, its evidence and the clause it is from; what is broken first. */
export function RuleSheet({ checks }: { readonly checks: readonly Check[] }) {
  const [filter, setFilter] = useState<SheetFilter>('all');
  const counts = countChecks(checks);
  const shown = sortChecks(filterChecks(checks, filter));
  return (
    <>
      <div className="inspect-filters" role="group" aria-label="Show requirements">
        {filters.map(({ id, label }) => (
          <button key={id} type="button" aria-pressed={filter === id} onClick={() => setFilter(id)}>
            {label} <span className="num">{counts[id]}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <p className="inspect-none small">No requirement is in this state.</p>
      ) : (
        <table className="inspect-sheet">
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Requirement</th>
              <th scope="col">Evidence</th>
              <th scope="col">Clause</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((check) => (
              <CheckRow key={check.id} check={check} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const levels: Readonly<Record<Check['level'], string>> = {
  MUST: 'Breaking it makes the document not valid.',
  SHOULD: 'Recommended: breaking it is a warning.',
  DECL: 'A declaration of the specification, without the word MUST.',
  POLICY: 'Not in a specification: good practice.',
  MAY: 'A choice that the specification leaves open.',
};

function CheckRow({ check }: { readonly check: Check }) {
  const { label, tone, reason } = verdictWords[check.verdict];
  const lenient = check.verdict === 'fail' && isIssuerSide(check);
  return (
    <tr data-verdict={check.verdict}>
      <td>
        <Chip
          tone={tone}
          reason={lenient ? `${reason} It binds who issues; a verifier may accept the document.` : reason}
        >
          {label}
        </Chip>
      </td>
      <td className="inspect-requirement">
        {withCode(check.text)}
        {lenient && <span className="inspect-lenient">not conformant, but a verifier may accept</span>}
      </td>
      <td className="inspect-evidence">{check.evidence}</td>
      <td className="inspect-clause small">
        <div>
          <span className="mono">{check.id}</span> · <abbr title={levels[check.level]}>{check.level}</abbr>
        </div>
        <div>
          {check.spec === '-' ? '' : check.spec} {check.section}
        </div>
      </td>
    </tr>
  );
}

/** `code` of the clauses' texts, as code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
