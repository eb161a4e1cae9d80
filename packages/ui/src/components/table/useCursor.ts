import { type KeyboardEvent, useState } from 'react';
import type { DataTableProps } from './types.ts';

const PAGE = 12;

/** The current row: kept by key, so that it stays with its row when data arrives. */
export function useCursor<Row>(props: DataTableProps<Row>, scrollTo: (index: number) => void) {
  const { rows, rowKey, selected, onSelect, onCheck, onRowKey } = props;
  const [at, setAt] = useState<string | undefined>(selected);
  const found = rows.findIndex((row) => rowKey(row) === at);
  const current = found >= 0 ? found : rows.findIndex((row) => rowKey(row) === selected);

  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[to];
    if (!row) return;
    setAt(rowKey(row));
    scrollTo(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of a box or button inside the row are its own.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key];
    const row = rows[current];
    if (step !== undefined) go(current < 0 ? 0 : current + step);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'Enter' && row) onSelect?.(row);
    else if (event.key === 'x' && row && onCheck) onCheck(row);
    else {
      if (row) onRowKey?.(event, row);
      return;
    }
    event.preventDefault();
  };
  return { current, setAt, onKeyDown };
}
