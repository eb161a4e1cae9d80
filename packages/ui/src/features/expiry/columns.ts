import type { ExpiryBin } from '@muster/api';
import { type HistogramColumn, lengthOf } from '../../components/index.ts';
import { kindOf } from './search.ts';

export interface Stretch extends HistogramColumn {
  /** Seconds from now; undefined: no bound there. */
  from: number | undefined;
  to: number | undefined;
}

/** The bins of an answer as columns, those of one stretch together. `now` is the answer’s own, ms. */
export function toStretches(bins: readonly ExpiryBin[], now: number): Stretch[] {
  const stretches = new Map<string, Stretch>();
  const away = (at: ExpiryBin['from']) => at && Number(at.seconds) - Math.floor(now / 1000);
  for (const bin of bins) {
    const from = away(bin.from);
    const to = away(bin.to);
    const key = `${from ?? ''}-${to ?? ''}`;
    const known = stretches.get(key);
    const kind = kindOf(bin.kind);
    const parts =
      kind && bin.count > 0n
        ? [{ key: kind.key, name: bin.count === 1n ? kind.one : kind.many, count: bin.count }]
        : [];
    stretches.set(key, {
      key,
      from,
      to,
      ...named(from, to),
      parts: [...(known?.parts ?? []), ...parts],
      ...(from === undefined && { tone: 'bad' as const }),
    });
  }
  return [...stretches.values()];
}

function named(from: number | undefined, to: number | undefined): { text: string; name: string } {
  const length = (seconds: number) => lengthOf(seconds * 1000);
  if (from === undefined) return { text: 'expired', name: 'Expired and still there' };
  if (to === undefined) return { text: 'later', name: `In more than ${length(from)}` };
  return {
    text: length(to),
    name: from === 0 ? `Within ${length(to)}` : `In ${length(from)} to ${length(to)}`,
  };
}
