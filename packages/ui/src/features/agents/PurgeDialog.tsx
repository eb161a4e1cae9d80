import { useState } from 'react';
import { Checkbox, Field, PlanReview, Select, TextInput } from '../../components/index.ts';
import { ServerDialog, type ServerDialogProps, useServer } from './ServerDialog.tsx';

const UNITS = [
  { value: '86400', label: 'days' },
  { value: '3600', label: 'hours' },
  { value: '60', label: 'minutes' },
];

/** Chooses what counts as gone for good; the plan then lists every agent it hits. */
export function PurgeDialog({ servers, trustDomain, onClose }: ServerDialogProps) {
  const { server, setServer, problem } = useServer({ servers, trustDomain });
  const [number, setNumber] = useState('30');
  const [unit, setUnit] = useState('86400');
  const [fixed, setFixed] = useState(false);
  const [banned, setBanned] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const [tried, setTried] = useState(false);
  const seconds = /^\d{1,6}$/.test(number.trim()) ? Number(number.trim()) * Number(unit) : undefined;
  if (reviewing && seconds !== undefined)
    return (
      <PlanReview
        action="agent.purge"
        input={{
          connection: server,
          expiredFor: seconds,
          includeNotReattestable: fixed,
          includeBanned: banned,
        }}
        onDone={onClose}
        onCancel={() => setReviewing(false)}
      />
    );
  return (
    <ServerDialog
      title="Purge expired agents"
      kicker="Nothing is deleted before you have seen the list."
      next="See what it hits"
      servers={servers}
      server={server}
      problem={problem}
      onServer={setServer}
      onNext={() => {
        setTried(true);
        if (seconds !== undefined && !problem) setReviewing(true);
      }}
      onClose={onClose}
    >
      <Field
        label="Expired for at least"
        error={tried && seconds === undefined ? 'A whole number is needed, 0 or more.' : undefined}
        hint="Counted from the end of the agent’s SVID. spire-server agent purge takes 30 days unless told otherwise."
      >
        <span className="row agent-duration">
          <TextInput
            inputMode="numeric"
            value={number}
            onChange={setNumber}
            aria-label="Expired for at least"
          />
          <Select value={unit} onChange={setUnit} options={UNITS} aria-label="Unit" />
        </span>
      </Field>
      <Checkbox
        checked={fixed}
        onChange={setFixed}
        label="Also agents that cannot attest again by themselves"
        hint="Joined by token, or trusted on first use. spire-server agent purge leaves these."
      />
      <Checkbox
        checked={banned}
        onChange={setBanned}
        label="Also banned agents"
        hint="Deleting the row of a banned agent lifts the ban: it may attest again."
      />
    </ServerDialog>
  );
}
