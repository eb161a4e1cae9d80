import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { canvasOf, ROW } from './geometry.ts';
import { cellClass, SkeletonRow, TableRow } from './Rows.tsx';
import type { Column, DataTableProps, Sort } from './types.ts';
import { useCursor } from './useCursor.ts';
import { useStable } from './useStable.ts';
import { useViewport } from './useViewport.ts';
import '../States.css';
import './table.css';

const NEAR_END = 20;
const FIRST_SKELETONS = 14;

/** A list of any length in one row height. One tab stop: arrows move, Enter opens, x ticks. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, selected, checked, onCheck, total, loading, onReachEnd, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const base = useId();
  const rest = loading && rows.length === 0 ? FIRST_SKELETONS : Math.max(0, (total ?? 0) - rows.length);
  const count = rows.length + rest;
  const { width, space, drawn, show } = useViewport(scroller, layer, count, props.scrollKey);
  const { first, last } = drawn;
  const shown = useMemo(
    () => columns.filter((column) => !width || !column.from || width >= column.from),
    [columns, width],
  );
  const page = Math.max(1, Math.floor(space.view / ROW) - 1);
  const { current, go, onKeyDown } = useCursor(props, page, show);
  const pick = useStable((row: Row, index: number) => {
    go(index);
    props.onSelect?.(row);
  });
  const check = useStable((row: Row) => onCheck?.(row));

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
  const least = shown.reduce((sum, column) => sum + (column.min ?? 0), onCheck ? ROW : 0);
  // While a scrollbar is dragged, skeletons move instead of being made anew.
  const slots = Math.max(1, last - first + 1);
  const lines: ReactNode[] = [];
  for (let index = first; index <= last; index++) {
    const row = index < rows.length ? rows.at(index) : undefined;
    const top = (index - drawn.base) * ROW;
    if (row === undefined) {
      lines.push(
        <SkeletonRow key={`rest-${index % slots}`} top={top} columns={shown.length + (onCheck ? 1 : 0)} />,
      );
      continue;
    }
    const key = rowKey(row);
    lines.push(
      <TableRow
        key={key}
        id={`${base}-${index}`}
        row={row}
        index={index}
        top={top}
        columns={shown}
        current={index === current}
        selected={props.isSelected ? props.isSelected(row) : key === selected}
        checked={checked?.has(key)}
        tree={props.treeOf?.(row)}
        onPick={pick}
        onCheck={onCheck && check}
      />,
    );
  }
  const inSight = current >= first && current <= last && rows.at(current) !== undefined;
  return (
    <div
      ref={scroller}
      className="grid"
      role={props.treeOf ? 'treegrid' : 'grid'}
      aria-label={props.label}
      aria-rowcount={(total ?? rows.length) + 1}
      aria-busy={loading || undefined}
      aria-activedescendant={inSight ? `${base}-${current}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--tracks': tracks }}
    >
      <div
        className="grid-canvas"
        role="presentation"
        style={{ height: ROW + canvasOf(space), minWidth: least > 0 ? `max(100%, ${least}px)` : '100%' }}
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
        {/* Stays where it is while the canvas passes behind it: a fast scroll shows old rows, never none. */}
        <div
          className="grid-window"
          role="presentation"
          style={{ height: Math.min(space.view, count * ROW) }}
        >
          <div ref={layer} className="grid-rows" role="presentation">
            {lines}
          </div>
        </div>
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
  const className = cellClass(column);
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
