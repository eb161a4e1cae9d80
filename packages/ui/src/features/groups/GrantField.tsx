import type { Channel } from '@muster/api';
import { type FormEvent, useState } from 'react';
import { Button, Field, NameText } from '../../components/index.ts';
import './owner-fields.css';

const MOST = 16 * 1024;

/** Its owner is somebody else, whom the manager asks, or who issued a grant. */
export const ownedElsewhere = ({ owner, ownedByUs }: Pick<Channel, 'owner' | 'ownedByUs'>): boolean =>
  owner !== '' && !ownedByUs;

interface FieldProps {
  readonly value: string;
  readonly onChange: (grant: string) => void;
}

/** The grant that an owner issued for one change: pasted, or from its file. */
export function GrantField({ value, onChange }: FieldProps) {
  const [unread, setUnread] = useState<string>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    setUnread(file.size > MOST ? 'The file is longer than a grant.' : undefined);
    if (file.size <= MOST) onChange(await file.text());
  };
  return (
    <Field
      label="Grant of its owner"
      optional
      error={unread}
      hint={
        <>
          The JSON that the owner issued for this change; paste it, or{' '}
          <label className="groups-file">
            choose its file
            <input
              type="file"
              className="vh"
              aria-label="Choose a grant file"
              accept=".json,application/json"
              onChange={(event) => void take(event.target.files?.[0])}
            />
          </label>
          . Without one, the manager asks the owner, if the owner left a name to ask at.
        </>
      }
    >
      <textarea
        className="input input-mono groups-grant"
        aria-label="Grant of its owner"
        rows={3}
        spellCheck={false}
        maxLength={MOST}
        placeholder='{"channel":…,"invitee":…,"signature":…}'
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

interface StepProps extends FieldProps {
  readonly channel: Channel;
  readonly member: string;
  readonly onNext: () => void;
  readonly onCancel: () => void;
}

/** Before a removal from a channel that somebody else owns. */
export function GrantStep({ channel, member, value, onChange, onNext, onCancel }: StepProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext();
  };
  return (
    <form className="groups-form" onSubmit={submit}>
      <p className="groups-small">
        <NameText mono name={member} /> is removed from <NameText mono name={channel.name} />, which somebody
        else owns.
      </p>
      <GrantField value={value} onChange={onChange} />
      <div className="groups-form-foot">
        <Button variant="primary" type="submit">
          Review the removal
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
