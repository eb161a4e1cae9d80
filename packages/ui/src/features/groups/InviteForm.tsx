import type { Channel } from '@muster/api';
import { useState } from 'react';
import { Field, FormDialog, NameText, TagInput } from '../../components/index.ts';
import { GrantField, ownedElsewhere } from './GrantField.tsx';
import { nameProblem } from './names.ts';

/** What one plan invites at most. */
const MOST = 200;
const SHOWN = 100;

export interface InviteFormProps {
  readonly channel: Channel;
  /** Names reachable here that are not members yet. */
  readonly candidates: readonly string[];
  readonly initial?: readonly string[] | undefined;
  readonly onChoose: (members: readonly string[], grant: string) => void;
  readonly onCancel: () => void;
}

/** Whom to invite: names seen here, or any others by their whole name. */
export function InviteForm({ channel, candidates, initial, onChoose, onCancel }: InviteFormProps) {
  const [names, setNames] = useState<readonly string[]>(initial ?? []);
  const [grant, setGrant] = useState('');
  const [touched, setTouched] = useState(false);
  const problem =
    names.length > MOST
      ? `At most ${MOST} at once.`
      : touched && names.length === 0
        ? 'Choose or type a name first.'
        : undefined;
  const submit = () => {
    setTouched(true);
    // A grant is for one member.
    if (names.length > 0 && !problem) onChoose(names, names.length === 1 ? grant.trim() : '');
  };
  const toggle = (name: string) =>
    setNames(names.includes(name) ? names.filter((one) => one !== name) : [...names, name]);
  return (
    <FormDialog
      title="Invite members"
      next={names.length > 1 ? `Review ${names.length} invitations` : 'Review the invitation'}
      onNext={submit}
      onClose={onCancel}
    >
      <p className="groups-small">
        Into <NameText mono name={channel.name} />. You review the change before it is made.
      </p>
      {candidates.length > 0 && (
        <fieldset className="groups-candidates">
          <legend>Connected here, not a member yet</legend>
          {candidates.slice(0, SHOWN).map((candidate) => (
            <label key={candidate}>
              <input type="checkbox" checked={names.includes(candidate)} onChange={() => toggle(candidate)} />
              <NameText mono name={candidate} />
            </label>
          ))}
          {candidates.length > SHOWN && (
            <span className="groups-small">and {candidates.length - SHOWN} more; type their names.</span>
          )}
        </fieldset>
      )}
      {candidates.length === 0 && (
        <p className="groups-small">
          No other application is known to be connected here. One can still be invited by its name.
        </p>
      )}
      <Field
        label={candidates.length > 0 ? 'Or others, by name' : 'Names'}
        hint="organization/namespace/app, Enter after each; they must be connected to a node of this network"
        error={problem}
      >
        <TagInput
          values={names}
          onChange={setNames}
          placeholder="acme/ops/bob"
          validate={(name) => nameProblem(name, 'member')}
        />
      </Field>
      {ownedElsewhere(channel) && names.length < 2 && <GrantField value={grant} onChange={setGrant} />}
    </FormDialog>
  );
}
