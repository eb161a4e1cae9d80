import { useState } from 'react';
import { Field, FormDialog, PlanReview, Select, TextInput } from '../../components/index.ts';
import type { Manager } from './managers.ts';
import { nameProblem } from './names.ts';

const WAIT_SECONDS = 120;
const MOST_SECONDS = 600;

export interface TakePartDialogProps {
  readonly managers: readonly Manager[];
  /** Given where the channel is known. */
  readonly channel?: string;
  readonly onClose: (joined?: { connection: string; name: string }) => void;
}

/** Taking part in a channel that somebody else moderates: which, from where, and for how long an invitation is awaited. */
export function TakePartDialog({ managers, channel, onClose }: TakePartDialogProps) {
  const nodes = managers.filter(({ kind }) => kind === 'slim-node');
  const [connection, setConnection] = useState(nodes.find(({ problem }) => !problem)?.name ?? '');
  const [name, setName] = useState(channel ?? '');
  const [wait, setWait] = useState(String(WAIT_SECONDS));
  const [touched, setTouched] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const node = nodes.find((one) => one.name === connection);
  const problem = nameProblem(name.trim(), 'channel');
  const seconds = Number(wait);
  const waitProblem =
    Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS
      ? undefined
      : `From 1 to ${MOST_SECONDS} seconds.`;
  if (reviewing) {
    const place = { connection, channel: name.trim() };
    return (
      <PlanReview
        action="session.open"
        input={{ ...place, wait_seconds: seconds }}
        onCancel={() => setReviewing(false)}
        onLeave={() => onClose()}
        onDone={() => onClose({ connection, name: place.channel })}
      />
    );
  }
  const submit = () => {
    setTouched(true);
    if (!problem && !waitProblem && node && !node.problem) setReviewing(true);
  };
  return (
    <FormDialog title="Take part in a channel" next="Review" onNext={submit} onClose={() => onClose()}>
      <p className="groups-small">
        Muster joins as a member: it can read and send, and whoever moderates the channel still decides who is
        in it.
      </p>
      {!channel && (
        <Field label="Channel" hint="organization/namespace/name" error={touched ? problem : undefined}>
          <TextInput value={name} onChange={setName} placeholder="acme/ops/incident-7" mono />
        </Field>
      )}
      <Field label="From" hint="The node that Muster is connected to there." error={node?.problem}>
        <Select
          value={connection}
          onChange={setConnection}
          options={nodes.map((one) => ({
            value: one.name,
            label: one.problem ? `${one.name} (cannot: ${one.problem})` : one.name,
          }))}
        />
      </Field>
      <Field
        label="Wait for an invitation, seconds"
        hint="Only where no channel manager connected here can invite us itself."
        error={touched ? waitProblem : undefined}
      >
        <TextInput value={wait} onChange={setWait} mono />
      </Field>
    </FormDialog>
  );
}
