import { escapeText } from '@muster/domain/display';
import type { X509Svid } from '@muster/api';
import { type FormEvent, useState } from 'react';
import {
  AppLink,
  Button,
  EmptyState,
  ErrorState,
  Field,
  Select,
  Skeleton,
  SpiffeIdText,
  TextInput,
  TimeAgo,
  toDate,
  NameText,
} from '../../components/index.ts';
import type { JwtRequest } from './queries.ts';
import './FetchLive.css';

export type LiveState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly state: 'ready'; readonly svids: readonly X509Svid[] };

export interface FetchLiveProps {
  readonly live: LiveState;
  /** Names of Workload API connections. */
  readonly connections: readonly string[];
  readonly onX509: (svid: X509Svid) => void;
  /** Resolves with why no token was given, or with undefined. */
  readonly onJwt: (request: JwtRequest) => Promise<string | undefined>;
}

/** What a Workload API hands out right now, to the gateway, which leaves the keys behind. */
export function FetchLive({ live, connections, onX509, onJwt }: FetchLiveProps) {
  if (live.state === 'loading') return <Skeleton rows={3} />;
  if (live.state === 'failed') return <ErrorState error={live.error} retry={live.retry} />;
  if (connections.length === 0 && live.svids.length === 0) {
    return (
      <EmptyState title="No Workload API is connected">
        Its SVIDs would be listed here. Add a workload-api connection to fetch them.
        <Minting />
      </EmptyState>
    );
  }
  return (
    <div className="inspect-live">
      <h3>X.509-SVIDs</h3>
      {live.svids.length === 0 && <p className="small">No workload of this gateway has one now.</p>}
      <ul>
        {live.svids.map((svid) => (
          <li key={`${svid.connection} ${svid.spiffeId} ${svid.hint}`}>
            <button type="button" className="inspect-live-svid" onClick={() => onX509(svid)}>
              <SpiffeIdText id={svid.spiffeId} />
              <span className="small inspect-live-note">
                <span>
                  <NameText name={svid.connection} />
                  {svid.hint !== '' && ` · hint ${escapeText(svid.hint)}`}
                </span>
                <TimeAgo prefix="received" at={toDate(svid.receivedAt)} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <h3>JWT-SVID</h3>
      <JwtForm svids={live.svids} connections={connections} onJwt={onJwt} />
      <Minting />
    </div>
  );
}

/** The other way to an SVID from a connected server. Its key stays on the page that made it. */
function Minting() {
  return (
    <p className="small">
      Or <AppLink link="/mint">mint one</AppLink> with a connected server: its result leads back here.
    </p>
  );
}

function JwtForm({
  svids,
  connections,
  onJwt,
}: { readonly svids: readonly X509Svid[] } & Pick<FetchLiveProps, 'connections' | 'onJwt'>) {
  const [connection, setConnection] = useState(connections[0] ?? svids[0]?.connection ?? '');
  const [audience, setAudience] = useState('');
  const [spiffeId, setSpiffeId] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ids = svids.filter((svid) => svid.connection === connection).map((svid) => svid.spiffeId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (audience.trim() === '' || busy) return;
    setBusy(true);
    setProblem(await onJwt({ connection, audience: audience.trim(), spiffeId }));
    setBusy(false);
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      {connections.length > 1 && (
        <Field label="Workload API">
          <Select
            value={connection}
            onChange={setConnection}
            options={connections.map((value) => ({ value }))}
          />
        </Field>
      )}
      {ids.length > 1 && (
        <Field label="Identity">
          <Select
            value={spiffeId}
            onChange={setSpiffeId}
            options={[{ value: '', label: 'default identity' }, ...ids.map((value) => ({ value }))]}
          />
        </Field>
      )}
      <Field
        label="Audience"
        hint="Who the token is for; a fetched token is judged for it, too."
        error={problem}
      >
        <TextInput value={audience} onChange={setAudience} placeholder="slim-demo" mono />
      </Field>
      <div>
        <Button
          type="submit"
          busy={busy}
          disabledReason={
            audience.trim() === '' ? 'A token is always for an audience: name it first.' : undefined
          }
        >
          Fetch a token
        </Button>
      </div>
    </form>
  );
}
