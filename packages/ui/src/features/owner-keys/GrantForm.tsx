import { type OwnerKey } from '@muster/api';
import { parseSlimName } from '@muster/domain';
import { useState } from 'react';
import { Field, FormDialog, Select, TextInput } from '../../components/index.ts';
import { useGrantable } from './queries.ts';

export interface GrantDraft {
  connection: string;
  channel: string;
  member: string;
  action: 'add' | 'delete';
  seconds: number;
}

interface Props {
  /** Only channels that it owns are offered; undefined: those of every key here. */
  ownerKey: OwnerKey | undefined;
  /** connection/org/namespace/name */
  channel: string | undefined;
  initial: GrantDraft | undefined;
  onClose: () => void;
  onReview: (draft: GrantDraft) => void;
}

const HOUR = 3600;
const SPANS = [
  { value: String(HOUR), label: '1 hour' },
  { value: String(24 * HOUR), label: '1 day' },
  { value: String(7 * 24 * HOUR), label: '1 week' },
  { value: String(90 * 24 * HOUR), label: '90 days' },
  { value: String(365 * 24 * HOUR), label: '1 year' },
];

export const grantInput = ({ connection, channel, member, action, seconds }: GrantDraft) => ({
  connection,
  channel,
  member,
  action,
  valid_seconds: seconds,
});

/** Whom to let in or out of which channel, and for how long it may be used. */
export function GrantForm({ ownerKey, channel, initial, onClose, onReview }: Props) {
  const { channels, pending } = useGrantable();
  const ours = channels.filter(({ owner }) => ownerKey === undefined || owner === ownerKey.did);
  const keyOf = (one: { connection: string; name: string }) => `${one.connection}/${one.name}`;
  const [chosen, setChosen] = useState(
    initial ? `${initial.connection}/${initial.channel}` : (channel ?? ''),
  );
  const [member, setMember] = useState(initial?.member ?? '');
  const [action, setAction] = useState<'add' | 'delete'>(initial?.action ?? 'add');
  const [seconds, setSeconds] = useState(String(initial?.seconds ?? HOUR));
  const [tried, setTried] = useState(false);
  const picked = ours.find((one) => keyOf(one) === chosen) ?? (chosen === '' ? ours[0] : undefined);
  const name = parseSlimName(member.trim());
  const problems = {
    channel: picked
      ? undefined
      : pending
        ? 'The channels are still being read.'
        : chosen === ''
          ? 'The keys here own no channel that can be read now.'
          : `${chosen} is not owned by a key of this gateway.`,
    member: !member.trim()
      ? 'Whom is it for?'
      : !name.ok
        ? name.problem.message
        : name.value.instance === undefined
          ? undefined
          : 'Without an instance: organization/namespace/app.',
  };
  return (
    <FormDialog
      title="Issue a grant"
      kicker="Somebody else may then make one change of one channel, once"
      next="Review"
      onNext={() => {
        setTried(true);
        if (picked && !problems.member)
          onReview({
            connection: picked.connection,
            channel: picked.name,
            member: member.trim(),
            action,
            seconds: Number(seconds),
          });
      }}
      onClose={onClose}
    >
      <Field label="Channel" error={tried ? problems.channel : undefined}>
        <Select
          value={picked ? keyOf(picked) : ''}
          onChange={setChosen}
          options={
            ours.length === 0
              ? [{ value: '', label: 'none is owned by a key here' }]
              : ours.map((one) => ({ value: keyOf(one), label: `${one.name} on ${one.connection}` }))
          }
        />
      </Field>
      <Field label="Allows">
        <Select
          value={action}
          onChange={(next) => setAction(next === 'delete' ? 'delete' : 'add')}
          options={[
            { value: 'add', label: 'to invite a member' },
            { value: 'delete', label: 'to remove a member' },
          ]}
        />
      </Field>
      <Field
        label="Member"
        error={tried ? problems.member : undefined}
        hint="organization/namespace/app, exactly as it will be asked for"
      >
        <TextInput mono value={member} onChange={setMember} placeholder="acme/ops/bob" />
      </Field>
      <Field label="Good for" hint="It cannot be taken back before that, except by using it.">
        <Select value={seconds} onChange={setSeconds} options={SPANS} />
      </Field>
    </FormDialog>
  );
}
