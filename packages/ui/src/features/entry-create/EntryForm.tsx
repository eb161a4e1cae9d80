import { escapeText } from '@muster/domain/display';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import {
  Button,
  Checkbox,
  Field,
  Page,
  proseText,
  Select,
  type SpireServer,
  TagInput,
  TextInput,
} from '../../components/index.ts';
import type { Draft } from './draft.ts';
import { dnsProblem, type Problems, problemsOf, trustDomainProblem } from './problems.ts';
import type { Choices } from './queries.ts';
import { SelectorRows } from './SelectorRows.tsx';
import { TtlInput } from './TtlInput.tsx';
import './entry-form.css';

/** Why no plan could be made of a draft, by field. */
export interface Refused {
  problems: Problems;
  /** What was typed then: a field that was changed since is judged anew. */
  draft: Draft;
}

interface Props {
  title: string;
  draft: Draft;
  servers: readonly SpireServer[];
  choices: Choices;
  /** It exists, so its server is fixed. */
  editing: boolean;
  unchanged: boolean;
  onChange: (draft: Draft) => void;
  refused: Refused | undefined;
  onReview: () => void;
  onCancel: () => void;
}

/** Everything an entry says. A field complains once it was left, or all do once a review was asked for. */
export function EntryForm({
  title,
  draft,
  servers,
  choices,
  editing,
  unchanged,
  refused,
  onChange,
  onReview,
  onCancel,
}: Props) {
  const [left, setLeft] = useState<ReadonlySet<keyof Draft>>(new Set());
  const [asked, setAsked] = useState(false);
  const parentList = useId();
  const server = servers.find((one) => one.name === draft.connection);
  const problems = problemsOf(draft, server?.trustDomain || undefined);
  const count = Object.keys(problems).length;
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  const shown = (field: keyof Draft) =>
    (asked || left.has(field) ? problems[field] : undefined) ??
    (refused?.draft[field] === draft[field] ? refused?.problems[field] : undefined);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // The dialog gives the focus back first; then it goes to what is to be corrected.
    if (refused)
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('.invalid input, .invalid select')?.focus(),
      );
  }, [refused]);
  const leave = (field: keyof Draft) => () => setLeft(new Set([...left, field]));
  const parent = choices.parents.find((one) => one.id === draft.parentId.trim());

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (count === 0 && !server?.problem && !unchanged) onReview();
  };
  const choose = (name: string) => {
    const next = servers.find((one) => one.name === name);
    const untouched =
      draft.spiffeId === '' || servers.some((one) => draft.spiffeId === `spiffe://${one.trustDomain}/`);
    change({ connection: name, ...(untouched && next && { spiffeId: `spiffe://${next.trustDomain}/` }) });
  };
  return (
    <Page title={title} scroll>
      <form className="entry-form" ref={form} onSubmit={submit} noValidate>
        <section className="card stack" aria-labelledby="form-identity">
          <h2 id="form-identity">Identity</h2>
          <Field label="Server" error={server?.problem ?? shown('connection')}>
            <Select
              value={draft.connection}
              disabled={editing}
              onChange={choose}
              options={servers.map((one) => ({
                value: one.name,
                label: `${one.name} · ${one.trustDomain || 'trust domain unknown'}`,
              }))}
            />
          </Field>
          <Field label="SPIFFE ID" hint="The identity that the workloads get." error={shown('spiffeId')}>
            <TextInput
              mono
              value={draft.spiffeId}
              placeholder={`spiffe://${escapeText(server?.trustDomain ?? 'example.org')}/ns/payments/sa/web`}
              onChange={(spiffeId) => change({ spiffeId })}
              onBlur={leave('spiffeId')}
            />
          </Field>
          <Field
            label="Parent ID"
            hint={
              parent
                ? `Known: ${proseText(parent.kind)}.`
                : 'The agent, or the alias of several nodes, that serves it.'
            }
            error={shown('parentId')}
          >
            <TextInput
              mono
              list={parentList}
              value={draft.parentId}
              placeholder={`spiffe://${escapeText(server?.trustDomain ?? 'example.org')}/spire/agent/…`}
              onChange={(parentId) => change({ parentId })}
              onBlur={leave('parentId')}
            />
          </Field>
          <datalist id={parentList}>
            {choices.parents.map(({ id, kind }) => (
              <option key={id} value={id}>
                {proseText(kind)}
              </option>
            ))}
          </datalist>
        </section>
        <section className="card stack" aria-labelledby="form-selectors">
          <h2 id="form-selectors">Selectors</h2>
          <p className="small">
            A workload gets this identity when every selector is among those the agent finds of it.
          </p>
          <SelectorRows
            selectors={draft.selectors}
            types={choices.selectorTypes}
            problem={shown('selectors')}
            onChange={(selectors) => change({ selectors })}
            onLeave={leave('selectors')}
          />
        </section>
        <section className="card stack" aria-labelledby="form-validity">
          <h2 id="form-validity">Validity</h2>
          <div className="entry-form-pair">
            <TtlInput
              label="X.509-SVID TTL"
              value={draft.x509Ttl}
              error={shown('x509Ttl')}
              onChange={(x509Ttl) => change({ x509Ttl })}
              onLeave={leave('x509Ttl')}
            />
            <TtlInput
              label="JWT-SVID TTL"
              value={draft.jwtTtl}
              error={shown('jwtTtl')}
              onChange={(jwtTtl) => change({ jwtTtl })}
              onLeave={leave('jwtTtl')}
            />
          </div>
          <Field
            label="Entry expires"
            optional
            hint="SPIRE goes on issuing for a while after: it prunes from time to time."
            error={shown('expiresAt')}
          >
            <TextInput
              mono
              value={draft.expiresAt}
              placeholder="never, or 2027-01-31T12:00:00Z"
              onChange={(expiresAt) => change({ expiresAt })}
              onBlur={leave('expiresAt')}
            />
          </Field>
        </section>
        <section className="card stack" aria-labelledby="form-more">
          <h2 id="form-more">Trust and names</h2>
          <Field
            label="Federates with"
            optional
            hint="Trust domains whose bundles the workloads get too. The server must know their bundle."
            error={shown('federatesWith')}
          >
            <TagInput
              values={draft.federatesWith}
              suggestions={choices.trustDomains}
              placeholder={choices.trustDomains[0] ?? 'other.example.org'}
              validate={trustDomainProblem}
              onChange={(federatesWith) => change({ federatesWith })}
            />
          </Field>
          <Field
            label="DNS names"
            optional
            hint="Put into the X.509-SVID; the first is its common name, too."
            error={shown('dnsNames')}
          >
            <TagInput
              values={draft.dnsNames}
              placeholder="web.payments.svc"
              validate={dnsProblem}
              onChange={(dnsNames) => change({ dnsNames })}
            />
          </Field>
          <Field
            label="Hint"
            optional
            hint="Tells a workload with several identities which one to use for what."
            error={shown('hint')}
          >
            <TextInput value={draft.hint} onChange={(hint) => change({ hint })} />
          </Field>
          <Checkbox
            label="Admin"
            hint="May call the server’s own APIs: power over the whole trust domain."
            checked={draft.admin}
            onChange={(admin) => change({ admin })}
          />
          <Checkbox
            label="Downstream"
            hint="A SPIRE server below, which may sign for the trust domain."
            checked={draft.downstream}
            onChange={(downstream) => change({ downstream })}
          />
          <Checkbox
            label="Store SVID"
            hint="Handed to an SVID store plugin of the agent, for example a cloud secret, instead of the Workload API."
            checked={draft.storeSvid}
            onChange={(storeSvid) => change({ storeSvid, ...(storeSvid && { noPrefetch: false }) })}
          />
          <Checkbox
            label="No X.509-SVID prefetch"
            hint={
              draft.storeSvid
                ? 'Not together with Store SVID: what is stored is always made ahead.'
                : 'The agent makes it when the workload asks: for those that use JWT-SVIDs only.'
            }
            checked={draft.noPrefetch}
            disabled={draft.storeSvid}
            onChange={(noPrefetch) => change({ noPrefetch })}
          />
          <Checkbox
            label="JWT-SVIDs with jti"
            hint="Each has an ID of its own, against replay and for audits. The agent then caches none."
            checked={draft.includeJti}
            onChange={(includeJti) => change({ includeJti })}
          />
        </section>
        <footer className="entry-form-foot">
          <Button type="submit" variant="primary" disabledReason={reviewProblem(server, unchanged)}>
            Review plan
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
          <span className="small" role="status">
            {asked && count > 0
              ? `${count} field${count === 1 ? '' : 's'} to correct first.`
              : 'Nothing is sent until you apply the plan.'}
          </span>
        </footer>
      </form>
    </Page>
  );
}

function reviewProblem(server: SpireServer | undefined, unchanged: boolean): string | undefined {
  if (!server) return 'No SPIRE server is connected.';
  return server.problem ?? (unchanged ? 'Nothing was changed yet.' : undefined);
}
