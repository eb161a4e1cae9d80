import { type ReactNode, useState } from 'react';
import { EmptyState, Skeleton, Tabs, ValidityBar } from '../../components/index.ts';
import { BundleKeys } from './BundleKeys.tsx';
import { BundlePicker } from './BundlePicker.tsx';
import { ChainPicture } from './ChainPicture.tsx';
import { chainOf } from './chain.ts';
import { DecodedPanel } from './DecodedPanel.tsx';
import { DocumentList } from './DocumentList.tsx';
import { isToken, refusals } from './documents.ts';
import { FactList } from './FactList.tsx';
import { factsOf, validityOf } from './facts.ts';
import { FetchLive, type FetchLiveProps } from './FetchLive.tsx';
import { ForgetNotice } from './ForgetNotice.tsx';
import { JudgeSettings } from './JudgeSettings.tsx';
import { LenientNote, UseNote } from './Notes.tsx';
import { RuleSheet } from './RuleSheet.tsx';
import { SourceInput } from './SourceInput.tsx';
import type { Judged } from './use-judgement.ts';
import { VerdictBanner } from './VerdictBanner.tsx';
import type { BenchAction, Workbench } from './workbench.ts';

export interface InspectorViewProps extends FetchLiveProps {
  readonly bench: Workbench;
  /** Undefined while nothing is judged, or not yet. */
  readonly judged: Judged | undefined;
  readonly act: (action: BenchAction) => void;
  readonly onText: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Left: what is judged, as whom, against what. Right: the verdict and what it rests on. */
export function InspectorView(props: InspectorViewProps) {
  const { bench, judged } = props;
  return (
    <div className="inspect-frame">
      <div className="inspect" data-empty={bench.documents.length === 0}>
        <Source {...props} />
        <section className="inspect-pane" aria-label="Verdict">
          {bench.subject === undefined && <Nothing forgotten={bench.forgotten} />}
          {bench.subject !== undefined && !judged && <Skeleton rows={8} />}
          {judged && (
            <Result
              key={judged.document.id}
              judged={judged}
              audience={bench.audience}
              onAudience={(audience) => props.act({ do: 'set', values: { audience } })}
            />
          )}
        </section>
      </div>
    </div>
  );
}

function Source(props: InspectorViewProps) {
  const { bench, judged, act, onText, onFiles } = props;
  const refused = bench.refused && refusals[bench.refused.reason];
  const some = bench.documents.length > 0;
  const subject = bench.documents.find((document) => document.id === bench.subject);
  const settings = <JudgeSettings bench={bench} onSet={(values) => act({ do: 'set', values })} />;
  const live = (
    <Fold title="Fetch live from a Workload API" open={!some}>
      <FetchLive
        live={props.live}
        connections={props.connections}
        onX509={props.onX509}
        onJwt={props.onJwt}
      />
    </Fold>
  );
  return (
    <section className="inspect-source" aria-label="Source">
      <h1>SVID inspector</h1>
      {refused && (
        <div className="inspect-refused" role="alert">
          <strong>{refused.title}</strong>
          <p>{refused.text}</p>
        </div>
      )}
      {some && (
        <DocumentList
          documents={bench.documents}
          subject={bench.subject}
          trustDomain={judged?.trustDomain}
          onJudge={(id) => act({ do: 'judge', id })}
          onDrop={(id) => act({ do: 'drop', id })}
          onAssign={(id, trustDomain) => act({ do: 'assign', id, trustDomain })}
        />
      )}
      {some && (
        <ForgetNotice
          key={bench.subject}
          keep={bench.keep}
          token={bench.documents.some((document) => isToken(document.kind))}
          onKeep={(keep) => act({ do: 'set', values: { keep } })}
          onForget={() => act({ do: 'forget' })}
        />
      )}
      <SourceInput more={some} onText={onText} onFiles={onFiles} />
      <p className="small inspect-local">Judged in this window: nothing that you give leaves this machine.</p>
      {judged && subject && !subject.authorities && (
        <BundlePicker
          bundles={judged.bundles}
          needed={judged.trustDomain}
          onChoose={(trustDomain, key) => act({ do: 'source', trustDomain, key })}
        />
      )}
      {/* What a person is here for comes first: something to judge, then as whom. */}
      {some ? settings : live}
      {some ? live : settings}
    </section>
  );
}

function Fold({
  title,
  open,
  children,
}: {
  readonly title: string;
  readonly open: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details className="inspect-fold" open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function Nothing({ forgotten }: { readonly forgotten: boolean }) {
  return (
    <EmptyState title={forgotten ? 'Forgotten' : 'Nothing to judge yet'}>
      {forgotten && <p>What you gave was not used for a minute and was forgotten. Give it again to go on.</p>}
      <p>
        Paste or drop an X.509-SVID, a JWT-SVID, a WIT-SVID, a trust bundle or a SPIFFE ID, or fetch one that
        a Workload API hands out now. Each requirement of the SPIFFE specifications is then shown with its
        verdict, the evidence for it, and its clause.
      </p>
      <p>
        Certificates may be PEM or DER, with their intermediates. Leave private keys out: they are refused.
      </p>
    </EmptyState>
  );
}

type TabId = 'requirements' | 'decoded' | 'keys';

interface ResultProps {
  readonly judged: Judged;
  readonly audience: string;
  readonly onAudience: (audience: string) => void;
}

function Result({ judged, audience, onAudience }: ResultProps) {
  const { judgement, at, document, digest, trustDomain, bundles } = judged;
  const { decoded } = judgement;
  const isBundle = decoded.type === 'bundle' || decoded.type === 'bundle-map';
  const [tab, setTab] = useState<TabId>(isBundle ? 'keys' : 'requirements');
  const bundle = bundles.find((one) => one.trustDomain === trustDomain);
  const bundleNote =
    bundle &&
    `${bundle.chosen.sequence === undefined ? 'no sequence' : `sequence ${bundle.chosen.sequence}`}, ${bundle.chosen.source}`;
  const steps = chainOf(judgement, {
    at,
    bundle: bundle && { trustDomain: bundle.trustDomain, note: bundleNote ?? '' },
  });
  const validity = validityOf(decoded);
  const report = {
    judgement,
    at,
    audience,
    digest,
    bundle: bundle && !document.authorities ? `${bundle.trustDomain}, ${bundleNote}` : undefined,
  };
  const tabs: { id: TabId; label: string; count?: number }[] = [
    { id: 'requirements', label: 'Requirements', count: judgement.checks.length },
    { id: 'decoded', label: 'Decoded' },
    ...(isBundle ? [{ id: 'keys' as const, label: 'Keys' }] : []),
  ];
  return (
    <>
      <VerdictBanner report={report} onAudience={onAudience} />
      <div className="inspect-body">
        {steps.length > 0 && <ChainPicture steps={steps} />}
        <div className="inspect-summary">
          {validity && <ValidityBar {...validity} now={at} />}
          {decoded.type !== 'x509-svid' && <FactList facts={factsOf(decoded)} />}
          {decoded.type === 'x509-svid' && <FactList facts={factsOf(decoded).slice(0, 1)} />}
          <LenientNote judgement={judgement} />
          <UseNote judgement={judgement} at={at} audience={audience} />
        </div>
        <Tabs label="What the verdict rests on" tabs={tabs} selected={tab} onSelect={setTab}>
          {tab === 'requirements' && <RuleSheet checks={judgement.checks} />}
          {tab === 'decoded' && <DecodedPanel decoded={decoded} />}
          {tab === 'keys' && isBundle && <BundleKeys decoded={decoded} at={at} />}
        </Tabs>
      </div>
    </>
  );
}
