import { useState } from 'react';
import { Button, Checkbox, CopyButton, Field, TextInput } from '../../components/index.ts';
import { useDomains } from './queries.ts';
import { type FormProps, isTopologyName, ODD, TaskFrame } from './TaskFrame.tsx';

export interface DomainDraft {
  name: string;
  secret: string;
}

interface Props extends FormProps {
  draft: DomainDraft;
  onDraft: (draft: DomainDraft) => void;
  /** A new secret for a domain that is there. */
  replace: boolean;
  onReview: () => void;
}

/** Below it the control plane refuses: it signs with it. */
const LEAST = 32;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** A domain whose nodes may register, and the secret they show. It goes to the control plane and is kept nowhere. */
export function DomainForm({ draft, onDraft, replace, ...of }: Props) {
  const [asked, setAsked] = useState(false);
  const [shown, setShown] = useState(false);
  const known = useDomains(of.connection).data?.domains ?? [];
  const name = draft.name.trim();
  const nameProblem = !name
    ? 'Which domain?'
    : !isTopologyName(name)
      ? ODD
      : !replace && known.some((one) => one.name === name)
        ? 'There is a domain of this name already. It can be given a new secret where it is shown.'
        : undefined;
  const secretProblem =
    bytesOf(draft.secret) < LEAST
      ? `At least ${LEAST} bytes are needed: the control plane takes nothing shorter.`
      : undefined;
  return (
    <TaskFrame
      {...of}
      title={replace ? 'New secret' : 'Admit a domain'}
      problem={nameProblem ?? secretProblem}
      onAsk={() => setAsked(true)}
    >
      <Field
        label="Domain"
        error={asked ? nameProblem : undefined}
        hint={replace ? undefined : 'As its nodes call it: domain_name in their configuration.'}
      >
        <TextInput
          value={draft.name}
          readOnly={replace}
          onChange={(next) => onDraft({ ...draft, name: next })}
        />
      </Field>
      <Field
        label="Secret"
        error={asked ? secretProblem : undefined}
        hint="Nodes show it when they register (auth of type shared_secret). Put it where they read it before you go on: it is not kept here, and nobody can read it back."
      >
        <TextInput
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          mono
          value={draft.secret}
          onChange={(next) => onDraft({ ...draft, secret: next })}
        />
      </Field>
      <div className="network-secret">
        <Button small onClick={() => onDraft({ ...draft, secret: randomSecret() })}>
          Make one
        </Button>
        {draft.secret && <CopyButton text={draft.secret} label="Copy secret" />}
        <Checkbox label="Show it" checked={shown} onChange={setShown} />
      </div>
    </TaskFrame>
  );
}

/** 256 bits, in letters that no configuration file has to quote. */
function randomSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
