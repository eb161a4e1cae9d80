import { ConnectionKind, type X509Svid } from '@muster/api';
import { useEffect, useEffectEvent, useMemo, useReducer, useState } from 'react';
import { errorWords, useNow } from '../../components/index.ts';
import { type Handoff, takeHandoff } from '../../stores/handoff.ts';
import { heldBundles } from './bundles.ts';
import { type Recognised, recognise } from './documents.ts';
import type { LiveState } from './FetchLive.tsx';
import { InspectorView } from './InspectorView.tsx';
import { type JwtRequest, useBundles, useConnections, useFetchJwtSvid, useSvids } from './queries.ts';
import { useJudgement } from './use-judgement.ts';
import { emptyBench, momentOf, reduceBench } from './workbench.ts';
import './inspector.css';

/** Milliseconds after which "now" is judged anew. */
const rejudge = 10_000;

/** Fetches bundles and live SVIDs. What is inspected stays in this component's memory: never in the address, storage or query cache. */
export default function InspectorPage() {
  const [bench, act] = useReducer(reduceBench, emptyBench);
  const [jwtBundles, setJwtBundles] = useState<Readonly<Record<string, string>>>({});
  const svids = useSvids();
  const bundles = useBundles();
  const connections = useConnections();
  const fetchJwt = useFetchJwtSvid();
  const ticked = useNow(rejudge);
  const [givenAt, setGivenAt] = useState(0);
  // What was issued since the last tick is not judged for a moment before it was there.
  const now = useMemo(() => new Date(Math.max(ticked.getTime(), givenAt)), [ticked, givenAt]);
  const held = useMemo(
    () =>
      heldBundles({
        bundles: bundles.data?.bundles ?? [],
        pem: svids.data?.bundlesPem ?? {},
        pemReadAt: svids.dataUpdatedAt > 0 ? new Date(svids.dataUpdatedAt) : undefined,
        json: jwtBundles,
      }),
    [bundles.data, svids.data, svids.dataUpdatedAt, jwtBundles],
  );
  const judged = useJudgement(bench, held, momentOf(bench.moment, now));

  const give = async (
    inputs: readonly { readonly bytes: Uint8Array; readonly name: string }[],
    audience?: string,
  ) => {
    const recognised: Recognised[] = [];
    for (const { bytes, name } of inputs) recognised.push(await recognise(bytes, name));
    setGivenAt(Date.now());
    act({ do: 'take', recognised, ...(audience !== undefined && { audience }) });
  };
  const encode = (text: string) => new TextEncoder().encode(text);
  const taken = useEffectEvent((handoff: Handoff) =>
    give([{ bytes: encode(handoff.text), name: handoff.name }]),
  );
  useEffect(() => {
    const handoff = takeHandoff();
    if (handoff) void Promise.resolve(handoff).then(taken);
  }, []);
  const onJwt = async (request: JwtRequest) => {
    try {
      const { token, bundlesJson } = await fetchJwt(request);
      setJwtBundles((known) => ({ ...known, ...bundlesJson }));
      await give([{ bytes: encode(token), name: `fetched from ${request.connection}` }], request.audience);
      return undefined;
    } catch (error) {
      const { what, why } = errorWords(error);
      return `${what} ${why}`;
    }
  };
  return (
    <InspectorView
      bench={bench}
      judged={judged}
      act={act}
      live={liveState(svids)}
      connections={(connections.data?.connections ?? [])
        .filter((connection) => connection.kind === ConnectionKind.WORKLOAD_API)
        .map((connection) => connection.name)}
      onText={(text) => void give([{ bytes: encode(text), name: 'pasted' }])}
      onFiles={(files) => void readFiles(files).then(give)}
      onX509={(svid: X509Svid) =>
        void give([{ bytes: encode(svid.chainPem), name: `fetched from ${svid.connection}` }])
      }
      onJwt={onJwt}
    />
  );
}

/** More than a person means to drop at once. */
const mostFiles = 20;
const mostBytes = 4 * 1024 * 1024;

function readFiles(files: readonly File[]) {
  return Promise.all(
    files.slice(0, mostFiles).map(async (file) => ({
      // One byte more than is allowed tells that it is too large, without reading all of it.
      bytes: new Uint8Array(await file.slice(0, mostBytes + 1).arrayBuffer()),
      name: file.name,
    })),
  );
}

function liveState(query: ReturnType<typeof useSvids>): LiveState {
  if (query.data) return { state: 'ready', svids: query.data.svids };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
