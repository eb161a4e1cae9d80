import type { KeyboardEvent, ReactNode } from 'react';

export interface Column<Row> {
  id: string;
  header: ReactNode;
  /** A grid track: `minmax(0, 42fr)`, `120px`. */
  width: string;
  render: (row: Row) => ReactNode;
  sortable?: boolean;
  align?: 'end';
  /** Left out where the table is narrower than this many pixels. */
  from?: number;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined: not read yet, drawn as a skeleton. */
  rows: readonly (Row | undefined)[];
  rowKey: (row: Row) => string;
  /** Key of the row whose detail is open. */
  selected?: string | undefined;
  /** Click or Enter. */
  onSelect?: ((row: Row) => void) | undefined;
  /** Keys of the rows ticked for a batch. */
  checked?: ReadonlySet<string>;
  /** `x` on a row, or its box. */
  onCheck?: (row: Row) => void;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** How many rows there are, loaded or not; the rest is drawn as skeletons. */
  total?: number;
  loading?: boolean;
  /** Which rows are in sight, first and last; for lists that read only those. */
  onRange?: ((first: number, last: number) => void) | undefined;
  /** Asked for once for every number of rows, when the last of them comes near. */
  onReachEnd?: (() => void) | undefined;
  /** Shown instead of rows when there are none. */
  empty?: ReactNode;
  /** Other keys, e.g. `e` to edit. */
  onRowKey?: (event: KeyboardEvent, row: Row) => void;
}
