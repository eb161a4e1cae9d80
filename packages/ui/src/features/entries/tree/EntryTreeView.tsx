import { type Entry, EntryTree } from '@muster/api';
import { type KeyboardEvent, useMemo } from 'react';
import { DataTable, EmptyState, ErrorState } from '../../../components/index.ts';
import { entryKey } from '../../../routes.ts';
import { treeColumns } from './columns.tsx';
import { useTree } from './queries.ts';
import type { TreeRow, TreeServer } from './rows.ts';

interface Props {
  /** By what; `paths` or `parents`. */
  by: 'parents' | 'paths';
  servers: readonly TreeServer[];
  selected: string | undefined;
  /** Which levels are open, as the address says it. */
  open: string | undefined;
  onExpand: (open: string | undefined) => void;
  onOpen: (entry: Entry) => void;
}

/** Entries as a tree, level by level: under whom they are served, or by the segments of their paths. */
export function EntryTreeView({ by, servers, selected, open, onExpand, onOpen }: Props) {
  const byPath = by === 'paths';
  const tree = useTree({
    tree: byPath ? EntryTree.PATH : EntryTree.PARENT,
    servers,
    open,
    onOpen: onExpand,
  });
  const { rows, toggle } = tree;
  const columns = useMemo(() => treeColumns(byPath, toggle), [byPath, toggle]);
  const onRowKey = (
    event: KeyboardEvent,
    row: TreeRow,
    { index, go }: { index: number; go: (index: number) => void },
  ) => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    const opens = event.key === 'ArrowRight';
    if (row.expanded === !opens) toggle(row);
    else if (opens && row.expanded) go(index + 1);
    else if (!opens) go(Math.max(0, rows.spot(index)?.parent ?? 0));
  };
  if (tree.error && rows.length <= servers.length)
    return <ErrorState error={tree.error} retry={tree.refetch} />;
  return (
    <DataTable
      label={byPath ? 'Entries by path' : 'Entries by parent'}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      isSelected={({ node }) => node?.entry !== undefined && entryKey(node.entry) === selected}
      onSelect={(row) => {
        if (row.node?.entry) onOpen(row.node.entry);
        else if (row.expanded !== undefined) toggle(row);
      }}
      treeOf={({ level, expanded, position, siblings }) => ({ level, expanded, position, siblings })}
      onRange={tree.onRange}
      onRowKey={onRowKey}
      empty={
        <EmptyState title="No SPIRE server is connected">
          Entries are kept by SPIRE servers; a connection to one is made on the Connections page.
        </EmptyState>
      }
    />
  );
}
