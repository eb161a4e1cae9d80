import type { Channel } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { Field, FormDialog, NameText, Select } from '../../components/index.ts';
import { useOwnerKeys } from './queries.ts';
import { RequestField, requestProblem, SIGNED, SIGNED_LABEL } from './RequestField.tsx';

interface Props {
  readonly channel: Channel;
  /** did:key, or that the request was signed elsewhere. */
  readonly value: string;
  readonly onChange: (key: string) => void;
  readonly request: string;
  readonly onRequest: (request: string) => void;
  readonly onNext: () => void;
  readonly onCancel: () => void;
}

/** Before deleting what somebody else owns: only an operator of the manager may. */
export function DeleteStep({ channel, value, onChange, request, onRequest, onNext, onCancel }: Props) {
  const list = useOwnerKeys();
  const keys = (list.data?.keys ?? []).filter(({ lockedReason }) => lockedReason === '');
  const chosen = value || (keys[0]?.did ?? (list.isPending ? '' : SIGNED));
  return (
    <FormDialog
      title="Delete the channel"
      next="Review the deletion"
      disabledReason={
        chosen === ''
          ? 'The keys that are here are being read.'
          : chosen === SIGNED
            ? requestProblem(request)
            : undefined
      }
      onNext={() => {
        onChange(chosen);
        onNext();
      }}
      onClose={onCancel}
    >
      <p className="groups-small">
        <NameText mono name={channel.name} /> is owned by a key that is not here:{' '}
        <NameText mono name={channel.owner} />. Its manager lets only that owner delete it, and the operators
        that its own configuration names.
      </p>
      <Field
        label="Signed with"
        hint={
          keys.length === 0 ? (
            <>
              There is no key here. <Link to="/owner-keys">Owner keys</Link> imports one.
            </>
          ) : (
            'The manager refuses any key that is neither the owner’s nor an operator’s.'
          )
        }
      >
        <Select
          value={chosen}
          onChange={onChange}
          options={[
            ...keys.map(({ did, alias }) => ({ value: did, label: alias })),
            { value: SIGNED, label: SIGNED_LABEL },
          ]}
        />
      </Field>
      {chosen === SIGNED && <RequestField verb="delete" value={request} onChange={onRequest} />}
    </FormDialog>
  );
}
