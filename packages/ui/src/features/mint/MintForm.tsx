import { requestKeys, type RequestKey } from '@muster/domain';
import { type FormEvent, useState } from 'react';
import { Button, Field, Select, type SpireServer, TagInput, TextInput } from '../../components/index.ts';
import { dnsProblem, type MintDraft, problemsOf } from './draft.ts';

interface Props {
  draft: MintDraft;
  servers: readonly SpireServer[];
  busy: boolean;
  onChange: (change: Partial<MintDraft>) => void;
  onReview: () => void;
}

const TTLS = [
  { value: '', label: 'the server’s default' },
  { value: '300', label: '5 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '43200', label: '12 hours' },
  { value: '86400', label: '1 day' },
];
const CUSTOM = 'custom';

/** What SVID, of which server, for whom and how long. */
export function MintForm({ draft, servers, busy, onChange, onReview }: Props) {
  const [tried, setTried] = useState(false);
  const [custom, setCustom] = useState(false);
  const server = servers.find(({ name }) => name === draft.connection);
  const problems = problemsOf(draft, server?.trustDomain ?? '');
  const said = tried ? problems : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length === 0 && !server?.problem && !busy) onReview();
  };
  return (
    <form className="mint-form stack" onSubmit={submit} noValidate>
      <div className="mint-kinds" role="radiogroup" aria-label="Kind of SVID">
        <Kind
          on={draft.kind === 'x509'}
          title="X.509-SVID"
          text="A certificate, for mutual TLS. Its key is made in this window and never leaves it but by you."
          onPick={() => onChange({ kind: 'x509' })}
        />
        <Kind
          on={draft.kind === 'jwt'}
          title="JWT-SVID"
          text="A token for one audience. Whoever holds it is its subject until it expires."
          onPick={() => onChange({ kind: 'jwt' })}
        />
      </div>
      <Field label="SPIRE server" hint={server?.problem} error={said.connection}>
        <Select
          value={draft.connection}
          onChange={(connection) => onChange({ connection })}
          options={[
            ...(draft.connection ? [] : [{ value: '', label: 'Choose a server' }]),
            ...servers.map(({ name, trustDomain }) => ({
              value: name,
              label: trustDomain ? `${name} (${trustDomain})` : name,
            })),
          ]}
        />
      </Field>
      <Field label="SPIFFE ID" error={said.spiffeId}>
        <TextInput
          mono
          value={draft.spiffeId}
          placeholder={`spiffe://${server?.trustDomain || 'example.org'}/billing/api`}
          onChange={(spiffeId) => onChange({ spiffeId })}
        />
      </Field>
      {draft.kind === 'x509' ? (
        <>
          <Field
            label="DNS names"
            hint="Optional: for peers that look at host names. The first becomes the common name."
          >
            <TagInput
              values={draft.dnsNames}
              onChange={(dnsNames) => onChange({ dnsNames })}
              placeholder="api.example.org, then Enter"
              validate={dnsProblem}
            />
          </Field>
          <Field label="Key">
            <Select
              value={draft.key}
              onChange={(key) => onChange({ key: key as RequestKey })}
              options={requestKeys.map((value) => ({ value }))}
            />
          </Field>
        </>
      ) : (
        <Field
          label="Audience"
          hint="Who the token is for: the services that will check it."
          error={said.audience}
        >
          <TagInput
            values={draft.audience}
            onChange={(audience) => onChange({ audience })}
            placeholder="billing, then Enter"
          />
        </Field>
      )}
      <Field
        label="Valid for"
        hint="Never longer than the server’s authority lives. It cannot be revoked: shorter is better."
        error={said.ttl}
      >
        <span className="row">
          <Select
            value={custom ? CUSTOM : draft.ttl}
            onChange={(value) => {
              setCustom(value === CUSTOM);
              if (value !== CUSTOM) onChange({ ttl: value });
            }}
            options={[...TTLS, { value: CUSTOM, label: 'so many seconds …' }]}
          />
          {custom && (
            <TextInput
              aria-label="Seconds"
              inputMode="numeric"
              className="mint-seconds"
              value={draft.ttl}
              onChange={(ttl) => onChange({ ttl: ttl.trim() })}
            />
          )}
        </span>
      </Field>
      <div className="row">
        <Button type="submit" variant="primary" busy={busy} disabledReason={server?.problem}>
          Review…
        </Button>
        <span className="small">Nothing is signed before you have seen the plan.</span>
      </div>
    </form>
  );
}

function Kind({ on, title, text, onPick }: { on: boolean; title: string; text: string; onPick: () => void }) {
  return (
    <button
      type="button"
      role="radio"
      aria-checked={on}
      className={on ? 'mint-kind on' : 'mint-kind'}
      onClick={onPick}
    >
      <b>{title}</b>
      <span className="small">{text}</span>
    </button>
  );
}
