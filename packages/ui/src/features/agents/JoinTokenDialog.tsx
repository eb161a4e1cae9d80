import { useState } from 'react';
import { Field, PlanReview, Select, TextInput } from '../../components/index.ts';
import { ServerDialog, type ServerDialogProps, useServer } from './ServerDialog.tsx';
import { TokenMade } from './TokenMade.tsx';

interface Props extends ServerDialogProps {
  onDone: () => void;
}

const TTLS = [
  { value: '600', label: '10 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '28800', label: '8 hours' },
  { value: '86400', label: '1 day' },
  { value: 'other', label: 'Other…' },
];

/** A token with which one new agent may attest, once. */
export function JoinTokenDialog({ servers, trustDomain, onClose, onDone }: Props) {
  const { server, setServer, problem } = useServer({ servers, trustDomain });
  const [choice, setChoice] = useState('600');
  const [seconds, setSeconds] = useState('600');
  const [alias, setAlias] = useState('');
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const domain = servers?.find(({ name }) => name === server)?.trustDomain ?? '';
  const ttl = choice === 'other' ? seconds.trim() : choice;
  const ttlProblem = /^[1-9]\d{0,9}$/.test(ttl)
    ? undefined
    : 'A whole number of seconds is needed, 1 or more.';
  if (reviewing)
    return (
      <PlanReview
        action="agent.joinToken"
        input={{
          connection: server,
          ttl: Number(ttl),
          ...(alias.trim() ? { spiffeId: alias.trim() } : {}),
        }}
        renderNext={(items) => <TokenMade items={items} trustDomain={domain} />}
        onDone={onDone}
        onCancel={() => setReviewing(false)}
      />
    );
  return (
    <ServerDialog
      title="New join token"
      kicker="One agent may attest with it, once."
      next="Review"
      servers={servers}
      server={server}
      problem={problem}
      onServer={setServer}
      onNext={() => {
        setTried(true);
        if (!ttlProblem && !problem) setReviewing(true);
      }}
      onClose={onClose}
    >
      <Field
        label="Valid for"
        error={tried ? ttlProblem : undefined}
        hint="It cannot be revoked: no longer than it takes to start the agent."
      >
        <span className="row agent-duration">
          <Select value={choice} onChange={setChoice} options={TTLS} aria-label="Valid for" />
          {choice === 'other' && (
            <>
              <TextInput inputMode="numeric" value={seconds} onChange={setSeconds} aria-label="Seconds" />
              <span className="small">seconds</span>
            </>
          )}
        </span>
      </Field>
      <Field
        label="SPIFFE ID for the agent"
        optional
        hint="An alias, so that entries can have a parent you can read. SPIRE makes an entry with this ID under the agent; the agent’s own ID has the token in it."
      >
        <TextInput
          mono
          value={alias}
          onChange={setAlias}
          placeholder={`spiffe://${domain || 'example.org'}/node/host-1`}
        />
      </Field>
    </ServerDialog>
  );
}
