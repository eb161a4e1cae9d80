import type { Approval } from '@muster/api';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Field, FormDialog, PlanReview, proseText, Select, TextInput } from '../../components/index.ts';
import { Countdown } from './Countdown.tsx';
import { useSigners } from './queries.ts';
import { toOrFrom, verbOf } from './words.ts';

/** A request that is being decided. */
export interface Deciding {
  approval: Approval;
  ahead: number;
  approve: boolean;
}

interface Props extends Deciding {
  onClose: () => void;
}

const MOST_REASON = 300;

/** What the answer needs besides itself, then its plan. There is little time: an approval asks for nothing it can do without. */
export function DecideDialog({ approval, ahead, approve, onClose }: Props) {
  const needsKey = approve && !approval.owner;
  const [extra, setExtra] = useState<{ reason?: string; owner?: string } | undefined>(
    approve && !needsKey ? {} : undefined,
  );
  if (extra)
    return (
      <PlanReview
        action="approval.decide"
        input={{ id: approval.id, approve, ...extra }}
        onDone={onClose}
        onCancel={onClose}
      />
    );
  const title = `${approve ? 'Approve' : 'Deny'}: ${verbOf(approval).toLowerCase()} ${proseText(approval.invitee)} ${toOrFrom(approval)} ${proseText(approval.channel)}`;
  const of = { title, approval, ahead, onClose };
  return needsKey ? (
    <KeyForm {...of} onReview={(owner) => setExtra({ owner })} />
  ) : (
    <ReasonForm {...of} onReview={(reason) => setExtra(reason ? { reason } : {})} />
  );
}

interface FormProps {
  title: string;
  approval: Approval;
  ahead: number;
  onClose: () => void;
}

function ReasonForm({ onReview, ...of }: FormProps & { onReview: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // After the dialog has given the focus to its title: there is little time.
    const timer = setTimeout(() => input.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  const long = reason.trim().length > MOST_REASON;
  return (
    <Frame {...of} onReview={() => !long && onReview(reason.trim())}>
      <Field
        label="Reason"
        optional
        error={long ? `At most ${MOST_REASON} characters.` : undefined}
        hint="Whoever asked the channel manager is told it. Left empty: “The owner declined.”"
      >
        <TextInput ref={input} value={reason} onChange={setReason} />
      </Field>
    </Frame>
  );
}

function KeyForm({ onReview, ...of }: FormProps & { onReview: (owner: string) => void }) {
  const signers = useSigners(true);
  const [chosen, setChosen] = useState('');
  const owner = chosen || (signers?.[0]?.did ?? '');
  return (
    <Frame {...of} onReview={() => owner && onReview(owner)}>
      <Field
        label="Sign with"
        hint="No channel manager connected here tells whose channel it is. With another key than its owner’s the grant is refused."
      >
        <Select
          value={owner}
          onChange={setChosen}
          options={(signers ?? []).map(({ did, alias }) => ({ value: did, label: alias || did }))}
        />
      </Field>
    </Frame>
  );
}

function Frame({
  title,
  approval,
  ahead,
  onClose,
  onReview,
  children,
}: FormProps & { onReview: () => void; children: ReactNode }) {
  return (
    <FormDialog
      title={title}
      kicker={<Countdown approval={approval} ahead={ahead} />}
      next="Review"
      onNext={onReview}
      onClose={onClose}
    >
      {children}
    </FormDialog>
  );
}
