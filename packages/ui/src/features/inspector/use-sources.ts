import { useEffect, useMemo, useState } from 'react';
import type { HeldBundle } from './bundles.ts';
import type { Dropped, DroppedFile } from './dropped.ts';
import type { IntakeSource } from './intake.ts';
import { type ManyRow, type ManyView, wholeTable } from './many-rows.ts';
import { warmWorkers } from './start-worker.ts';
import { type GiveOptions, type Intake, useIntake } from './use-intake.ts';
import { useVerdicts, type Verdicts } from './use-verdicts.ts';
import { useWatch, type Watch } from './use-watch.ts';
import { type BenchAction, listed, type Workbench } from './workbench.ts';

/** Everything about where documents come from, and about many of them at once. */
export interface Sources {
  readonly intake: Intake['state'];
  readonly give: (sources: readonly IntakeSource[], how?: GiveOptions) => Promise<boolean>;
  readonly onText: (text: string) => void;
  /** Files that were dropped or picked. Keys among them are compared with their certificates, and not kept. */
  readonly onFiles: (dropped: Dropped | Promise<Dropped>) => void;
  /** Files that were picked to be watched. */
  readonly onPicked: (dropped: Promise<Dropped>) => void;
  readonly verdicts: Verdicts;
  /** A line for each document that is judged. */
  readonly rows: readonly ManyRow[];
  readonly view: ManyView;
  readonly setView: (view: ManyView) => void;
  readonly watch: Watch;
  /** Files of the last drop that can be watched. */
  readonly candidates: readonly DroppedFile[];
}

export interface SourcesOptions {
  readonly bench: Workbench;
  readonly act: (action: BenchAction) => void;
  readonly held: readonly HeldBundle[];
  /** When documents are judged; undefined when no moment is chosen. */
  readonly at: Date | undefined;
  /** Something was laid on the bench now. */
  readonly onGiven: () => void;
}

const encode = (text: string) => new TextEncoder().encode(text);

export function useSources({ bench, act, held, at, onGiven }: SourcesOptions): Sources {
  const [view, setView] = useState(wholeTable);
  const [candidates, setCandidates] = useState<readonly DroppedFile[]>([]);
  const intake = useIntake(bench.documents, act);
  const give: Sources['give'] = async (sources, how) => {
    const taken = await intake.give(sources, how);
    onGiven();
    return taken;
  };
  const whole = useMemo(() => listed(bench.documents), [bench.documents]);
  const watching = bench.documents.some(({ watched }) => watched);
  const verdicts = useVerdicts(bench, held, at, whole.length > 1 || watching);
  const watch = useWatch(bench.documents, verdicts.rows, give, act);
  const rows = useMemo(
    () => whole.map((document): ManyRow => ({ document, row: verdicts.rows.get(document.id) })),
    [whole, verdicts.rows],
  );
  useEffect(() => {
    // When the page is drawn and nobody waits for it.
    const timer = setTimeout(warmWorkers, 500);
    return () => clearTimeout(timer);
  }, []);
  const none = bench.documents.length === 0;
  // What was forgotten is forgotten whole (S-14).
  if (none && candidates.length > 0) setCandidates([]);
  if (none && view !== wholeTable) setView(wholeTable);

  const take = async (dropped: Dropped | Promise<Dropped>): Promise<readonly DroppedFile[]> => {
    const { files, refused } = await dropped;
    const again = files.filter(({ handle }) => handle);
    if (files.length > 0 || refused.length > 0) await give(files, { keys: 'use', refused });
    setCandidates(again);
    return again;
  };
  return {
    intake: intake.state,
    give,
    onText: (text) => void give([{ bytes: encode(text), name: 'pasted' }]),
    onFiles: (dropped) => void take(dropped),
    onPicked: (dropped) => void take(dropped).then((files) => files.length > 0 && watch.start(files)),
    verdicts,
    rows,
    view,
    setView,
    watch,
    candidates,
  };
}
