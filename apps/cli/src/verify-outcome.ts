import type { ExitCode } from './exit.ts';
import type { Judged, JudgedSet } from './verify-set.ts';

/** What ends a pipeline besides a broken requirement. */
export type FailOn = 'error' | 'warn';

/** Nothing is wrong with it that was asked for. */
export const passes = ({ judgement }: Judged, failOn: FailOn): boolean =>
  judgement.verdict === 'valid' && (failOn === 'error' || judgement.warns.length === 0);

/** 0 all valid, 1 one is not, 2 something could not be read: about that nobody knows anything, so it comes first. */
export function exitOf({ judged, problems }: JudgedSet, failOn: FailOn): ExitCode {
  const read = judged.every(
    ({ judgement }) => judgement.verdict === 'valid' || judgement.verdict === 'invalid',
  );
  if (problems.length > 0 || judged.length === 0 || !read) return 2;
  return judged.every((one) => passes(one, failOn)) ? 0 : 1;
}
