import { ActionService, type ApplyResult, type ItemResult, type Plan } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { useQuery, useTransport } from '@connectrpc/connect-query';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { proseText } from '../text.ts';
import { useToast } from '../Toast.tsx';
import { summaryOf } from './summary.ts';

/**
 * The plan of an action. Never kept, and never made anew under the eyes of who reads it: applying it makes other
 * queries out of date, and not this one.
 */
export function usePlan(action: string, input: JsonObject) {
  return useQuery(
    ActionService.method.plan,
    { action, input },
    { gcTime: 0, staleTime: 'static', retry: false, refetchOnMount: 'always', refetchOnWindowFocus: false },
  );
}

export type ApplyState =
  | { state: 'idle' }
  // since: ms since 1970
  | { state: 'applying'; since: number; done: number; total: number; items: readonly ItemResult[] }
  | { state: 'applied'; result: ApplyResult; total: number; items: readonly ItemResult[] }
  | { state: 'failed'; error: unknown; items: readonly ItemResult[] };

const DRAWN_EVERY = 100;

const randomHex = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Applies a plan by its digest and follows its progress. */
export function useApply() {
  const transport = useTransport();
  const queries = useQueryClient();
  const [state, setState] = useState<ApplyState>({ state: 'idle' });
  // The same plan is applied under the same key, so pressing again after a broken connection does nothing twice.
  const keys = useRef(new Map<string, string>());
  const left = useRef(false);
  const tell = useToast();

  async function apply(plan: Plan, goOn = false): Promise<void> {
    const known = goOn ? undefined : keys.current.get(plan.digest);
    const idempotencyKey = known ?? randomHex();
    keys.current.set(plan.digest, idempotencyKey);
    const items: ItemResult[] = [];
    let result: ApplyResult | undefined;
    let total = plan.counts.reduce((sum, { count }) => sum + count, 0) || plan.changes.length;
    const since = Date.now();
    setState({ state: 'applying', since, done: 0, total, items: [] });
    let shownAt = 0;
    try {
      for await (const progress of createClient(ActionService, transport).apply({
        digest: plan.digest,
        idempotencyKey,
      })) {
        if (progress.item) items.push(progress.item);
        result = progress.result ?? result;
        total = progress.total;
        // Thousands of results come in a second: drawing each would take longer than doing them.
        if (Date.now() - shownAt < DRAWN_EVERY && progress.done < total) continue;
        shownAt = Date.now();
        setState({ state: 'applying', since, done: progress.done, total, items: [...items] });
      }
      if (!result)
        throw new Error('The connection ended before the result came. Activity shows what was done.');
      setState({ state: 'applied', result, total, items });
      if (left.current)
        tell(
          `${proseText(plan.title)}: ${summaryOf(result)}. Activity shows it.`,
          result.refused + result.unknown > 0 ? 'bad' : 'ok',
        );
    } catch (error) {
      setState({ state: 'failed', error, items });
      if (left.current) tell(`${proseText(plan.title)}: Activity shows what became of it.`, 'bad');
    }
    // Watch tells the same, but a person who looks at once must see it at once.
    void queries.invalidateQueries();
  }
  /** What is under way is finished first; the stream then tells what was left. */
  async function stop(plan: Plan): Promise<void> {
    const idempotencyKey = keys.current.get(plan.digest);
    if (idempotencyKey === undefined) return;
    // Over meanwhile: the result says what there is to say.
    await createClient(ActionService, transport)
      .stop({ idempotencyKey })
      .catch(() => {});
  }
  /** Whoever follows it goes away, and is told in passing how it ends: the gateway goes on. */
  const leave = () => {
    left.current = true;
  };
  return { state, apply, stop, leave, reset: () => setState({ state: 'idle' }) };
}
