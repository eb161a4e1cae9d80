import type { ApplyResult } from '@muster/api';
import { formatCount } from '../numbers.ts';

/** How it ended, e.g. "2 done, 1 refused". */
export function summaryOf({ done, refused, unknown }: ApplyResult): string {
  const parts = [`${formatCount(done)} done`];
  if (refused) parts.push(`${formatCount(refused)} refused`);
  if (unknown) parts.push(`${formatCount(unknown)} unknown`);
  return parts.join(', ');
}
