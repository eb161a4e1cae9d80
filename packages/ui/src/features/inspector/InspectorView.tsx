import type { ReportSubject } from '@muster/domain/report-types';
import { Fragment, type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { EmptyState, Skeleton } from '../../components/index.ts';
import { BundlePicker } from './BundlePicker.tsx';
import { DocumentList } from './DocumentList.tsx';
import { type InspectedDocument, isToken } from './documents.ts';
import { Examples, type ExamplesProps, WhatToGive } from './Examples.tsx';
import { validityOf } from './facts.ts';
import { FetchLive, type FetchLiveProps } from './FetchLive.tsx';
import { ForgetNotice } from './ForgetNotice.tsx';
import { JudgeSettings } from './JudgeSettings.tsx';
import { ManyBack } from './ManyBack.tsx';
import { ManyTable } from './ManyTable.tsx';
import { ProbeSource } from './ProbeSource.tsx';
import { RefusedNotice } from './RefusedNotice.tsx';
import { ReportMenu } from './ReportMenu.tsx';
import { Result, type ResultTab } from './Result.tsx';
import type { OlderCopy } from './signer.ts';
import { SourceInput } from './SourceInput.tsx';
import { useDropZone } from './use-drop-zone.ts';
import type { Judged } from './use-judgement.ts';
import type { Sources } from './use-sources.ts';
import { WatchPanel } from './WatchPanel.tsx';
import { WorkBar } from './WorkBar.tsx';
import type { BenchAction, Workbench } from './workbench.ts';

export interface InspectorViewProps extends FetchLiveProps, Pick<ExamplesProps, 'examples' | 'onExample'> {
  readonly bench: Workbench;
  /** Undefined while nothing is judged, or not yet. */
  readonly judged: Judged | undefined;
  readonly act: (action: BenchAction) => void;
  readonly sources: Sources;
  /** Judges all on the bench anew, for a report. */
  readonly reportOnAll: () => Promise<readonly ReportSubject[]>;
  readonly older: readonly OlderCopy[];
  readonly before: readonly InspectedDocument[];
  readonly tab: ResultTab | undefined;
  readonly onTab: (tab: ResultTab) => void;
}

/** Left: what is judged, as whom, against what. Right: the verdict and what it rests on. */
export function InspectorView(props: InspectorViewProps) {
  const { bench, judged, sources, act } = props;
  const { over, handlers } = useDropZone(sources.onFiles, sources.onText);
  const many = { rows: sources.rows, view: sources.view, audience: bench.audience };
  const onOpen = (id: string) => act({ do: 'judge', id });
  const pane = useRef<HTMLElement>(null);
  const none = bench.subject === undefined;
  // In one column the verdict would come up out of sight of what was clicked. Once it is there: what grows
  // above the place where a person looks is scrolled past by the browser.
  const shown = none ? 'nothing' : bench.overview ? 'overview' : judged?.document.id;
  const led = useRef<string>(undefined);
  const lead = useEffectEvent((to: string) => {
    if (led.current === to) return;
    led.current = to;
    // What was refused shows itself, and comes before.
    if (!none && bench.refused.length === 0) pane.current?.scrollIntoView?.({ block: 'start' });
  });
  useEffect(() => {
    if (shown !== undefined) lead(shown);
  }, [shown]);
  // The line that was opened last is marked in the table; none before one was.
  const [opened, setOpened] = useState<string>();
  if (!bench.overview && bench.subject !== opened) setOpened(bench.subject);
  return (
    <div className="inspect-frame" {...handlers}>
      <div className="inspect" data-empty={bench.documents.length === 0}>
        <Source {...props} over={over} />
        <section ref={pane} className="inspect-pane" aria-label="Verdict">
          {none && <Nothing {...props} />}
          {bench.overview && (
            <ManyTable
              {...many}
              selected={opened}
              progress={sources.verdicts.progress}
              onView={sources.setView}
              onOpen={onOpen}
              onCancel={sources.verdicts.cancel}
              onResume={sources.verdicts.stopped ? sources.verdicts.resume : undefined}
              report={
                <ReportMenu
                  subjects={props.reportOnAll}
                  tokens={many.rows.some(({ document }) => isToken(document.kind))}
                  count={many.rows.length}
                />
              }
            />
          )}
          {!bench.overview && bench.subject !== undefined && many.rows.length > 1 && (
            <ManyBack
              {...many}
              subject={bench.subject}
              onOpen={onOpen}
              onBack={() => act({ do: 'overview' })}
            />
          )}
          {!bench.overview && bench.subject !== undefined && !judged && <Skeleton rows={8} />}
          {!bench.overview && judged && (
            <Result
              key={judged.document.id}
              judged={judged}
              audience={bench.audience}
              onAudience={(audience) => props.act({ do: 'set', values: { audience } })}
              older={props.older}
              documents={bench.documents}
              before={props.before}
              tab={props.tab}
              onTab={props.onTab}
            />
          )}
        </section>
      </div>
    </div>
  );
}

function Source(props: InspectorViewProps & { readonly over: boolean }) {
  const { bench, judged, act, sources } = props;
  const some = bench.documents.length > 0;
  const subject = bench.documents.find((document) => document.id === bench.subject);
  const settings = (
    <JudgeSettings
      key="settings"
      bench={bench}
      validity={judged && validityOf(judged.judgement.decoded)}
      onSet={(values) => act({ do: 'set', values })}
    />
  );
  const live = (
    <Fragment key="live">
      <Fold title="Fetch live from a Workload API" open={!some}>
        <FetchLive
          live={props.live}
          connections={props.connections}
          onX509={props.onX509}
          onJwt={props.onJwt}
        />
      </Fold>
      <Fold title="Ask an endpoint on the network" open={false}>
        <ProbeSource onFetched={(fetched) => void sources.give([fetched])} />
      </Fold>
    </Fragment>
  );
  const onDisk = (
    <Fold
      key="on-disk"
      title="Watch files on disk"
      open={sources.watch.files.length + sources.candidates.length > 0}
    >
      <WatchPanel
        watch={sources.watch}
        candidates={sources.candidates}
        documents={bench.documents}
        rows={sources.verdicts.rows}
        audience={bench.audience}
        onPicked={sources.onPicked}
      />
    </Fold>
  );
  return (
    <section className="inspect-source" aria-label="Source">
      <h1>SVID inspector</h1>
      <RefusedNotice refused={bench.refused} />
      {sources.intake && (
        <WorkBar
          label={readingWords[sources.intake.progress.step]}
          done={sources.intake.progress.done}
          total={sources.intake.progress.total}
          onCancel={sources.intake.cancel}
        />
      )}
      {some && (
        <DocumentList
          documents={bench.documents}
          subject={bench.overview ? undefined : bench.subject}
          trustDomain={judged?.trustDomain}
          onJudge={(id) => act({ do: 'judge', id })}
          onDrop={(id) => act({ do: 'drop', id })}
          onAssign={(id, trustDomain) => act({ do: 'assign', id, trustDomain })}
          onAll={() => act({ do: 'overview' })}
        />
      )}
      {some && (
        <ForgetNotice
          key={bench.subject}
          keep={bench.keep}
          watched={sources.watch.files.length > 0}
          token={bench.documents.some((document) => isToken(document.kind))}
          onKeep={(keep) => act({ do: 'set', values: { keep } })}
          onForget={() => act({ do: 'forget' })}
        />
      )}
      <SourceInput more={some} over={props.over} onText={sources.onText} onFiles={sources.onFiles} />
      <p className="small inspect-local">Judged in this window: no document leaves it.</p>
      {!bench.overview && judged && subject && needsBundle(subject) && (
        <BundlePicker
          bundles={judged.bundles}
          needed={judged.trustDomain}
          onChoose={(trustDomain, key) => act({ do: 'source', trustDomain, key })}
        />
      )}
      {/* What a person is here for comes first: something to judge, then as whom. Keys keep what is filled in. */}
      {some ? [onDisk, settings, live] : [live, settings, onDisk]}
    </section>
  );
}

const readingWords = { reading: 'Reading', sorting: 'Sorting', 'comparing keys': 'Comparing keys' } as const;

/** A bundle vouches for itself, and a SPIFFE ID needs nobody to. */
function needsBundle({ authorities, kind }: InspectedDocument): boolean {
  return !authorities && kind !== 'bundle-map' && kind !== 'spiffe-id';
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

function Nothing({ bench, examples, onExample, connections, onJwt }: InspectorViewProps) {
  return (
    <EmptyState title={bench.forgotten ? 'Forgotten' : 'Nothing to judge yet'}>
      {bench.forgotten && (
        <p>What you gave was not used for a minute and was forgotten. Give it again to go on.</p>
      )}
      <p>
        Paste a document, or drop files or a whole folder anywhere on this page: what they are, and which key,
        bundle and token belong together, is found out. Each requirement of the SPIFFE specifications is then
        shown with its verdict, the evidence for it, and its clause.
      </p>
      <Examples examples={examples} onExample={onExample} connection={connections[0]} onJwt={onJwt} />
      <WhatToGive />
    </EmptyState>
  );
}
