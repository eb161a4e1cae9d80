import type { Segment } from '@muster/api';
import { useId, useState } from 'react';
import { Field, Select, TextInput } from '../../components/index.ts';
import { useAllNodes, useDomains, useSegments } from './queries.ts';
import { type FormProps, isTopologyName, ODD, TaskFrame } from './TaskFrame.tsx';

interface SegmentProps extends FormProps {
  name: string;
  onName: (name: string) => void;
  onReview: () => void;
}

export function SegmentForm({ name, onName, ...of }: SegmentProps) {
  const [asked, setAsked] = useState(false);
  const taken = useSegments(of.connection).data?.segments.some((one) => one.name === name.trim());
  const problem = !name.trim()
    ? 'A segment needs a name.'
    : !isTopologyName(name.trim())
      ? ODD
      : taken
        ? 'There is a segment of this name already.'
        : undefined;
  return (
    <TaskFrame {...of} title="New segment" problem={problem} onAsk={() => setAsked(true)}>
      <Field
        label="Name"
        error={asked ? problem : undefined}
        hint="Whatever says what its domains have in common. Links between domains are added to it afterwards."
      >
        <TextInput value={name} onChange={onName} placeholder="operations" />
      </Field>
    </TaskFrame>
  );
}

export interface Ends {
  segment: string;
  a: string;
  b: string;
}

interface LinkProps extends FormProps {
  ends: Ends;
  onEnds: (ends: Ends) => void;
  onReview: (ends: Ends) => void;
}

export function LinkForm({ ends, onEnds, onReview, ...of }: LinkProps) {
  const [asked, setAsked] = useState(false);
  const list = useId();
  const segments = useSegments(of.connection).data?.segments ?? [];
  const nodes = useAllNodes(of.connection).data?.nodes ?? [];
  const known = useDomains(of.connection).data?.domains ?? [];
  const domains = [...new Set([...known.map(({ name }) => name), ...nodes.map(({ domain }) => domain)])]
    .filter(Boolean)
    .toSorted();
  const whole = {
    segment: ends.segment || (segments[0]?.name ?? ''),
    a: ends.a.trim(),
    b: ends.b.trim(),
  };
  const segment = segments.find(({ name }) => name === whole.segment);
  const [a, b] = [nameProblem(whole.a), endProblem(whole, segment)];
  const noSegment = segments.length === 0 ? 'There is no segment yet: add one first.' : undefined;
  return (
    <TaskFrame
      {...of}
      title="Link two domains"
      problem={noSegment ?? a ?? b}
      onAsk={() => setAsked(true)}
      onReview={() => onReview(whole)}
    >
      <datalist id={list}>
        {domains.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label="Segment" error={asked ? noSegment : undefined}>
        <Select
          value={whole.segment}
          onChange={(next) => onEnds({ ...ends, segment: next })}
          options={segments.map(({ name }) => ({ value: name }))}
        />
      </Field>
      <Field label="One domain" error={asked ? a : undefined}>
        <TextInput list={list} value={ends.a} onChange={(next) => onEnds({ ...ends, a: next })} />
      </Field>
      <Field
        label="The other domain"
        error={asked ? b : undefined}
        hint="One that has no node yet may be named: the link is made when it has."
      >
        <TextInput list={list} value={ends.b} onChange={(next) => onEnds({ ...ends, b: next })} />
      </Field>
    </TaskFrame>
  );
}

const nameProblem = (domain: string): string | undefined =>
  !domain ? 'Which domain?' : isTopologyName(domain) ? undefined : ODD;

function endProblem({ a, b }: Ends, segment: Segment | undefined): string | undefined {
  const problem = nameProblem(b);
  if (problem) return problem;
  if (a === b) return 'A domain is not linked to itself.';
  const there = segment?.links.some(
    ({ domainA, domainB }) => (domainA === a && domainB === b) || (domainA === b && domainB === a),
  );
  return there ? 'This segment links the two already.' : undefined;
}
