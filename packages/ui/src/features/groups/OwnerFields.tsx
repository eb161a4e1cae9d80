import { Link } from '@tanstack/react-router';
import { escapeText } from '@muster/domain/display';
import { useId } from 'react';
import { Field, NameText, Select, TextInput } from '../../components/index.ts';
import type { Manager } from './managers.ts';
import { nameProblem } from './names.ts';
import { useCallbackNames, useOwnerKeys } from './queries.ts';
import { RequestField, requestProblem, SIGNED, SIGNED_LABEL } from './RequestField.tsx';

/** Who is to own a new channel, where they are asked, and how long it lives; as it is typed. */
export interface Ownership {
  /** did:key; empty: the key of the connection; none: nobody; signed: whoever the request names. */
  readonly owner: string;
  readonly callback: string;
  /** Seconds; empty: until it is deleted. */
  readonly ttl: string;
  /** Signed elsewhere; it says all of the above, and whether MLS is on. */
  readonly request: string;
}

interface NewOwned {
  readonly owner?: string;
  readonly owner_callback_name?: string;
  readonly ttl_seconds?: number;
  readonly signed_request?: string;
}

export const ownershipOf = (channel: NewOwned | undefined): Ownership => ({
  owner: channel?.signed_request === undefined ? (channel?.owner ?? '') : SIGNED,
  callback: channel?.owner_callback_name ?? '',
  ttl: channel?.ttl_seconds === undefined ? '' : String(channel.ttl_seconds),
  request: channel?.signed_request ?? '',
});

export function ownershipInput({ owner, callback, ttl, request }: Ownership): NewOwned {
  if (owner === SIGNED) return { signed_request: request.trim() };
  return {
    ...(owner === '' ? {} : { owner }),
    ...(callback.trim() === '' || owner === NOBODY ? {} : { owner_callback_name: callback.trim() }),
    ...(ttl === '' ? {} : { ttl_seconds: Number(ttl) }),
  };
}

export function ownershipProblem({ owner, callback, request }: Ownership): string | undefined {
  if (owner === SIGNED) return requestProblem(request);
  return callback.trim() === '' || owner === NOBODY ? undefined : nameProblem(callback.trim(), 'member');
}

const NOBODY = 'none';
const LIVES = [
  { value: '', label: 'until it is deleted' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '1 week' },
  { value: '2592000', label: '30 days' },
];

interface Props {
  readonly manager: Manager;
  readonly value: Ownership;
  readonly onChange: (value: Ownership) => void;
  readonly touched: boolean;
}

/** What a channel manager is told of a channel’s owner. */
export function OwnerFields({ manager, value, onChange, touched }: Props) {
  const list = useOwnerKeys();
  const ours = useCallbackNames();
  const suggested = useId();
  const { noOwners } = manager;
  if (noOwners) return <p className="groups-small">No owner and no lifetime: {noOwners}</p>;
  const keys = (list.data?.keys ?? []).filter(({ lockedReason }) => lockedReason === '');
  const own = keys.find(({ connections }) => connections.includes(manager.name));
  const problem = ownershipProblem(value);
  // Without a key of its own nobody owns what is made there, unless a key is chosen.
  const unowned = value.owner === NOBODY || (value.owner === '' && !own);
  const signed = value.owner === SIGNED;
  return (
    <>
      <Field
        label="Owner"
        hint={
          unowned ? (
            <>
              Anyone who reaches the manager may change or delete it, and an owner cannot be given later.{' '}
              {keys.length === 0 && (
                <Link to="/owner-keys" search={{ task: 'new' }}>
                  Make an owner key
                </Link>
              )}
            </>
          ) : (
            `Only who has ${signed ? 'the key that signed it' : 'this key'}, or a grant signed by it, can change the channel. It cannot be given to another.`
          )
        }
      >
        <Select
          value={value.owner === '' && !own ? NOBODY : value.owner}
          onChange={(owner) => onChange({ ...value, owner })}
          options={[
            ...(own ? [{ value: '', label: `${own.alias} (of this connection)` }] : []),
            ...keys.filter((key) => key !== own).map(({ did, alias }) => ({ value: did, label: alias })),
            { value: SIGNED, label: `named by ${SIGNED_LABEL}` },
            { value: NOBODY, label: 'nobody' },
          ]}
        />
      </Field>
      {signed && (
        <RequestField
          verb="create"
          value={value.request}
          onChange={(request) => onChange({ ...value, request })}
          touched={touched}
        />
      )}
      {!unowned && !signed && (
        <Field
          label="Owner is asked at"
          optional
          error={touched ? problem : undefined}
          hint={
            ours.length === 0 ? (
              'organization/namespace/app: without a grant, the manager asks there, for up to 60 s'
            ) : (
              <>
                Without a grant, the manager asks there, for up to 60 s. This gateway answers at{' '}
                <NameText mono name={ours.join(', ')} />.
              </>
            )
          }
        >
          <datalist id={suggested}>
            {ours.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <TextInput
            mono
            list={suggested}
            value={value.callback}
            onChange={(callback) => onChange({ ...value, callback })}
            placeholder="acme/ops/owner"
          />
        </Field>
      )}
      {!signed && (
        <Field label="Lives" hint="Its manager deletes it after that. This cannot be changed later.">
          <Select
            value={value.ttl}
            onChange={(ttl) => onChange({ ...value, ttl })}
            options={
              LIVES.some((one) => one.value === value.ttl)
                ? LIVES
                : [...LIVES, { value: value.ttl, label: `${escapeText(value.ttl)} s` }]
            }
          />
        </Field>
      )}
    </>
  );
}
