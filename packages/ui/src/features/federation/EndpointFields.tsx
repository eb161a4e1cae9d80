import { escapeText } from '@muster/domain/display';
import { Field, Select, TextInput } from '../../components/index.ts';
import type { EndpointDraft } from './draft.ts';

interface Props {
  /** Trust domain whose endpoint it is; empty: not said yet. */
  trustDomain: string;
  endpoint: EndpointDraft;
  onChange: (endpoint: EndpointDraft) => void;
  urlError?: string | undefined;
  idError?: string | undefined;
}

const PROFILES = [
  { value: 'https_spiffe', label: 'https_spiffe: the endpoint has an SVID (SPIRE’s own)' },
  { value: 'https_web', label: 'https_web: the endpoint has a certificate of the web' },
];

/** URL and authentication of a bundle endpoint. */
export function EndpointFields({ trustDomain, endpoint, onChange, urlError, idError }: Props) {
  const whose = escapeText(trustDomain) || 'the other side';
  return (
    <>
      <Field
        label={`Bundle endpoint of ${whose}`}
        error={urlError}
        hint="The listener of server.conf’s federation { bundle_endpoint }, usually port 8443. Not 8081: that is the server’s API, for agents and administrators."
      >
        <TextInput
          mono
          value={endpoint.url}
          placeholder={`https://spire.${escapeText(trustDomain) || 'partner.example'}:8443`}
          onChange={(url) => onChange({ ...endpoint, url })}
        />
      </Field>
      <Field label="Profile" hint="How the endpoint proves who it is. The two never stand in for each other.">
        <Select
          value={endpoint.profile}
          options={PROFILES}
          onChange={(profile) =>
            onChange({ ...endpoint, profile: profile === 'https_web' ? 'https_web' : 'https_spiffe' })
          }
        />
      </Field>
      {endpoint.profile === 'https_spiffe' && (
        <Field
          label="Endpoint SPIFFE ID"
          optional
          error={idError}
          hint="Empty: that of the SPIRE server itself. The server takes a wrong one too; only a refresh shows it."
        >
          <TextInput
            mono
            value={endpoint.id}
            placeholder={`spiffe://${escapeText(trustDomain) || 'partner.example'}/spire/server`}
            onChange={(id) => onChange({ ...endpoint, id })}
          />
        </Field>
      )}
    </>
  );
}
