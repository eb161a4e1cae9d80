import type { Channel } from '@muster/api';
import { Link } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { Button, Field, NameText, Select } from '../../components/index.ts';
import { useOwnerKeys } from './queries.ts';

interface Props {
  readonly channel: Channel;
  /** did:key */
  readonly value: string;
  readonly onChange: (did: string) => void;
  readonly onNext: () => void;
  readonly onCancel: () => void;
}

/** Before deleting what somebody else owns: only an operator of the manager may. */
export function DeleteStep({ channel, value, onChange, onNext, onCancel }: Props) {
  const list = useOwnerKeys();
  const keys = (list.data?.keys ?? []).filter(({ lockedReason }) => lockedReason === '');
  const chosen = value || (keys[0]?.did ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen === '') return;
    onChange(chosen);
    onNext();
  };
  return (
    <form className="groups-form" onSubmit={submit}>
      <p className="groups-small">
        <NameText mono name={channel.name} /> is owned by a key that is not here:{' '}
        <NameText mono name={channel.owner} />. Its manager lets only that owner delete it, and the operators
        that its own configuration names.
      </p>
      <Field
        label="Sign as operator with"
        hint={
          keys.length === 0 ? (
            <>
              There is no key here. <Link to="/owner-keys">Owner keys</Link> imports one.
            </>
          ) : (
            'The manager refuses any key that is not an operator’s.'
          )
        }
      >
        <Select
          value={chosen}
          onChange={onChange}
          options={
            keys.length === 0
              ? [{ value: '', label: 'no key is held here' }]
              : keys.map(({ did, alias }) => ({ value: did, label: alias }))
          }
        />
      </Field>
      <div className="groups-form-foot">
        <Button
          variant="primary"
          type="submit"
          disabledReason={chosen === '' ? 'A key is needed to sign with.' : undefined}
        >
          Review the deletion
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
