import { judge, type Judgement, type JudgeInput, withKeyCheck } from '@muster/domain';
import type { KeyCheck } from './documents.ts';
import { type VerdictRow, rowOf } from './verdict-row.ts';

/** One document of many. Bundles are named by their place in the batch, so that they are sent once. */
export interface BatchTask {
  readonly id: string;
  readonly input: Pick<JudgeInput, 'kind' | 'input' | 'audience' | 'trustDomain'>;
  readonly bundles: number;
  readonly keyCheck?: KeyCheck | undefined;
}

export interface BatchQuestion {
  readonly batch: readonly BatchTask[];
  readonly bundles: readonly ReadonlyMap<string, Uint8Array>[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Verdicts are told together, at most this many milliseconds late: a message for each would cost more than some verdicts. */
const tellEvery = 40;

/** Judges one after another, and tells the verdicts as they come. */
export async function judgeBatch(
  { batch, bundles, at }: BatchQuestion,
  onRows: (rows: readonly VerdictRow[]) => void,
): Promise<void> {
  let rows: VerdictRow[] = [];
  let told = performance.now();
  const tell = () => {
    if (rows.length > 0) onRows(rows);
    rows = [];
    told = performance.now();
  };
  for (const task of batch) {
    const judgement = await judge({
      ...task.input,
      bundles: bundles[task.bundles] ?? new Map(),
      at: new Date(at),
    });
    rows.push(rowOf(task.id, completed(judgement, task.keyCheck), at));
    if (performance.now() - told > tellEvery) tell();
  }
  tell();
}

/** With what was found out about its private key, when there was one. */
export function completed(judgement: Judgement, keyCheck: KeyCheck | undefined): Judgement {
  return keyCheck ? withKeyCheck(judgement, keyCheck.check) : judgement;
}
