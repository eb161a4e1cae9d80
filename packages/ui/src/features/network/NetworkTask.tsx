import type { JsonObject } from '@bufbuild/protobuf';
import type { Segment } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Button, Dialog, Field, PlanReview, Select, TextInput } from '../../components/index.ts';
import { useAllNodes, useDomains, useSegments } from './queries.ts';

/** A change of the topology, before and while its plan is reviewed. */
export type Task =
  | { task: 'segment-add' }
  | { task: 'segment-remove'; connection: string; name: string }
  | { task: 'link-add'; connection?: string; segment?: string; domainA?: string }
  | { task: 'link-remove'; connection: string; segment: string; domainA: string; domainB: string };

interface Props {
  task: Task;
  /** Control planes whose topology can be changed. */
  open: readonly string[];
  onClose: () => void;
  onDone: (task: Task) => void;
}

/** As the actions take them. */
const NAME = /^[A-Za-z0-9._-]{1,253}$/u;
const ODD = 'Letters, digits, dots, underscores and hyphens only.';

interface Review {
  action: string;
  input: JsonObject;
}

/** What is needed, then its plan, in one place over the work. */
export function NetworkTask({ task, open, onClose, onDone }: Props) {
  const fixed = fixedReview(task);
  const [review, setReview] = useState<Review | undefined>(fixed);
  const [name, setName] = useState('');
  const [connection, setConnection] = useState(
    ('connection' in task ? task.connection : undefined) ?? open[0] ?? '',
  );
  const [ends, setEnds] = useState<Ends>({
    segment: task.task === 'link-add' ? (task.segment ?? '') : '',
    a: task.task === 'link-add' ? (task.domainA ?? '') : '',
    b: '',
  });
  if (review)
    return (
      <PlanReview
        {...review}
        onDone={() => onDone(task)}
        onCancel={fixed ? onClose : () => setReview(undefined)}
      />
    );
  const where = { open, connection, onConnection: setConnection, onClose };
  if (task.task === 'segment-add')
    return (
      <SegmentForm
        {...where}
        name={name}
        onName={setName}
        onReview={() => setReview({ action: 'segment.add', input: { connection, name: name.trim() } })}
      />
    );
  return (
    <LinkForm
      {...where}
      ends={ends}
      onEnds={setEnds}
      onReview={({ segment, a, b }) =>
        setReview({ action: 'link.add', input: { connection, segment, domain_a: a, domain_b: b } })
      }
    />
  );
}

function fixedReview(task: Task): Review | undefined {
  if (task.task === 'segment-remove')
    return { action: 'segment.remove', input: { connection: task.connection, name: task.name } };
  if (task.task !== 'link-remove') return undefined;
  const { connection, segment, domainA, domainB } = task;
  return { action: 'link.remove', input: { connection, segment, domain_a: domainA, domain_b: domainB } };
}

interface FormProps {
  open: readonly string[];
  connection: string;
  onConnection: (connection: string) => void;
  onClose: () => void;
}

function Frame({
  title,
  problem,
  onReview,
  onAsk,
  children,
  ...of
}: FormProps & {
  title: string;
  problem: string | undefined;
  onReview: () => void;
  onAsk: () => void;
  children: ReactNode;
}) {
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk();
    if (!problem) onReview();
  };
  return (
    <Dialog
      title={title}
      kicker={of.open.length === 1 ? `On ${escapeText(of.connection)}` : undefined}
      onClose={of.onClose}
      footer={
        <>
          <Button type="submit" form={form} variant="primary">
            Review
          </Button>
          <Button onClick={of.onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {of.open.length > 1 && (
          <Field label="Control plane">
            <Select
              value={of.connection}
              onChange={of.onConnection}
              options={of.open.map((value) => ({ value }))}
            />
          </Field>
        )}
        {children}
      </form>
    </Dialog>
  );
}

interface SegmentProps extends FormProps {
  name: string;
  onName: (name: string) => void;
  onReview: () => void;
}

function SegmentForm({ name, onName, ...of }: SegmentProps) {
  const [asked, setAsked] = useState(false);
  const taken = useSegments(of.connection).data?.segments.some((one) => one.name === name.trim());
  const problem = !name.trim()
    ? 'A segment needs a name.'
    : !NAME.test(name.trim())
      ? ODD
      : taken
        ? 'There is a segment of this name already.'
        : undefined;
  return (
    <Frame {...of} title="New segment" problem={problem} onAsk={() => setAsked(true)}>
      <Field
        label="Name"
        error={asked ? problem : undefined}
        hint="Whatever says what its domains have in common. Links between domains are added to it afterwards."
      >
        <TextInput value={name} onChange={onName} placeholder="operations" />
      </Field>
    </Frame>
  );
}

interface Ends {
  segment: string;
  a: string;
  b: string;
}

interface LinkProps extends FormProps {
  ends: Ends;
  onEnds: (ends: Ends) => void;
  onReview: (ends: Ends) => void;
}

function LinkForm({ ends, onEnds, onReview, ...of }: LinkProps) {
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
    <Frame
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
    </Frame>
  );
}

const nameProblem = (domain: string): string | undefined =>
  !domain ? 'Which domain?' : NAME.test(domain) ? undefined : ODD;

function endProblem({ a, b }: Ends, segment: Segment | undefined): string | undefined {
  const problem = nameProblem(b);
  if (problem) return problem;
  if (a === b) return 'A domain is not linked to itself.';
  const there = segment?.links.some(
    ({ domainA, domainB }) => (domainA === a && domainB === b) || (domainA === b && domainB === a),
  );
  return there ? 'This segment links the two already.' : undefined;
}
