import { type ComparedField, compareLines, type Comparison } from '@muster/domain';
import { useEffect, useMemo, useState } from 'react';
import {
  Button,
  Checkbox,
  Chip,
  CopyButton,
  EmptyState,
  Field,
  Select,
  Skeleton,
} from '../../components/index.ts';
import { type CompareChoice, type CompareSides, compareSides, shownFields } from './comparing.ts';
import './ComparePanel.css';

export interface ComparePanelProps {
  readonly subject: CompareChoice;
  readonly choices: readonly CompareChoice[];
}

/** Two documents field by field, and what each difference means. The other one is taken for the earlier, until it is turned round. */
export function ComparePanel({ subject, choices }: ComparePanelProps) {
  const [chosen, setChosen] = useState<string>();
  const [turned, setTurned] = useState(false);
  const [all, setAll] = useState(false);
  const other = choices.find(({ key }) => key === chosen) ?? choices[0];
  const comparison = useComparison(subject, other, turned);
  if (!other) {
    return (
      <EmptyState title="Nothing to compare with">
        Give another document of the same kind: the one before and after a rotation, two copies of a bundle, a
        token that works and one that does not. What was judged before this one is offered here by itself.
      </EmptyState>
    );
  }
  const [left, right] = turned ? [subject, other] : [other, subject];
  return (
    <div className="inspect-compare">
      <div className="inspect-compare-head">
        <Field label="Compared with">
          <Select
            value={other.key}
            onChange={setChosen}
            options={choices.map(({ key, label }) => ({ value: key, label }))}
          />
        </Field>
        <Button onClick={() => setTurned(!turned)} title="Which of the two is the earlier">
          Swap
        </Button>
        <Checkbox label="Also what is the same" checked={all} onChange={setAll} />
        <span className="grow" />
        {comparison?.comparable && <Copies comparison={comparison} left={left} right={right} />}
      </div>
      {!comparison && <Skeleton rows={6} />}
      {comparison && !comparison.comparable && (
        <EmptyState title="These cannot be compared">{comparison.why}</EmptyState>
      )}
      {comparison?.comparable && (
        <>
          <p className="inspect-compare-summary" role="status">
            {comparison.summary}
          </p>
          <Differences comparison={comparison} all={all} left={left.label} right={right.label} />
        </>
      )}
    </div>
  );
}

function useComparison(
  subject: CompareChoice,
  other: CompareChoice | undefined,
  turned: boolean,
): Comparison | undefined {
  // The bytes decide: labels and objects around them are made anew with every judgement.
  const { kind, bytes } = subject;
  const { kind: otherKind, bytes: otherBytes } = other ?? {};
  const sides = useMemo<CompareSides | undefined>(() => {
    if (otherKind === undefined || otherBytes === undefined) return undefined;
    const [one, two] = [
      { kind: otherKind, bytes: otherBytes },
      { kind, bytes },
    ];
    return turned ? { left: two, right: one } : { left: one, right: two };
  }, [kind, bytes, otherKind, otherBytes, turned]);
  const [made, setMade] = useState<{ readonly of: CompareSides; readonly comparison: Comparison }>();
  useEffect(() => {
    let current = true;
    if (!sides) return;
    void compareSides(sides).then((comparison) => {
      if (current) setMade({ of: sides, comparison });
    });
    return () => {
      current = false;
    };
  }, [sides]);
  return made?.of === sides ? made?.comparison : undefined;
}

function Copies({
  comparison,
  left,
  right,
}: {
  readonly comparison: Comparison;
  readonly left: CompareChoice;
  readonly right: CompareChoice;
}) {
  const names = [`before: ${left.label}`, `after: ${right.label}`];
  return (
    <span className="row small">
      Copy as text
      <CopyButton
        text={[...names, '', ...compareLines(comparison)].join('\n')}
        label="Copy the comparison as text"
      />
      as JSON
      <CopyButton
        text={JSON.stringify({ left: left.label, right: right.label, ...comparison }, null, 2)}
        label="Copy the comparison as JSON"
      />
    </span>
  );
}

function Differences({
  comparison,
  all,
  left,
  right,
}: {
  readonly comparison: Extract<Comparison, { comparable: true }>;
  readonly all: boolean;
  readonly left: string;
  readonly right: string;
}) {
  const groups = shownFields(comparison.fields, all);
  if (groups.length === 0) return null;
  return (
    <table className="inspect-compare-table">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">
            Before <span className="small">{left}</span>
          </th>
          <th scope="col">
            After <span className="small">{right}</span>
          </th>
          <th scope="col">What it means</th>
        </tr>
      </thead>
      {groups.map(({ group, fields }) => (
        <tbody key={group}>
          <tr className="inspect-group">
            <th scope="rowgroup" colSpan={4}>
              {group}
            </th>
          </tr>
          {fields.slice(0, mostRows).map((field, index) => (
            <Row key={`${field.name} ${index}`} field={field} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

/** Of one group: more is in the copies as text and JSON. */
const mostRows = 200;

const states = {
  equal: { tone: 'unknown', label: 'same', reason: 'Both documents say the same.' },
  changed: { tone: 'info', label: 'changed', reason: 'Both have the field, with other values.' },
  added: { tone: 'info', label: 'added', reason: 'Only the later document has it.' },
  removed: { tone: 'info', label: 'removed', reason: 'Only the earlier document has it.' },
} as const;

function Row({ field }: { readonly field: ComparedField }) {
  const { tone, label, reason } = states[field.state];
  return (
    <tr data-state={field.state} data-tone={field.tone}>
      <th scope="row">
        {field.name}{' '}
        <Chip tone={tone} reason={reason}>
          {label}
        </Chip>
      </th>
      {field.state === 'equal' ? (
        <td colSpan={2} className="mono">
          {field.left}
        </td>
      ) : (
        <>
          <td className="mono">{field.left ?? <span className="small">not there</span>}</td>
          <td className="mono">{field.right ?? <span className="small">not there</span>}</td>
        </>
      )}
      <td className="inspect-compare-meaning">{field.meaning}</td>
    </tr>
  );
}
