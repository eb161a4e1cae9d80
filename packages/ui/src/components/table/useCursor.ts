import { type KeyboardEvent, useState } from 'react';
import type { DataTableProps } from './types.ts';

/** The current row: kept by key, so that it stays with its row when data arrives. */
export function useCursor<Row>(props: DataTableProps<Row>, page: number, scrollTo: (index: number) => void) {
  const { rows, rowKey, selected, onSelect, onCheck, onRowKey } = props;
  const [at, setAt] = useState<{ index: number; key: string | undefined }>({ index: -1, key: selected });
  const keyAt = (index: number) => {
    const row = index < 0 ? undefined : rows.at(index);
    return row === undefined ? undefined : rowKey(row);
  };
  const find = (key: string | undefined) =>
    key === undefined ? -1 : rows.findIndex((row) => row !== undefined && rowKey(row) === key);
  const inPlace =
    at.index >= 0 && at.index < rows.length && (at.key === undefined || keyAt(at.index) === at.key);
  const found = inPlace ? at.index : find(at.key);
  const current = found >= 0 ? found : find(selected);

  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    if (rows.length === 0) return;
    setAt({ index: to, key: keyAt(to) });
    scrollTo(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of a box or button inside the row are its own.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
    const row = current < 0 ? undefined : rows.at(current);
    if (step !== undefined) go(current < 0 ? 0 : current + step);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'Enter' && row !== undefined) onSelect?.(row);
    else if (event.key === 'x' && row !== undefined && onCheck) onCheck(row);
    else {
      if (row !== undefined) onRowKey?.(event, row, { index: current, go });
      return;
    }
    event.preventDefault();
  };
  return { current, go: (index: number) => setAt({ index, key: keyAt(index) }), onKeyDown };
}
