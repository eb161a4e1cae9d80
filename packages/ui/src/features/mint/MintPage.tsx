import type { JsonObject } from '@bufbuild/protobuf';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import {
  EmptyState,
  ErrorState,
  errorWords,
  Mono,
  Page,
  PlanReview,
  Skeleton,
  type SpireServer,
} from '../../components/index.ts';
import { handToInspector } from '../../stores/handoff.ts';
import { emptyDraft, type MintDraft } from './draft.ts';
import { Minted } from './Minted.tsx';
import { MintForm } from './MintForm.tsx';
import { useMintServers, useOwnBundle } from './queries.ts';
import { makeSealedKey, type SealedKey } from './sealed-key.ts';
import './mint.css';

interface Review {
  action: string;
  input: JsonObject;
  sealed: SealedKey | undefined;
}

/** Mints an SVID: the key is made here, the gateway gets a request for it. */
export function MintPage() {
  const search = useSearch({ from: '/mint' });
  const { servers, error } = useMintServers();
  return (
    <Page title="Mint an SVID" scroll>
      {error ? (
        <ErrorState error={error} />
      ) : !servers ? (
        <Skeleton rows={6} />
      ) : servers.length === 0 ? (
        <EmptyState title="No SPIRE server is connected">
          SVIDs are minted by a SPIRE server. Add a <Mono>spire-server</Mono> connection to{' '}
          <Mono>muster.yaml</Mono>.
        </EmptyState>
      ) : (
        <Mint servers={servers} first={startOf(search, servers)} />
      )}
    </Page>
  );
}

function Mint({ servers, first }: { servers: readonly SpireServer[]; first: MintDraft }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(first);
  const [review, setReview] = useState<Review>();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<string>();
  const bundle = useOwnBundle(draft.connection);
  useEffect(() => () => review?.sealed?.forget(), [review]);

  const start = async () => {
    setBusy(true);
    setSaid(undefined);
    try {
      setReview(await prepare(draft));
    } catch (error) {
      setSaid(`No key could be made here. ${errorWords(error).why}`);
    }
    setBusy(false);
  };
  const end = (words?: string) => {
    setReview(undefined);
    setSaid(words);
  };
  const inspect = (text: string) => {
    handToInspector({ text, name: `minted on ${draft.connection}` });
    end();
    void navigate({ to: '/inspect' });
  };
  return (
    <div className="mint">
      <p className="mint-lead">
        For a workload that no agent can serve, or to try something out. No registration entry is needed, so
        this is the power to be any workload of the trust domain: it is for administrators, and recorded.
      </p>
      {said && <p role="status">{said}</p>}
      <MintForm
        {...{ draft, servers, busy }}
        onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
        onReview={() => void start()}
      />
      {review && (
        <PlanReview
          action={review.action}
          input={review.input}
          onCancel={() => end()}
          onDone={() => end()}
          renderNext={(items) => (
            <Minted
              {...{ items, bundle }}
              spiffeId={draft.spiffeId}
              sealed={review.sealed}
              onForget={() =>
                end('It was forgotten here after a while without use. Mint another if it was not saved.')
              }
              onInspect={inspect}
            />
          )}
        />
      )}
    </div>
  );
}

async function prepare(draft: MintDraft): Promise<Review> {
  const { connection } = draft;
  const spiffeId = draft.spiffeId.trim();
  const life: JsonObject = draft.ttl === '' ? {} : { ttl: Number(draft.ttl) };
  if (draft.kind === 'jwt')
    return {
      action: 'svid.mintJwt',
      input: { connection, spiffeId, audience: [...draft.audience], ...life },
      sealed: undefined,
    };
  const sealed = await makeSealedKey(draft.key, spiffeId, draft.dnsNames);
  return { action: 'svid.mintX509', input: { connection, csr: sealed.csr, ...life }, sealed };
}

interface Search {
  kind?: string;
  connection?: string;
  spiffeId?: string;
  td?: string;
}

function startOf(search: Search, servers: readonly SpireServer[]): MintDraft {
  const domain = /^spiffe:\/\/([^/]+)/u.exec(search.spiffeId ?? '')?.[1] ?? search.td;
  const named = servers.find(({ name }) => name === search.connection);
  const fit = servers.filter(({ trustDomain }) => !domain || trustDomain === domain);
  const server = named ?? (fit.length === 1 ? fit[0] : undefined);
  return {
    ...emptyDraft,
    kind: search.kind === 'jwt' ? 'jwt' : 'x509',
    connection: server?.name ?? '',
    spiffeId: search.spiffeId ?? '',
  };
}
