import { escapeText } from '@muster/domain/display';
import { EndpointKind, EndpointProblem, type ProbeEndpointResponse } from '@muster/api';
import type { FormEvent } from 'react';
import {
  Button,
  CommandBox,
  Field,
  proseText,
  Select,
  SpiffeIdText,
  TextInput,
  TrustDomainTag,
} from '../../components/index.ts';
import { asTls, emptyProbe, fetchedOf, missingOf, type ProbeDraft } from './probe.ts';
import './ProbeForm.css';

export interface ProbeFormProps {
  readonly draft: ProbeDraft;
  readonly known: readonly (ProbeDraft & { readonly trustDomain: string })[];
  readonly busy: boolean;
  readonly answer: ProbeEndpointResponse | undefined;
  /** Why the gateway refused to ask, and the field that it names. */
  readonly refused: { readonly field: string; readonly text: string } | undefined;
  readonly onDraft: (draft: ProbeDraft) => void;
  readonly onProbe: (draft: ProbeDraft) => void;
}

const KINDS = [
  { value: 'bundle', label: 'A SPIFFE bundle endpoint' },
  { value: 'tls', label: 'A TLS endpoint: what it presents' },
];
const PROFILES = [
  { value: 'https_spiffe', label: 'https_spiffe: it presents a SPIFFE ID' },
  { value: 'https_web', label: 'https_web: it has a certificate of the web' },
];

/** An endpoint that the gateway asks, once, for its bundle or its certificates. */
export function ProbeForm(props: ProbeFormProps) {
  const { draft, known, busy, answer, refused, onDraft, onProbe } = props;
  const set = (values: Partial<ProbeDraft>) => onDraft({ ...draft, ...values });
  const missing = missingOf(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === '' && !busy) onProbe(draft);
  };
  const error = (field: string) => (refused?.field === field ? proseText(refused.text) : undefined);
  const tls = draft.kind === 'tls';
  return (
    <div className="probe">
      {known.length > 0 && (
        <>
          <h3>Known here</h3>
          <ul className="probe-known">
            {known.map((one) => (
              <li key={`${one.target} ${one.endpointId}`}>
                <button
                  type="button"
                  onClick={() => {
                    onDraft(one);
                    if (!busy) onProbe(one);
                  }}
                >
                  <TrustDomainTag name={one.trustDomain} />
                  <span className="small mono probe-url">{escapeText(one.target)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <form className="stack" onSubmit={submit}>
        <Field label="What is asked">
          <Select
            value={draft.kind}
            options={KINDS}
            onChange={(kind) => onDraft({ ...emptyProbe, kind: kind === 'tls' ? 'tls' : 'bundle' })}
          />
        </Field>
        <Field
          label={tls ? 'Host and port' : 'URL'}
          error={error('target')}
          hint={
            tls
              ? 'Its certificates are taken as presented and not trusted; no client certificate is given.'
              : 'https only; followed through three redirects, each checked like the first.'
          }
        >
          <TextInput
            mono
            value={draft.target}
            placeholder={tls ? 'spire.partner.example:8081' : 'https://spire.partner.example:8443'}
            onChange={(target) => set({ target })}
          />
        </Field>
        {tls ? (
          <Field
            label="Name asked for (SNI)"
            optional
            error={error('server_name')}
            hint="Empty: the host, where it is a name."
          >
            <TextInput mono value={draft.serverName} onChange={(serverName) => set({ serverName })} />
          </Field>
        ) : (
          <>
            <Field label="Profile">
              <Select
                value={draft.profile}
                options={PROFILES}
                onChange={(profile) =>
                  set({ profile: profile === 'https_web' ? 'https_web' : 'https_spiffe' })
                }
              />
            </Field>
            {draft.profile === 'https_spiffe' && (
              <Field label="Endpoint SPIFFE ID" error={error('endpoint_spiffe_id')}>
                <TextInput
                  mono
                  value={draft.endpointId}
                  placeholder="spiffe://partner.example/spire/server"
                  onChange={(endpointId) => set({ endpointId })}
                />
              </Field>
            )}
          </>
        )}
        <div>
          <Button type="submit" busy={busy} disabledReason={missing === '' ? undefined : missing}>
            {tls ? 'Take its certificates' : 'Fetch the bundle'}
          </Button>
        </div>
      </form>
      {refused && refused.field === '' && (
        <p className="probe-problem" role="alert">
          {proseText(refused.text)}
        </p>
      )}
      {answer && <Answer answer={answer} draft={draft} onDraft={onDraft} onProbe={onProbe} />}
    </div>
  );
}

type AnswerProps = Pick<ProbeFormProps, 'draft' | 'onDraft' | 'onProbe'> & {
  readonly answer: ProbeEndpointResponse;
};

/** What came of it; the document itself is on the bench by then. */
function Answer({ answer, draft, onDraft, onProbe }: AnswerProps) {
  const { problem, reason, remedy, kind, address, presentedId, command } = answer;
  const look =
    kind === EndpointKind.BUNDLE &&
    (problem === EndpointProblem.IDENTITY ||
      problem === EndpointProblem.PROFILE ||
      problem === EndpointProblem.NO_AUTHORITY)
      ? asTls(draft)
      : undefined;
  return (
    <div className="probe-answer" role="status">
      {problem !== EndpointProblem.UNSPECIFIED && (
        <div className="probe-problem">
          <p>{proseText(reason)}</p>
          {remedy !== '' && <p className="small">{proseText(remedy)}</p>}
          {look && (
            <Button
              small
              onClick={() => {
                onDraft(look);
                onProbe(look);
              }}
            >
              Look at its certificate
            </Button>
          )}
        </div>
      )}
      <dl className="facts">
        {facts(answer).map(([term, value]) => (
          <div className="probe-fact" key={term}>
            <dt>{term}</dt>
            <dd className="mono">{proseText(value)}</dd>
          </div>
        ))}
        {presentedId !== '' && (
          <div className="probe-fact">
            <dt>Presents</dt>
            <dd>
              <SpiffeIdText id={presentedId} />
            </dd>
          </div>
        )}
      </dl>
      {answer.authenticatedBy !== '' && <p className="small">{proseText(answer.authenticatedBy)}</p>}
      {kind === EndpointKind.TLS && answer.certificates > 0 && (
        <p className="small">
          {answer.keyProved
            ? 'The handshake was completed: it has the private key of its certificate.'
            : 'The handshake was not completed: whether it has the private key is not known.'}{' '}
          {answer.asksClientCertificate && 'It asks for a client certificate (mTLS).'}
        </p>
      )}
      {fetchedOf(answer) && <p className="small">It lies with the documents above, and is judged there.</p>}
      {address !== '' && command && <CommandBox command={command} />}
    </div>
  );
}

function facts(answer: ProbeEndpointResponse): [string, string][] {
  const all: [string, string][] = [
    ['Asked at', answer.address],
    ['Asked for', answer.serverName],
    ['Protocol', [answer.protocol, answer.cipher].filter((text) => text !== '').join(', ')],
    ['ALPN', answer.alpn],
    ['Certificates', answer.certificates > 0 ? String(answer.certificates) : ''],
    ['Bundle of', answer.trustDomain],
  ];
  return all.filter(([, value]) => value !== '');
}
