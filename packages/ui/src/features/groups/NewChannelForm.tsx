import { useState } from 'react';
import {
  Checkbox,
  Field,
  FormDialog,
  NameText,
  Select,
  TagInput,
  TextInput,
} from '../../components/index.ts';
import type { Manager } from './managers.ts';
import { nameProblem } from './names.ts';
import { PlaneChannelFields } from './PlaneChannelFields.tsx';
import { OwnerFields, ownershipInput, ownershipOf, ownershipProblem } from './OwnerFields.tsx';
import { SIGNED } from './RequestField.tsx';
import { SessionSettings, settingsOf, TUTORIAL } from './SessionSettings.tsx';

export interface NewChannel {
  readonly connection: string;
  /** A control plane up to 1.4 makes it. */
  readonly name?: string;
  readonly mls?: boolean;
  /** Of a control plane up to 1.4. */
  readonly moderators?: string[];
  readonly members: string[];
  /** Of a session of our own. */
  readonly max_retries?: number;
  readonly interval_ms?: number;
  /** Of a channel manager: alias or did:key; none: nobody is to own it. */
  readonly owner?: string;
  readonly owner_callback_name?: string;
  readonly ttl_seconds?: number;
  /** Of a channel manager: signed elsewhere; it says owner, lifetime and MLS. */
  readonly signed_request?: string;
}

export interface NewChannelFormProps {
  readonly managers: readonly Manager[];
  readonly candidates: readonly string[];
  readonly initial?: NewChannel | undefined;
  readonly onChoose: (channel: NewChannel) => void;
  readonly onCancel: () => void;
}

/** A channel to be: where, its name, encrypted or not, who is in it from the start. */
export function NewChannelForm({ managers, candidates, initial, onChoose, onCancel }: NewChannelFormProps) {
  const [connection, setConnection] = useState(
    initial?.connection ?? managers.find((one) => !one.problem)?.name ?? '',
  );
  const [name, setName] = useState(initial?.name ?? '');
  const [mls, setMls] = useState(initial?.mls ?? true);
  const [members, setMembers] = useState<readonly string[]>(initial?.members ?? []);
  const [settings, setSettings] = useState(
    initial?.max_retries !== undefined && initial.interval_ms !== undefined
      ? { retries: String(initial.max_retries), seconds: String(initial.interval_ms / 1000) }
      : TUTORIAL,
  );
  const [ownership, setOwnership] = useState(ownershipOf(initial));
  const [moderators, setModerators] = useState<readonly string[]>(initial?.moderators ?? []);
  const [touched, setTouched] = useState(false);
  const manager = managers.find((one) => one.name === connection);
  const problem = nameProblem(name.trim(), 'channel');
  const signed = manager?.kind === 'channel-manager' && !manager.noOwners && ownership.owner === SIGNED;
  const left = candidates.filter((candidate) => !members.includes(candidate));
  const submit = () => {
    setTouched(true);
    if (manager?.kind === 'slim-control-plane') {
      if (moderators.length > 0 && !manager.problem)
        onChoose({ connection, moderators: [...moderators], members: [...members] });
      return;
    }
    if (problem || !manager || manager.problem) return;
    const own = manager.kind === 'slim-node' ? settingsOf(settings) : {};
    if ('problem' in own) return;
    const owned = manager.kind === 'channel-manager' && !manager.noOwners;
    if (owned && ownershipProblem(ownership)) return;
    onChoose({
      ...{ connection, name: name.trim(), members: [...members] },
      ...(signed ? {} : { mls }),
      ...own,
      ...(owned ? ownershipInput(ownership) : {}),
    });
  };
  return (
    <FormDialog title="New channel" next="Review the new channel" onNext={submit} onClose={onCancel}>
      <Field
        label="Managed by"
        hint={
          manager?.kind === 'slim-node'
            ? 'Muster moderates it on this node, and can read and send messages.'
            : manager?.kind === 'slim-control-plane'
              ? 'A control plane up to 1.4 keeps it; the moderators that it is told moderate it.'
              : 'The channel manager moderates it.'
        }
        error={manager?.problem}
      >
        <Select
          value={connection}
          onChange={setConnection}
          options={managers.map((one) => ({
            value: one.name,
            label: one.problem ? `${one.name} (cannot: ${one.problem})` : one.name,
          }))}
        />
      </Field>
      {manager?.kind === 'slim-control-plane' ? (
        <PlaneChannelFields
          moderators={moderators}
          members={members}
          onModerators={setModerators}
          onMembers={setMembers}
          touched={touched}
        />
      ) : (
        <>
          <Field label="Name" hint="organization/namespace/name" error={touched ? problem : undefined}>
            <TextInput value={name} onChange={setName} placeholder="acme/ops/incident-7" mono />
          </Field>
          <Field
            label="First members"
            hint="organization/namespace/app, Enter after each; others can be invited later"
            optional
          >
            <TagInput
              values={members}
              onChange={setMembers}
              placeholder="acme/ops/bob"
              validate={(member) => nameProblem(member, 'member')}
            />
          </Field>
          {left.length > 0 && (
            <div className="groups-suggest" role="group" aria-label="Connected here">
              <span className="groups-small">Connected here:</span>
              {left.slice(0, 12).map((candidate) => (
                <button
                  key={candidate}
                  type="button"
                  className="groups-suggestion"
                  onClick={() => setMembers([...members, candidate])}
                >
                  + <NameText name={candidate} />
                </button>
              ))}
            </div>
          )}
          {!signed && (
            <Checkbox
              checked={mls}
              onChange={setMls}
              label="Encrypt end to end (MLS)"
              hint={
                mls
                  ? 'Nodes carry the messages and cannot read them.'
                  : 'Nodes that carry the messages can read them. This cannot be changed later.'
              }
            />
          )}
        </>
      )}
      {manager?.kind === 'slim-node' && (
        <SessionSettings value={settings} touched={touched} onChange={setSettings} />
      )}
      {manager?.kind === 'channel-manager' && (
        <OwnerFields manager={manager} value={ownership} onChange={setOwnership} touched={touched} />
      )}
    </FormDialog>
  );
}
