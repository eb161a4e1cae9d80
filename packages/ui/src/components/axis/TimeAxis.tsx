import { proseText } from '../text.ts';
import type { ReactNode } from 'react';
import { formatExact, formatRelative } from '../time.ts';
import { Tooltip } from '../Tooltip.tsx';
import { ticksBetween } from './ticks.ts';
import './axis.css';

export type AxisTone = 'ok' | 'next' | 'old' | 'warn' | 'bad' | 'faint';

export interface AxisRow {
  key: string;
  /** What stands before its bar. */
  label: ReactNode;
  /** The same in words, for the bar's own name. */
  name: string;
  /** Undefined: not told since when; its bar fades in. */
  from: Date | undefined;
  /** Undefined: not told until when; it has no bar. */
  to: Date | undefined;
  tone: AxisTone;
  /** Moments on the bar, e.g. when something happens by itself. */
  marks?: readonly { at: Date; text: string }[];
}

interface Props {
  label: string;
  rows: readonly AxisRow[];
  now: Date;
  /** Rows that set how much time is shown; the rest is cut at the edges. All, when left out. */
  within?: (row: AxisRow) => boolean;
}

/** Validities as bars over one stretch of time, with now in it. The same facts stand in a table elsewhere. */
export function TimeAxis({ label, rows, now, within = () => true }: Props) {
  const [from, to] = extent(rows.filter(within), now.getTime());
  const place = (at: number) => Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
  const ticks = ticksBetween(from, to, now.getTime());
  return (
    <div className="axis" role="group" aria-label={label}>
      <div className="axis-scale" aria-hidden="true">
        {ticks.map((tick) => (
          <span
            key={tick.at}
            className={tick.text === 'now' ? 'axis-tick axis-tick-now' : 'axis-tick'}
            style={{ left: `${place(tick.at)}%` }}
          >
            {tick.text}
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <div className="axis-row" key={row.key}>
          <div className="axis-label">{row.label}</div>
          <div className="axis-track">
            {ticks.map((tick) => (
              <span key={tick.at} className="axis-grid" style={{ left: `${place(tick.at)}%` }} />
            ))}
            <Bar row={row} from={from} to={to} place={place} now={now} />
            <span className="axis-now" style={{ left: `${place(now.getTime())}%` }} />
          </div>
        </div>
      ))}
    </div>
  );
}

interface BarProps {
  row: AxisRow;
  from: number;
  to: number;
  place: (at: number) => number;
  now: Date;
}

function Bar({ row, from, to, place, now }: BarProps) {
  if (!row.to) return <span className="axis-none small">until when is not told</span>;
  const start = row.from?.getTime() ?? from;
  const left = place(start);
  const right = place(row.to.getTime());
  const words = `${proseText(row.name)}: ${row.from ? `from ${formatRelative(row.from, now.getTime())}` : 'since when is not told'}, until ${formatRelative(row.to, now.getTime())}`;
  const tip = (
    <>
      {row.from ? `From ${formatExact(row.from)}` : 'Since when is not told'}
      <br />
      until {formatExact(row.to)}
      {row.marks?.map((mark) => (
        <span key={mark.text}>
          <br />
          {mark.text} {formatExact(mark.at)}
        </span>
      ))}
    </>
  );
  const edges = [
    !row.from || start < from ? 'axis-open-left' : '',
    row.to.getTime() > to ? 'axis-open-right' : '',
  ];
  return (
    <>
      <Tooltip content={tip} shrink>
        <span
          className={['axis-bar', `axis-${row.tone}`, ...edges].filter(Boolean).join(' ')}
          role="img"
          aria-label={words}
          tabIndex={0}
          style={{ left: `${left}%`, width: `${Math.max(right - left, 0.6)}%` }}
        />
      </Tooltip>
      {row.marks
        ?.filter((mark) => mark.at.getTime() >= from && mark.at.getTime() <= to)
        .map((mark) => (
          <span key={mark.text} className="axis-mark" style={{ left: `${place(mark.at.getTime())}%` }} />
        ))}
    </>
  );
}

/** The stretch that the rows cover, with now and a little room at both ends, ms. */
function extent(rows: readonly AxisRow[], now: number): [from: number, to: number] {
  const moments = rows.flatMap((row) => [row.from, row.to]).flatMap((at) => (at ? [at.getTime()] : []));
  const from = Math.min(now, ...moments);
  const to = Math.max(now, ...moments);
  const room = Math.max((to - from) * 0.03, 30_000);
  return [from - room, to + room];
}
