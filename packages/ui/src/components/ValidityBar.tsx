import { formatExact, formatRelative } from './time.ts';
import { Tooltip } from './Tooltip.tsx';
import './ValidityBar.css';

interface Props {
  notBefore: Date;
  notAfter: Date;
  now: Date;
}

/** How much of a validity is left: words for what the bar draws, too. */
export function ValidityBar({ notBefore, notAfter, now }: Props) {
  const { tone, part, words } = validity(notBefore, notAfter, now);
  return (
    <div className="validity">
      <Tooltip content={`From ${formatExact(notBefore)} to ${formatExact(notAfter)}`} shrink>
        <div className={`validity-bar ${tone}`} role="img" aria-label={words} tabIndex={0}>
          <div className="validity-fill" style={{ width: `${part * 100}%` }} />
          <div className="validity-now" style={{ left: `${part * 100}%` }} />
        </div>
      </Tooltip>
      <div className={`small num ${tone === 'bad' ? 'validity-bad' : ''}`}>{words}</div>
    </div>
  );
}

type Validity = { tone: 'ok' | 'warn' | 'bad' | 'unknown'; part: number; words: string };

/** `part` is how much of it has passed, 0 to 1. */
export function validity(notBefore: Date, notAfter: Date, now: Date): Validity {
  const at = now.getTime();
  const whole = notAfter.getTime() - notBefore.getTime();
  const passed = whole > 0 ? (at - notBefore.getTime()) / whole : 1;
  if (at >= notAfter.getTime())
    return { tone: 'bad', part: 1, words: `expired ${formatRelative(notAfter, at)}` };
  if (passed < 0)
    return { tone: 'unknown', part: 0, words: `not valid yet, starts ${formatRelative(notBefore, at)}` };
  const words = `issued ${formatRelative(notBefore, at)} · expires ${formatRelative(notAfter, at)}`;
  return { tone: passed > 0.85 ? 'warn' : 'ok', part: passed, words };
}
