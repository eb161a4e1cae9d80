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
  /** Never narrower than this many pixels: the table scrolls sideways instead. */
  min?: number;
  /** Stays in sight when the table scrolls sideways; for the first one. */
  pinned?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** Rows of a list of any length, by their place; an array is one. Undefined: not read yet, drawn as a skeleton. */
export interface RowList<Row> {
  readonly length: number;
  at(index: number): Row | undefined;
  /** Among the rows that are here. */
  findIndex(test: (row: Row | undefined) => boolean): number;
}

export interface TreePlace {
  level: number;
  expanded: boolean | undefined;
  /** Place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
}

export interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: RowList<Row>;
  rowKey: (row: Row) => string;
  /** Key of the row whose detail is open. */
  selected?: string | undefined;
  /** For lists where one thing may stand in several rows; instead of `selected`. */
  isSelected?: (row: Row) => boolean;
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
  /** When it changes, the list is another one and begins at its top. */
  scrollKey?: string | undefined;
  /** Which rows are in sight, first and last; for lists that read only those. */
  onRange?: ((first: number, last: number) => void) | undefined;
  /** Asked for once for every number of rows, when the last of them comes near. */
  onReachEnd?: (() => void) | undefined;
  /** Shown instead of rows when there are none. */
  empty?: ReactNode;
  /** Other keys, e.g. `e` to edit; `go` moves to another row. */
  onRowKey?: (event: KeyboardEvent, row: Row, at: { index: number; go: (index: number) => void }) => void;
  /** Set for a tree: how deep a row stands, from 1, and whether it is open (undefined: it cannot be opened). */
  treeOf?: (row: Row) => TreePlace;
}
