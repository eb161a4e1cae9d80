import { formatCount } from '../numbers.ts';
import { Tooltip } from '../Tooltip.tsx';
import './histogram.css';

export interface HistogramPart {
  key: string;
  name: string;
  count: bigint;
}

export interface HistogramColumn {
  key: string;
  /** Said below it, where there is room. */
  text: string;
  /** In full: "in 1 to 2 h". */
  name: string;
  parts: readonly HistogramPart[];
  tone?: 'bad';
}

interface Props {
  label: string;
  columns: readonly HistogramColumn[];
  selected: string | undefined;
  onSelect: (key: string | undefined) => void;
}

const total = (column: HistogramColumn) => column.parts.reduce((sum, part) => sum + part.count, 0n);

/**
 * How many in each stretch, as columns to choose from. Heights grow with the logarithm: one authority must be seen
 * beside a million entries; the numbers stand above.
 */
export function Histogram({ label, columns, selected, onSelect }: Props) {
  const most = columns.reduce((max, column) => (total(column) > max ? total(column) : max), 1n);
  const height = (count: bigint) =>
    count === 0n ? 0 : 12 + (Math.log10(Number(count)) / Math.max(Math.log10(Number(most)), 1)) * 88;
  return (
    <div className="hist" role="group" aria-label={label}>
      {columns.map((column) => {
        const all = total(column);
        const on = column.key === selected;
        return (
          <Tooltip key={column.key} content={<Words column={column} all={all} />} shrink>
            <button
              type="button"
              className={['hist-column', on && 'on', column.tone].filter(Boolean).join(' ')}
              aria-pressed={on}
              aria-label={`${column.name}: ${all === 0n ? 'nothing' : formatCount(all)}`}
              onClick={() => onSelect(on ? undefined : column.key)}
            >
              <span className="hist-count num">{all === 0n ? '' : compact(all)}</span>
              <span className="hist-space">
                <span className="hist-stack" style={{ height: `${height(all)}%` }}>
                  {column.parts.map((part) => (
                    <span
                      key={part.key}
                      className={`hist-part hist-${part.key}`}
                      style={{ flexGrow: Math.log10(Number(part.count)) + 1 }}
                    />
                  ))}
                </span>
              </span>
              <span className="hist-text">
                {column.text.split(' ').map((word) => (
                  <span key={word}>{word}</span>
                ))}
              </span>
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}

function Words({ column, all }: { column: HistogramColumn; all: bigint }) {
  return (
    <>
      {column.name}
      {all === 0n && ': nothing'}
      {column.parts.map((part) => (
        <span key={part.key}>
          <br />
          {formatCount(part.count)} {part.name}
        </span>
      ))}
    </>
  );
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const compact = (count: bigint): string => (count < 10_000n ? formatCount(count) : short.format(count));
