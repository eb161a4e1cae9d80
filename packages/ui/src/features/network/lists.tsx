import { type ControlPlane, type NetworkLink, type NetworkNode, type Route, type Warning } from '@muster/api';
import { type ReactNode, useRef } from 'react';
import {
  Button,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  type RowList,
  useSlash,
  WarningNote,
} from '../../components/index.ts';
import { LINK_COLUMNS, NODE_COLUMNS, ROUTE_COLUMNS } from './columns.tsx';
import { type Change, NetworkTools } from './NetworkTools.tsx';
import { useAllNodes, useDomains, useLinks, useNodes, useRoutes } from './queries.ts';
import { CLEAR, isFiltered, type Kind, linkKey, type NetworkSearch, routeKey, type Tab } from './search.ts';

export interface ListProps {
  search: NetworkSearch;
  planes: readonly ControlPlane[];
  onChange: Change;
}

interface Asked<Answer> {
  data: Answer | undefined;
  error: unknown;
  isPending: boolean;
  isPlaceholderData: boolean;
  refetch: () => Promise<unknown>;
}

interface OneListProps<Row> extends ListProps {
  tab: Tab;
  kind: Kind;
  label: string;
  tools: Partial<Parameters<typeof NetworkTools>[0]>;
  columns: readonly Column<Row>[];
  list: {
    first: Asked<{ total: bigint; warnings: Warning[] }>;
    rows: RowList<Row>;
    onRange: (from: number, to: number) => void;
  };
  keyOf: (row: Row) => string;
  sorts?: boolean;
  empty: ReactNode;
}

/** One list of the network with its search, its age and what is open of it. */
function OneList<Row extends { connection: string }>(props: OneListProps<Row>) {
  const { tab, kind, search, planes, onChange, list, keyOf } = props;
  const { first, rows, onRange } = list;
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  const tools = { tab, search, planes, inputRef: input, onChange, ...props.tools };
  return (
    <>
      <NetworkTools {...tools}>
        <span className="grow" />
        {first.data && (
          <span className="page-count num">
            {formatCount(first.data.total)}
            {isFiltered(search) ? ' found' : ''}
          </span>
        )}
      </NetworkTools>
      <Notes warnings={first.data?.warnings} />
      {!first.data && first.error ? (
        <ErrorState error={first.error} retry={() => void first.refetch()} />
      ) : (
        <DataTable
          label={props.label}
          columns={props.columns}
          rows={rows}
          rowKey={(row) => `${row.connection}/${keyOf(row)}`}
          isSelected={(row) =>
            search.open === kind && search.id === keyOf(row) && (!search.on || search.on === row.connection)
          }
          onSelect={(row) => onChange({ open: kind, id: keyOf(row), on: row.connection })}
          {...(props.sorts && {
            sort: { column: search.sort ?? 'status', descending: search.desc === '1' },
            onSort: ({ column, descending }) =>
              onChange({ sort: column, desc: descending ? '1' : undefined }),
          })}
          total={rows.length}
          loading={first.isPending || first.isPlaceholderData}
          onRange={onRange}
          empty={isFiltered(search) ? <NothingFound label={props.label} onChange={onChange} /> : props.empty}
        />
      )}
    </>
  );
}

/** What a generation does not have, and other things to know of a list. */
export function Notes({ warnings }: { warnings: readonly Warning[] | undefined }) {
  if (!warnings || warnings.length === 0) return null;
  return (
    <div className="network-notes">
      {warnings.map((warning) => (
        <WarningNote key={`${warning.code} ${warning.text}`} warning={warning} />
      ))}
    </div>
  );
}

function NothingFound({ label, onChange }: { label: string; onChange: Change }) {
  return (
    <EmptyState
      title={`Nothing of the ${label.toLowerCase()} matches`}
      action={<Button onClick={() => onChange(CLEAR)}>Clear search and filters</Button>}
    >
      Search looks in names, nodes, addresses and status messages.
    </EmptyState>
  );
}

export function RouteList(props: ListProps) {
  const { search } = props;
  const list = useRoutes(search);
  const nodes = useAllNodes(search.cp).data?.nodes;
  return (
    <OneList<Route>
      {...props}
      tab="routes"
      kind="route"
      label="Routes"
      sorts
      tools={{ statuses: list.first.data?.statuses, nodes: nodes?.map(({ id }) => id) }}
      columns={ROUTE_COLUMNS}
      list={list}
      keyOf={routeKey}
      empty={
        <EmptyState title="No route">
          A route is made for every application that is connected to a node. None is connected, or this
          generation keeps no list.
        </EmptyState>
      }
    />
  );
}

export function NodeList(props: ListProps) {
  const { search } = props;
  const list = useNodes(search);
  const nodes = useAllNodes(search.cp).data?.nodes ?? [];
  const domains = useDomains(search.cp).data?.domains ?? [];
  const names = new Set([...domains.map(({ name }) => name), ...nodes.map(({ domain }) => domain)]);
  return (
    <OneList<NetworkNode>
      {...props}
      tab="nodes"
      kind="node"
      label="Nodes"
      tools={{ domains: [...names].filter(Boolean).toSorted() }}
      columns={NODE_COLUMNS}
      list={list}
      keyOf={({ id }) => id}
      empty={
        <EmptyState title="No node">
          A node is here once its configuration names this control plane and it has connected.
        </EmptyState>
      }
    />
  );
}

export function LinkList(props: ListProps) {
  const { search } = props;
  const list = useLinks(search);
  return (
    <OneList<NetworkLink>
      {...props}
      tab="links"
      kind="link"
      label="Links"
      tools={{}}
      columns={LINK_COLUMNS}
      list={list}
      keyOf={linkKey}
      empty={
        <EmptyState title="No link">
          Nodes of one domain are linked by themselves; nodes of two once a segment links their domains.
        </EmptyState>
      }
    />
  );
}
