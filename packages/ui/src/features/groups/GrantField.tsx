import type { Channel } from '@muster/api';
import { FormDialog, NameText } from '../../components/index.ts';
import { SignedField } from './SignedField.tsx';

/** Its owner is somebody else, whom the manager asks, or who issued a grant. */
export const ownedElsewhere = ({ owner, ownedByUs }: Pick<Channel, 'owner' | 'ownedByUs'>): boolean =>
  owner !== '' && !ownedByUs;

interface FieldProps {
  readonly value: string;
  readonly onChange: (grant: string) => void;
}

/** The grant that an owner issued for one change: pasted, or from its file. */
export function GrantField({ value, onChange }: FieldProps) {
  return (
    <SignedField
      label="Grant of its owner"
      optional
      what="grant"
      before="The JSON that the owner issued for this change"
      after=" Without one, the manager asks the owner, if the owner left a name to ask at."
      placeholder='{"channel":…,"invitee":…,"signature":…}'
      value={value}
      onChange={onChange}
    />
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
  return (
    <FormDialog title="Remove a member" next="Review the removal" onNext={onNext} onClose={onCancel}>
      <p className="groups-small">
        <NameText mono name={member} /> is removed from <NameText mono name={channel.name} />, which somebody
        else owns.
      </p>
      <GrantField value={value} onChange={onChange} />
    </FormDialog>
  );
}
