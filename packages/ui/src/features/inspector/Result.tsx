import type { Decoded, Judgement } from '@muster/domain';
import { useRef, useState } from 'react';
import { Select, Tabs } from '../../components/index.ts';
import { BundleKeys } from './BundleKeys.tsx';
import { ChainPicture } from './ChainPicture.tsx';
import { chainOf } from './chain.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { compareChoices, comparedKind } from './comparing.ts';
import { ContextNote, ContextPanel } from './ContextPanel.tsx';
import { DecodedPanel } from './DecodedPanel.tsx';
import type { InspectedDocument } from './documents.ts';
import { FactList } from './FactList.tsx';
import { factsOf } from './facts.ts';
import { LenientNote, UseNote } from './Notes.tsx';
import { RuleSheet } from './RuleSheet.tsx';
import { type SheetView, wholeSheet } from './sheet-filter.ts';
import type { OlderCopy } from './signer.ts';
import { SignerPanel } from './SignerPanel.tsx';
import { type ContextState, useContextOf } from './use-context.ts';
import type { Judged } from './use-judgement.ts';
import { useSigner } from './use-signer.ts';
import { VerdictBanner } from './VerdictBanner.tsx';
import './Result.css';

export const resultTabs = ['requirements', 'decoded', 'keys', 'context', 'compare'] as const;
export type ResultTab = (typeof resultTabs)[number];

export interface ResultProps {
  readonly judged: Judged;
  readonly audience: string;
  readonly onAudience: (audience: string) => void;
  /** Of the bundle that the document needs: copies that have been replaced since. */
  readonly older: readonly OlderCopy[];
  /** What lies on the bench, and what was judged before. */
  readonly documents: readonly InspectedDocument[];
  readonly before: readonly InspectedDocument[];
  /** Undefined: what fits the document best. */
  readonly tab: ResultTab | undefined;
  readonly onTab: (tab: ResultTab) => void;
}

/** The verdict on one document, the picture of its chain, and what both rest on. */
export function Result(props: ResultProps) {
  const { judged, audience, older, onTab } = props;
  const { judgement, at } = judged;
  const { decoded } = judgement;
  const [svid, setSvid] = useState(0);
  const [selected, setSelected] = useState<string>();
  const [sheet, setSheet] = useState<SheetView>(wholeSheet);
  const signer = useSigner(judged, older);
  const context = useContextOf(judgement);
  const note = bundleNote(judged);
  const steps = chainOf(judgement, {
    bundle: note === undefined ? undefined : { trustDomain: judged.trustDomain ?? '', note },
    svid,
    signer: signer?.keys[0],
  });
  const tabs = useRef<HTMLDivElement>(null);
  // What is asked for from above may be out of sight.
  const lead = (to: ResultTab) => {
    onTab(to);
    tabs.current?.scrollIntoView?.({ block: 'start' });
  };
  return (
    <>
      <VerdictBanner
        judged={judged}
        audience={audience}
        onAudience={props.onAudience}
        onCompare={() => lead('compare')}
      />
      <div className="inspect-body">
        {decoded.type === 'workload-x509-response' && decoded.svids.length > 1 && (
          <SvidChoice decoded={decoded} chosen={svid} onChoose={setSvid} />
        )}
        {steps.length > 0 && (
          <ChainPicture
            steps={steps}
            at={at}
            selected={selected}
            onSelect={(what) => {
              setSelected(what);
              onTab('decoded');
            }}
            onClause={(id) => {
              setSheet({ ...wholeSheet, search: id });
              lead('requirements');
            }}
          />
        )}
        <div className="inspect-summary">
          {signer && <SignerPanel signer={signer} />}
          {decoded.type === 'x509-svid' ? (
            <FactList facts={factsOf(decoded).slice(0, 1)} />
          ) : (
            <FactList facts={factsOf(decoded)} />
          )}
          <div className="inspect-notes">
            <LenientNote judgement={judgement} />
            <UseNote judgement={judgement} at={at} audience={audience} />
            <ContextNote state={context} onMore={() => lead('context')} />
          </div>
        </div>
        <div ref={tabs} className="inspect-tabs">
          <ResultTabs {...props} sheet={sheet} onSheet={setSheet} selected={selected} context={context} />
        </div>
      </div>
    </>
  );
}

interface ResultTabsProps extends ResultProps {
  readonly sheet: SheetView;
  readonly onSheet: (view: SheetView) => void;
  readonly selected: string | undefined;
  readonly context: ContextState;
}

function ResultTabs({ sheet, onSheet, selected, context, ...props }: ResultTabsProps) {
  const { judged, documents, before, onTab } = props;
  const { judgement, at, document, bundles, trustDomain } = judged;
  const { decoded } = judgement;
  const keys = isBundle(decoded) ? decoded : undefined;
  const tab = fittingTab(props.tab, keys !== undefined);
  const held = bundles.flatMap(({ choices }) => choices);
  const choices = compareChoices(document, documents, before, held, trustDomain);
  const tabs: { id: ResultTab; label: string; count?: number }[] = [
    { id: 'requirements', label: 'Requirements', count: judgement.checks.length },
    { id: 'decoded', label: 'Decoded' },
    ...(keys ? [{ id: 'keys' as const, label: 'Keys' }] : []),
    { id: 'context', label: 'Beyond the document' },
    { id: 'compare', label: 'Compare' },
  ];
  return (
    <Tabs label="What the verdict rests on" tabs={tabs} selected={tab} onSelect={onTab}>
      {tab === 'requirements' && <RuleSheet checks={judgement.checks} view={sheet} onView={onSheet} />}
      {tab === 'decoded' && <DecodedPanel decoded={decoded} at={at} selected={selected} />}
      {tab === 'keys' && keys && <BundleKeys decoded={keys} at={at} />}
      {tab === 'context' && <ContextPanel state={context} />}
      {tab === 'compare' && (
        <ComparePanel
          subject={{
            key: document.id,
            label: document.name,
            kind: comparedKind(document),
            bytes: document.bytes,
          }}
          choices={choices}
        />
      )}
    </Tabs>
  );
}

type BundleDecoded = Extract<Decoded, { type: 'bundle' | 'bundle-map' }>;

function isBundle(decoded: Decoded): decoded is BundleDecoded {
  return decoded.type === 'bundle' || decoded.type === 'bundle-map';
}

/** A tab that the address names and the document does not have gives way to the one that fits. */
function fittingTab(tab: ResultTab | undefined, keys: boolean): ResultTab {
  if (tab !== undefined && (tab !== 'keys' || keys)) return tab;
  return keys ? 'keys' : 'requirements';
}

function bundleNote({ bundles, trustDomain }: Judged): string | undefined {
  const bundle = bundles.find((one) => one.trustDomain === trustDomain);
  if (!bundle) return undefined;
  const { sequence, source } = bundle.chosen;
  return `${sequence === undefined ? 'no sequence' : `sequence ${sequence}`}, ${source}`;
}

function SvidChoice({
  decoded,
  chosen,
  onChoose,
}: {
  readonly decoded: Extract<Judgement['decoded'], { type: 'workload-x509-response' }>;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}) {
  return (
    <div className="inspect-svid-choice">
      <Select
        aria-label="SVID of the response"
        value={String(chosen)}
        onChange={(value) => onChoose(Number(value))}
        options={decoded.svids.map(({ spiffeId, hint }, index) => ({
          value: String(index),
          label: `SVID ${index + 1} of ${decoded.svids.length}: ${spiffeId}${hint === '' ? '' : `, ${hint}`}`,
        }))}
      />
    </div>
  );
}
