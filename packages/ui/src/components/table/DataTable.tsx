import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef } from 'react';
import { SkeletonRow, TableRow } from './Rows.tsx';
import type { Column, DataTableProps, Sort } from './types.ts';
import { useCursor } from './useCursor.ts';
import { useStable } from './useStable.ts';
import { useWidth } from './useWidth.ts';
import '../States.css';
import './table.css';

const ROW = 34;
// Where there is no layout (a hidden window, tests) a window's worth of rows is drawn all the same.
const ASSUMED = { width: 1200, height: 900 };
const NEAR_END = 20;
const FIRST_SKELETONS = 14;

/** A list of any length in one row height. One tab stop: arrows move, Enter opens, x ticks. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, selected, checked, onCheck, total, loading, onReachEnd, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const width = useWidth(scroller);
  const shown = useMemo(
    () => columns.filter((column) => !width || !column.from || width >= column.from),
    [columns, width],
  );
  const rest = loading && rows.length === 0 ? FIRST_SKELETONS : Math.max(0, (total ?? 0) - rows.length);
  const count = rows.length + rest;
  // The React compiler is not used, so what this hook returns may change under a memo.
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    initialRect: ASSUMED,
    observeElementRect: (instance, tell) =>
      observeElementRect(instance, (rect) => tell(rect.height > 0 ? rect : ASSUMED)),
    paddingStart: ROW,
    scrollPaddingStart: ROW,
  });
  const { current, go, onKeyDown } = useCursor(props, (index) => virtual.scrollToIndex(index));
  const pick = useStable((row: Row, index: number) => {
    go(index);
    props.onSelect?.(row);
  });
  const check = useStable((row: Row) => onCheck?.(row));

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const first = items[0]?.index ?? 0;
  const { onRange } = props;
  useEffect(() => onRange?.(first, last), [first, last, onRange]);
  const asked = useRef(-1);
  useEffect(() => {
    if (!onReachEnd || rows.length === 0 || last < rows.length - NEAR_END || asked.current === rows.length)
      return;
    asked.current = rows.length;
    onReachEnd();
  }, [last, rows.length, onReachEnd]);

  const tracks = [onCheck ? '34px' : '', ...shown.map((column) => column.width)].filter(Boolean).join(' ');
  const currentRow = rows[current];
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label={props.label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-busy={loading || undefined}
      aria-activedescendant={currentRow ? `${base}-${current}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--tracks': tracks }}
    >
      <div
        className="grid-canvas"
        role="presentation"
        style={{ height: Math.max(virtual.getTotalSize(), ROW) }}
      >
        <div role="row" className="grid-head" aria-rowindex={1}>
          {onCheck && (
            <div role="columnheader" className="grid-cell">
              <span className="vh">Selected</span>
            </div>
          )}
          {shown.map((column) => (
            <HeadCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined)
            return <SkeletonRow key={`rest-${item.index}`} top={item.start} columns={shown.length} />;
          const key = rowKey(row);
          return (
            <TableRow
              key={key}
              id={`${base}-${item.index}`}
              row={row}
              index={item.index}
              top={item.start}
              columns={shown}
              current={item.index === current}
              selected={key === selected}
              checked={checked?.has(key)}
              onPick={pick}
              onCheck={onCheck && check}
            />
          );
        })}
      </div>
      {count === 0 && empty}
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function HeadCell<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const on = sort?.column === column.id ? sort : undefined;
  const direction = on ? (on.descending ? 'descending' : 'ascending') : undefined;
  const className = column.align === 'end' ? 'grid-cell end' : 'grid-cell';
  if (!column.sortable || !onSort)
    return (
      <div role="columnheader" className={className}>
        {column.header}
      </div>
    );
  return (
    <div role="columnheader" className={className} aria-sort={direction ?? 'none'}>
      <button
        type="button"
        className="grid-sort"
        onClick={() => onSort({ column: column.id, descending: on ? !on.descending : false })}
      >
        {column.header}
        <span aria-hidden="true">{on ? (on.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </div>
  );
}
