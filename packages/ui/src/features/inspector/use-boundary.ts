import { useEffect, useState } from 'react';
import { nextMoment, type VerdictRow } from './verdict-row.ts';
import type { Judged } from './use-judgement.ts';

/** A timer cannot be set for longer. */
const longest = 2 ** 31 - 1;

/**
 * When time last changed something a verdict rests on: a beginning or an end that has just passed. Milliseconds since 1970; 0 before
 * there was any.
 */
export function useBoundary(judged: Judged | undefined, rows: ReadonlyMap<string, VerdictRow>): number {
  const [passed, setPassed] = useState(0);
  const own = judged && nextMoment(judged.judgement.decoded, judged.at.getTime());
  let next = own ?? Number.POSITIVE_INFINITY;
  for (const row of rows.values()) if (row.next !== undefined && row.next < next) next = row.next;
  useEffect(() => {
    if (!Number.isFinite(next)) return undefined;
    const wait = next - Date.now();
    // What is long past was judged for another moment on purpose.
    if (wait < -60_000) return undefined;
    const timer = setTimeout(
      () => setPassed(Math.max(Date.now(), next)),
      Math.min(longest, Math.max(0, wait)),
    );
    return () => clearTimeout(timer);
  }, [next]);
  return passed;
}
