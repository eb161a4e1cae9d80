import { type Check, choiceOf } from '@muster/domain';
import { memo, type Ref, useRef } from 'react';
import { Button, Chip, FilterChip, SearchBox, useSlash } from '../../components/index.ts';
import { ClauseCell } from './ClauseCell.tsx';
import { countChecks, isIssuerSide, plural, type SheetFilter, verdictWords } from './sheet.ts';
import {
  groupsOf,
  inScope,
  optionsOf,
  type SheetGroup,
  type SheetView,
  specOf,
  wholeSheet,
} from './sheet-filter.ts';
import './RuleSheet.css';

const filters: readonly { readonly id: SheetFilter; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'broken', label: 'Broken' },
  { id: 'warnings', label: 'Warnings' },
  { id: 'holds', label: 'Hold' },
  { id: 'not-checked', label: 'Not checked' },
];

export interface RuleSheetProps {
  readonly checks: readonly Check[];
  readonly view: SheetView;
  readonly onView: (view: SheetView) => void;
}

/** Every requirement with its verdict, its evidence and the clause it is from; what is broken first. */
export function RuleSheet({ checks, view, onView }: RuleSheetProps) {
  const search = useRef<HTMLInputElement>(null);
  useSlash(search);
  if (checks.length === 0)
    return (
      <p className="inspect-none small">
        The document could not be taken apart, so no requirement was checked.
      </p>
    );
  const groups = groupsOf(checks, view);
  return (
    <>
      <Filters checks={checks} view={view} onView={onView} search={search} />
      {groups.length === 0 ? (
        <p className="inspect-none small">
          No requirement is like that.{' '}
          <Button small onClick={() => onView({ ...wholeSheet, grouped: view.grouped })}>
            Show all {checks.length}
          </Button>
        </p>
      ) : (
        <table className="inspect-sheet inspect-rules">
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Requirement</th>
              <th scope="col">Evidence</th>
              <th scope="col">Clause</th>
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.spec ?? ''}>
              <GroupHead group={group} />
              {group.checks.map((check) => (
                <CheckRow key={check.id} check={check} />
              ))}
            </tbody>
          ))}
        </table>
      )}
    </>
  );
}

function Filters({
  checks,
  view,
  onView,
  search,
}: RuleSheetProps & { readonly search: Ref<HTMLInputElement> }) {
  const counts = countChecks(inScope(checks, view));
  const set = (values: Partial<SheetView>) => onView({ ...view, ...values });
  return (
    <div className="inspect-filters">
      <div className="row" role="group" aria-label="Show requirements">
        {filters.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={view.verdict === id}
            onClick={() => set({ verdict: id })}
          >
            {label} <span className="num">{counts[id]}</span>
          </button>
        ))}
      </div>
      <span className="grow" />
      <SearchBox
        ref={search}
        label="Search requirements"
        value={view.search}
        onChange={(text) => set({ search: text })}
      />
      <div className="row inspect-filters-more">
        <FilterChip
          label="Level"
          value={view.level}
          options={optionsOf(checks, (check) => check.level)}
          onChange={(level) => set({ level })}
        />
        <FilterChip
          label="Specification"
          value={view.spec}
          options={optionsOf(checks, specOf)}
          onChange={(spec) => set({ spec })}
        />
        <button
          type="button"
          aria-pressed={view.disputed}
          title="Requirements that validators and readers of the specifications understand in different ways"
          onClick={() => set({ disputed: !view.disputed })}
        >
          Readers differ
        </button>
        <button type="button" aria-pressed={view.grouped} onClick={() => set({ grouped: !view.grouped })}>
          By specification
        </button>
      </div>
    </div>
  );
}

function GroupHead({ group: { spec, checks } }: { readonly group: SheetGroup }) {
  if (spec === undefined) return null;
  const counts = countChecks(checks);
  const words = [
    ...(counts.broken > 0 ? [`${counts.broken} broken`] : []),
    ...(counts.warnings > 0 ? [plural(counts.warnings, 'warning')] : []),
    ...(counts.holds > 0 ? [`${counts.holds} hold`] : []),
    ...(counts['not-checked'] > 0 ? [`${counts['not-checked']} not checked or not applicable`] : []),
  ];
  return (
    <tr className="inspect-group">
      <th scope="rowgroup" colSpan={4}>
        {spec} <span className="small num">{words.join(', ')}</span>
      </th>
    </tr>
  );
}

interface CheckRowProps {
  readonly check: Check;
}

/** A judgement is made anew every few seconds; most of its rows say what they said before. */
const CheckRow = memo(
  CheckLine,
  ({ check: one }: CheckRowProps, { check: two }: CheckRowProps) =>
    one.id === two.id && one.verdict === two.verdict && one.evidence === two.evidence,
);

function CheckLine({ check }: CheckRowProps) {
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
        <Choice check={check} />
      </td>
      <td className="inspect-evidence">{check.evidence}</td>
      <td className="inspect-clause small">
        <ClauseCell check={check} />
      </td>
    </tr>
  );
}

/** Where readers differ: said at once where it decides something, on request elsewhere. */
function Choice({ check }: { readonly check: Check }) {
  const choice = choiceOf(check.id);
  if (choice === undefined) return null;
  return (
    <details className="inspect-choice" open={check.verdict === 'fail' || check.verdict === 'warn'}>
      <summary>readers differ</summary>
      <p>{choice}</p>
    </details>
  );
}

/** `code` of the clauses' texts, as code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
