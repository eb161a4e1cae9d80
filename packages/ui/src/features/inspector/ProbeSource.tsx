import type { ProbeEndpointResponse } from '@muster/api';
import { useState } from 'react';
import { errorWords, refusedInput } from '../../components/index.ts';
import {
  emptyProbe,
  type Fetched,
  fetchedOf,
  knownEndpoints,
  type ProbeDraft,
  toProbeRequest,
} from './probe.ts';
import { ProbeForm } from './ProbeForm.tsx';
import { useKnownEndpoints, useProbeEndpoint } from './queries.ts';

/** Has the gateway ask an endpoint, and lays what it got on the bench. */
export function ProbeSource({ onFetched }: { readonly onFetched: (fetched: Fetched) => void }) {
  const [draft, setDraft] = useState<ProbeDraft>(emptyProbe);
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<ProbeEndpointResponse>();
  const [refused, setRefused] = useState<{ field: string; text: string }>();
  const probe = useProbeEndpoint();
  const known = useKnownEndpoints();
  const onProbe = async (asked: ProbeDraft) => {
    setBusy(true);
    setAnswer(undefined);
    setRefused(undefined);
    try {
      const got = await probe(toProbeRequest(asked));
      setAnswer(got);
      const fetched = fetchedOf(got);
      if (fetched) onFetched(fetched);
    } catch (error) {
      setRefused(refusal(error));
    }
    setBusy(false);
  };
  return (
    <ProbeForm
      draft={draft}
      known={knownEndpoints(known.data?.relationships ?? [])}
      busy={busy}
      answer={answer}
      refused={refused}
      onDraft={(next) => {
        setDraft(next);
        setRefused(undefined);
      }}
      onProbe={(asked) => void onProbe(asked)}
    />
  );
}

/** A refusal of an input begins with its field. */
function refusal(error: unknown): { field: string; text: string } {
  const words = refusedInput(error);
  const named = /^(target|server_name|endpoint_spiffe_id): (.*)$/su.exec(words ?? '');
  if (named) return { field: named[1] ?? '', text: named[2] ?? '' };
  const { what, why } = errorWords(error);
  return { field: '', text: words ?? `${what} ${why}` };
}
