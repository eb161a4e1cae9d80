import { type FormEvent, useState } from 'react';
import {
  Button,
  Checkbox,
  Dialog,
  Field,
  PlanReview,
  Select,
  serverProblem,
  type SpireServer,
  TextInput,
} from '../../components/index.ts';
import { ServerField, startServer } from './ServerField.tsx';

interface Props {
  servers: readonly SpireServer[] | undefined;
  /** Trust domain in scope. */
  trustDomain: string | undefined;
  onClose: () => void;
}

const UNITS = [
  { value: '86400', label: 'days' },
  { value: '3600', label: 'hours' },
  { value: '60', label: 'minutes' },
];

/** Chooses what counts as gone for good; the plan then lists every agent it hits. */
export function PurgeDialog({ servers, trustDomain, onClose }: Props) {
  const [server, setServer] = useState(() => startServer(servers, trustDomain));
  const [number, setNumber] = useState('30');
  const [unit, setUnit] = useState('86400');
  const [fixed, setFixed] = useState(false);
  const [banned, setBanned] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const [tried, setTried] = useState(false);
  const seconds = /^\d{1,6}$/.test(number.trim()) ? Number(number.trim()) * Number(unit) : undefined;
  const problem = server ? serverProblem(servers, server) : 'Choose a server.';
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (seconds !== undefined && !problem) setReviewing(true);
  };
  return (
    <Dialog
      title="Purge expired agents"
      kicker="Nothing is deleted before you have seen the list."
      onClose={onClose}
      footer={
        <>
          <Button variant="primary" type="submit" form="purge" disabledReason={problem}>
            See what it hits
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id="purge" className="stack" onSubmit={submit}>
        <ServerField servers={servers} value={server} onChange={setServer} />
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
      </form>
    </Dialog>
  );
}
