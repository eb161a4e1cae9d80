import type { Freshness } from '@muster/api';
import { formatCount } from './numbers.ts';
import { proseText } from './text.ts';
import { TimeAgo } from './TimeAgo.tsx';
import { toDate } from './timestamp.ts';
import { Tooltip } from './Tooltip.tsx';

/** How old what is shown is, whether it is being read again, and why it may be out of date. */
export function Age({ freshness }: { freshness: Freshness | undefined }) {
  if (!freshness) return <>age unknown</>;
  const { read, expected, refreshing, staleReason } = freshness;
  const progress =
    expected > 0n ? `${formatCount(read)} of about ${formatCount(expected)}` : formatCount(read);
  return (
    <>
      {freshness.asOf ? (
        <TimeAgo at={toDate(freshness.asOf)} prefix="as of" />
      ) : (
        'being read for the first time'
      )}
      {refreshing && read > 0n && <span> · reading {progress}</span>}
      {staleReason && (
        <Tooltip content={proseText(staleReason)}>
          <span className="age-stale" tabIndex={0}>
            {' '}
            · may be out of date
          </span>
        </Tooltip>
      )}
    </>
  );
}
