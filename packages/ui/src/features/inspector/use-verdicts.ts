import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { HeldBundle } from './bundles.ts';
import { planOf } from './verdict-plan.ts';
import { type VerdictState, VerdictStore } from './verdict-store.ts';
import type { Workbench } from './workbench.ts';

export interface Verdicts extends VerdictState {
  readonly cancel: () => void;
  readonly resume: () => void;
}

/** Judges every document of the bench beside the page, while `active`. */
export function useVerdicts(
  { documents, sources, audience, trustDomain, moment }: Workbench,
  held: readonly HeldBundle[],
  at: Date | undefined,
  active: boolean,
): Verdicts {
  const [store] = useState(() => new VerdictStore());
  const state = useSyncExternalStore(store.subscribe, store.state);
  const plan = useMemo(
    () => (active ? planOf({ documents, sources, audience, trustDomain }, held) : undefined),
    [active, documents, sources, audience, trustDomain, held],
  );
  const time = at?.getTime();
  const chosen = moment.mode === 'chosen';
  useEffect(() => store.update(plan, time, chosen), [store, plan, time, chosen]);
  useEffect(() => () => store.update(undefined, undefined, false), [store]);
  return { ...state, cancel: () => store.cancel(), resume: () => store.resume() };
}
