import { type EntryTreeNode, EntryTreeKind } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import { use } from 'react';
import {
  Chip,
  type Column,
  formatCount,
  NameText,
  SpiffeIdText,
  TrustDomainTag,
} from '../../../components/index.ts';
import { ReachableByTab } from '../../../components/Chip.tsx';
import { selectorsText, StateChip } from '../columns.tsx';
import type { EntriesSearch } from '../search.ts';
import type { TreeRow } from './rows.ts';

const INDENT = 18;

export function treeColumns(byPath: boolean, toggle: (row: TreeRow) => void): readonly Column<TreeRow>[] {
  return [
    {
      id: 'name',
      header: byPath ? 'Path' : 'Parent and what is under it',
      width: 'minmax(0, 60fr)',
      render: (row) => <Name row={row} byPath={byPath} toggle={toggle} />,
    },
    {
      id: 'td',
      header: 'Trust domain',
      width: '150px',
      from: 620,
      render: (row) => <TrustDomainTag name={row.server.trustDomain || row.server.name} />,
    },
    {
      id: 'entries',
      header: byPath ? 'At and below' : 'Entries below',
      width: '116px',
      align: 'end',
      from: 480,
      render: ({ node }) => (node ? formatCount(node.entries) : ''),
    },
    { id: 'state', header: 'State', width: '138px', from: 740, render: (row) => <Kind row={row} /> },
    {
      id: 'list',
      header: 'List',
      width: '124px',
      from: 560,
      render: (row) => <AsList row={row} byPath={byPath} />,
    },
  ];
}

function Name({ row, byPath, toggle }: { row: TreeRow; byPath: boolean; toggle: (row: TreeRow) => void }) {
  const { node, expanded, level } = row;
  return (
    <span className="tree-name" style={{ paddingLeft: (level - 1) * INDENT }}>
      <button
        type="button"
        className="tree-twisty"
        // The row's own keys do this; for a pointer.
        tabIndex={-1}
        aria-hidden="true"
        disabled={expanded === undefined}
        onClick={(event) => {
          event.stopPropagation();
          toggle(row);
        }}
      >
        {expanded === undefined ? '' : expanded ? '▾' : '▸'}
      </button>
      {node ? <Label node={node} byPath={byPath} /> : <b>{escapeText(row.server.name)}</b>}
    </span>
  );
}

function Label({ node, byPath }: { node: EntryTreeNode; byPath: boolean }) {
  if (byPath)
    return (
      <span className="mono ellipsis">
        <NameText name={node.label} />
        {node.node.endsWith('/') && <span className="entry-none">/</span>}
      </span>
    );
  return (
    <span className="tree-label">
      <SpiffeIdText id={node.label} bare />
      {node.entry && <span className="mono ellipsis entry-selectors">{selectorsText(node.entry)}</span>}
    </span>
  );
}

function Kind({ row: { node, server } }: { row: TreeRow }) {
  if (!node)
    return (
      <Chip tone="info" reason={`Everything that ${escapeText(server.name)} issues for.`}>
        server
      </Chip>
    );
  if (node.entry) return <StateChip entry={node.entry} />;
  if (node.agent) {
    const { banned, attestationType } = node.agent;
    return (
      <Chip
        tone={banned ? 'bad' : 'ok'}
        reason={banned ? 'Its server refuses it.' : `Attested by ${escapeText(attestationType)}.`}
      >
        {banned ? 'agent, banned' : 'agent'}
      </Chip>
    );
  }
  if (node.kind === EntryTreeKind.SERVER)
    return (
      <Chip tone="info" reason="Entries whose parent is the server name sets of nodes.">
        node aliases
      </Chip>
    );
  if (node.kind === EntryTreeKind.MISSING)
    return (
      <Chip
        tone="warn"
        reason="Neither an attested agent nor an entry has this ID, so nobody can serve what is under it."
      >
        not there
      </Chip>
    );
  return null;
}

/** The same entries as a list: searched, sorted, exported. */
function AsList({ row: { node, server }, byPath }: { row: TreeRow; byPath: boolean }) {
  const reachable = use(ReachableByTab);
  const search = listSearch(node, server.trustDomain, byPath);
  if (!search) return null;
  return (
    <Link
      to="/entries"
      search={search}
      tabIndex={reachable ? 0 : -1}
      onClick={(event) => event.stopPropagation()}
    >
      Show as list
    </Link>
  );
}

/** The list that holds what is at and below a row. */
function listSearch(
  node: EntryTreeNode | undefined,
  trustDomain: string,
  byPath: boolean,
): EntriesSearch | undefined {
  if (!node) return { td: trustDomain };
  if (node.node === '') return undefined;
  if (!byPath) return { td: trustDomain, parent: node.node };
  // Several entries of one ID: no path leads below it.
  if (!node.node.endsWith('/')) return { q: `spiffe://${trustDomain}${node.node}` };
  return { td: trustDomain, path: node.node };
}
