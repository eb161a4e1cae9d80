import { use } from 'react';
import { ReachableByTab } from './Chip.tsx';
import { formatExact, formatRelative, useTicking } from './time.ts';
import { Tooltip } from './Tooltip.tsx';

interface Props {
  at: Date | undefined;
  /** Words before it, e.g. `as of`. */
  prefix?: string;
  /** What to say when there is no time. */
  none?: string;
}

/** Relative and ticking; the exact moment on hover and focus. */
export function TimeAgo({ at, prefix, none = 'unknown' }: Props) {
  const text = useTicking((now) => (at ? formatRelative(at, now) : none));
  const reachable = use(ReachableByTab);
  const lead = prefix ? `${prefix} ` : '';
  if (!at) return <span className="num">{lead + text}</span>;
  return (
    <Tooltip content={formatExact(at)}>
      <time className="num" dateTime={at.toISOString()} tabIndex={reachable ? 0 : -1}>
        {lead + text}
      </time>
    </Tooltip>
  );
}
