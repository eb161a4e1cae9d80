import { ConnectionKind, type X509Svid } from '@muster/api';
import { useEffect, useEffectEvent, useMemo, useReducer, useState } from 'react';
import { errorWords, useNow, usePractice } from '../../components/index.ts';
import { type Handoff, takeHandoff } from '../../stores/handoff.ts';
import { heldBundles } from './bundles.ts';
import { type Example, examplesOf } from './examples.ts';
import type { LiveState } from './FetchLive.tsx';
import { InspectorView } from './InspectorView.tsx';
import { type JwtRequest, useBundles, useConnections, useFetchJwtSvid, useSvids } from './queries.ts';
import { useJudgement } from './use-judgement.ts';
import { benchWith, useAddress, useSettingsInAddress } from './use-address.ts';
import { useBefore } from './use-before.ts';
import { useBoundary } from './use-boundary.ts';
import { useOlderCopies } from './use-older-copies.ts';
import { isUnsigned } from './use-signer.ts';
import { subjectsOnBench } from './report.ts';
import { useSources } from './use-sources.ts';
import { momentOf, reduceBench } from './workbench.ts';
import './inspector.css';

/** Milliseconds after which "now" is judged anew. */
const rejudge = 10_000;

/** Fetches bundles and live SVIDs. What is inspected stays in this component's memory: never in the address, storage or query cache. */
export default function InspectorPage() {
  const { tab, settings, setTab, setSettings } = useAddress();
  const [bench, act] = useReducer(reduceBench, settings, benchWith);
  useSettingsInAddress(bench, settings, setSettings, act);
  const [jwtBundles, setJwtBundles] = useState<Readonly<Record<string, string>>>({});
  const svids = useSvids();
  const bundles = useBundles();
  const connections = useConnections();
  const fetchJwt = useFetchJwtSvid();
  const ticked = useNow(rejudge);
  const [givenAt, setGivenAt] = useState(0);
  // What was issued since the last tick is not judged for a moment before it was there.
  const now = useMemo(() => new Date(Math.max(ticked.getTime(), givenAt)), [ticked, givenAt]);
  const at = momentOf(bench.moment, now);
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
  const judged = useJudgement(bench, held, at);
  const sources = useSources({ bench, act, held, at, onGiven: () => setGivenAt(Date.now()) });
  // Judged anew at the very moment at which time changes a verdict, too.
  const passed = useBoundary(bench.moment.mode === 'now' ? judged : undefined, sources.verdicts.rows);
  if (passed > givenAt) setGivenAt(passed);
  const practice = usePractice();
  // Older copies are read only where they can say more: no key of the bundle signed the document.
  const older = useOlderCopies(
    bundles.data?.bundles,
    judged && isUnsigned(judged) ? judged.trustDomain : undefined,
  );
  const before = useBefore(bench);

  const encode = (text: string) => new TextEncoder().encode(text);
  const taken = useEffectEvent((handoff: Handoff) =>
    sources.give([{ bytes: encode(handoff.text), name: handoff.name }]),
  );
  useEffect(() => {
    const handoff = takeHandoff();
    if (handoff) void Promise.resolve(handoff).then(taken);
  }, []);
  const onJwt = async (request: JwtRequest) => {
    try {
      const { token, bundlesJson } = await fetchJwt(request);
      setJwtBundles((known) => ({ ...known, ...bundlesJson }));
      const { audience, connection } = request;
      await sources.give([{ bytes: encode(token), name: `fetched from ${connection}` }], { audience });
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
      older={older}
      before={before}
      tab={tab}
      onTab={setTab}
      live={liveState(svids)}
      connections={(connections.data?.connections ?? [])
        .filter((connection) => connection.kind === ConnectionKind.WORKLOAD_API)
        .map((connection) => connection.name)}
      sources={sources}
      reportOnAll={() => subjectsOnBench(bench, held, at ?? now)}
      examples={practice ? examplesOf(svids.data?.svids ?? [], bundles.data?.bundles ?? []) : []}
      onExample={({ sources: given, settings: values }: Example) => {
        if (values) act({ do: 'set', values });
        void sources.give(given);
      }}
      onX509={(svid: X509Svid) =>
        void sources.give([{ bytes: encode(svid.chainPem), name: `fetched from ${svid.connection}` }])
      }
      onJwt={onJwt}
    />
  );
}

function liveState(query: ReturnType<typeof useSvids>): LiveState {
  if (query.data) return { state: 'ready', svids: query.data.svids };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
