import type { Channel } from '@muster/api';
import { type FormEvent, useState } from 'react';
import { Button, Field, TextInput, NameText } from '../../components/index.ts';
import { nameProblem } from './names.ts';

export interface InviteFormProps {
  readonly channel: Channel;
  /** Names reachable here that are not members yet. */
  readonly candidates: readonly string[];
  readonly initial?: string | undefined;
  readonly onChoose: (member: string) => void;
  readonly onCancel: () => void;
}

/** Whom to invite: one of the names seen here, or any other by its whole name. */
export function InviteForm({ channel, candidates, initial, onChoose, onCancel }: InviteFormProps) {
  const [name, setName] = useState(initial ?? '');
  const [touched, setTouched] = useState(false);
  const problem = nameProblem(name.trim(), 'member');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!problem) onChoose(name.trim());
  };
  return (
    <form className="groups-form" onSubmit={submit}>
      <p className="groups-small">
        Into <NameText mono name={channel.name} />. You review the change before it is made.
      </p>
      {candidates.length > 0 && (
        <fieldset className="groups-candidates">
          <legend>Connected here, not a member yet</legend>
          {candidates.map((candidate) => (
            <label key={candidate}>
              <input
                type="radio"
                name="candidate"
                checked={name === candidate}
                onChange={() => setName(candidate)}
              />
              <NameText mono name={candidate} />
            </label>
          ))}
        </fieldset>
      )}
      {candidates.length === 0 && (
        <p className="groups-small">
          No other application is known to be connected here. One can still be invited by its name.
        </p>
      )}
      <Field
        label={candidates.length > 0 ? 'Or another, by name' : 'Name'}
        hint="organization/namespace/app; it must be connected to a node of this network"
        error={touched ? problem : undefined}
      >
        <TextInput value={name} onChange={setName} placeholder="acme/ops/bob" mono />
      </Field>
      <div className="groups-form-foot">
        <Button
          variant="primary"
          type="submit"
          disabledReason={name === '' ? 'Choose or type a name first.' : undefined}
        >
          Review the invitation
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
