import { memo, type ReactNode } from 'react';
import { ReachableByTab } from '../Chip.tsx';
import type { Column } from './types.ts';

export interface RowProps<Row> {
  id: string;
  row: Row;
  index: number;
  top: number;
  columns: readonly Column<Row>[];
  current: boolean;
  selected: boolean;
  checked: boolean | undefined;
  onPick: (row: Row, index: number) => void;
  onCheck: ((row: Row) => void) | undefined;
}

function OneRow<Row>({
  id,
  row,
  index,
  top,
  columns,
  current,
  selected,
  checked,
  onPick,
  onCheck,
}: RowProps<Row>) {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={['grid-row', current && 'current', selected && 'selected'].filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        // Selecting text to copy it is not opening the row.
        if (!selecting(event.currentTarget)) onPick(row, index);
      }}
    >
      <ReachableByTab value={current}>
        {onCheck && (
          <div role="gridcell" className="grid-cell grid-check" onClick={(event) => event.stopPropagation()}>
            <input
              type="checkbox"
              aria-label="Select row"
              tabIndex={current ? 0 : -1}
              checked={checked ?? false}
              onChange={() => onCheck(row)}
            />
          </div>
        )}
        {columns.map((column) => (
          <div
            role="gridcell"
            key={column.id}
            className={column.align === 'end' ? 'grid-cell end num' : 'grid-cell'}
          >
            <Cell>{column.render(row)}</Cell>
          </div>
        ))}
      </ReachableByTab>
    </div>
  );
}

/** Bare text is cut with an ellipsis; what is drawn sees to itself. */
function Cell({ children }: { children: ReactNode }) {
  return typeof children === 'object' ? children : <span className="ellipsis">{children}</span>;
}

function selecting(row: HTMLElement): boolean {
  const selection = getSelection();
  return Boolean(
    selection && !selection.isCollapsed && selection.anchorNode && row.contains(selection.anchorNode),
  );
}

// A list of thousands moves its cursor without rendering all that is in sight.
export const TableRow = memo(OneRow) as typeof OneRow;

export function SkeletonRow({ top, columns }: { top: number; columns: number }) {
  return (
    <div className="grid-row grid-waiting" aria-hidden="true" style={{ transform: `translateY(${top}px)` }}>
      {Array.from({ length: columns }, (_, i) => (
        <div className="grid-cell" key={i}>
          <span className="skeleton-bar" style={{ width: `${70 - ((i * 17) % 40)}%` }} />
        </div>
      ))}
    </div>
  );
}
