import { memo, type ReactNode } from 'react';
import { ReachableByTab } from '../Chip.tsx';
import type { Column, TreePlace } from './types.ts';

export interface RowProps<Row> {
  id: string;
  row: Row;
  index: number;
  top: number;
  columns: readonly Column<Row>[];
  current: boolean;
  selected: boolean;
  checked: boolean | undefined;
  tree: TreePlace | undefined;
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
  tree,
  onPick,
  onCheck,
}: RowProps<Row>) {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-level={tree?.level}
      aria-expanded={tree?.expanded}
      aria-posinset={tree?.position}
      aria-setsize={tree?.siblings}
      className={['grid-row', current && 'current', selected && 'selected'].filter(Boolean).join(' ')}
      style={{ top }}
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
          <div role="gridcell" key={column.id} className={cellClass(column, 'end num')}>
            <Cell>{column.render(row)}</Cell>
          </div>
        ))}
      </ReachableByTab>
    </div>
  );
}

export const cellClass = <Row,>({ align, pinned }: Column<Row>, end = 'end'): string =>
  ['grid-cell', align && end, pinned && 'pinned'].filter(Boolean).join(' ');

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
export const TableRow = memo(OneRow, (a, b) => {
  const { tree: one, ...rest } = a;
  const { tree: other, ...next } = b;
  return sameFields(rest, next) && (one === other || (one && other ? sameFields(one, other) : false));
}) as typeof OneRow;

function sameFields<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((key) => Object.is(a[key], b[key]));
}

export function SkeletonRow({ top, columns }: { top: number; columns: number }) {
  return (
    <div className="grid-row grid-waiting" aria-hidden="true" style={{ top }}>
      {Array.from({ length: columns }, (_, i) => (
        <div className="grid-cell" key={i}>
          <span className="skeleton-bar" style={{ width: `${70 - ((i * 17) % 40)}%` }} />
        </div>
      ))}
    </div>
  );
}
