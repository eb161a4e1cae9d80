import type { Bundle, FederationRelationship } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { type FormEvent, useId, useState } from 'react';
import { BundleText, Button, Checkbox, Dialog, Field, Select, TextInput } from '../../components/index.ts';
import { hasCopy, knownEndpoint, type PairDraft, problemsOf } from './draft.ts';
import { EndpointFields } from './EndpointFields.tsx';

interface Props {
  draft: PairDraft;
  servers: readonly Bundle[];
  relationships: readonly FederationRelationship[];
  onChange: (draft: PairDraft) => void;
  onReview: () => void;
  onClose: () => void;
}

/** A new federation: with a server connected here, both ways at once; with another organisation, our side. */
export function PairForm({ draft, servers, relationships, onChange, onReview, onClose }: Props) {
  const [asked, setAsked] = useState(false);
  const form = useId();
  const trustDomainOf = (name: string) => servers.find((one) => one.connection === name)?.trustDomain ?? '';
  const own = trustDomainOf(draft.here);
  const peer = draft.there ? trustDomainOf(draft.there) : draft.trustDomain.trim();
  const [here, there, ours, theirs] = [draft.here, draft.there, own, peer].map((name) => escapeText(name));
  const copy = hasCopy(relationships, draft);
  const problems = problemsOf(draft, copy, servers);
  const shown = asked ? problems : {};
  const change = (part: Partial<PairDraft>) => onChange({ ...draft, ...part });
  const others = servers.filter((one) => one.trustDomain !== own);
  const choose = (there: string) =>
    change({
      there,
      endpoint: knownEndpoint(relationships, trustDomainOf(there)),
      ours: knownEndpoint(relationships, own),
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(problems).length === 0) onReview();
  };
  return (
    <Dialog
      wide
      title="New federation"
      kicker="Two trust domains accept each other’s SVIDs"
      onClose={onClose}
      footer={
        <>
          <Button type="submit" form={form} variant="primary">
            Review
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack pair-form" onSubmit={submit} noValidate>
        <div className="pair-sides">
          <Field label="Our server">
            <Select
              value={draft.here}
              onChange={(here) => change({ here, ...(draft.there === here ? { there: '' } : {}) })}
              options={servers.map((one) => ({
                value: one.connection,
                label: `${one.connection} · ${one.trustDomain}`,
              }))}
            />
          </Field>
          <Field label="The other side">
            <Select
              value={draft.there}
              onChange={choose}
              options={[
                ...others.map((one) => ({
                  value: one.connection,
                  label: `${one.connection} · ${one.trustDomain}, connected here`,
                })),
                { value: '', label: 'another organisation, by its bundle' },
              ]}
            />
          </Field>
        </div>
        <p className="small">
          {draft.there
            ? 'Both servers are connected here: the plan gives each the other’s bundle and creates both relationships.'
            : `The plan changes ${here} only. The other organisation’s administrator does the same with your trust domain, your bundle (Trust domains, Download) and the URL of your endpoint.`}
        </p>
        {!draft.there && (
          <>
            <Field label="Their trust domain" error={shown.trustDomain}>
              <TextInput
                mono
                value={draft.trustDomain}
                placeholder="partner.example"
                onChange={(trustDomain) => change({ trustDomain })}
              />
            </Field>
            <BundleText
              text={draft.bundle}
              onChange={(bundle) => change({ bundle })}
              hint={
                copy
                  ? `${here} has a copy already; leave this empty to keep it.`
                  : 'They get it by: spire-server bundle show -format spiffe. Compare its fingerprints with them over another way than the file came.'
              }
            />
            {shown.bundle && (
              <div className="field-error" role="alert">
                {shown.bundle}
              </div>
            )}
          </>
        )}
        <fieldset className="stack pair-side">
          <legend>
            How {here} reaches {theirs || 'them'}
          </legend>
          <EndpointFields
            trustDomain={peer}
            endpoint={draft.endpoint}
            onChange={(endpoint) => change({ endpoint })}
            urlError={shown.url}
            idError={shown.id}
          />
        </fieldset>
        {draft.there && (
          <fieldset className="stack pair-side">
            <legend>
              How {there} reaches {ours}
            </legend>
            <EndpointFields
              trustDomain={own}
              endpoint={draft.ours}
              onChange={(ours) => change({ ours })}
              urlError={shown.oursUrl}
              idError={shown.oursId}
            />
          </fieldset>
        )}
        <Checkbox
          label="Fetch the bundle at once"
          hint="Shows right away whether URL, profile and ID are right. What was saved stays either way."
          checked={draft.refresh}
          onChange={(refresh) => change({ refresh })}
        />
      </form>
    </Dialog>
  );
}
