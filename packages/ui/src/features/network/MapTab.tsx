import type { ControlPlane, Segment } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { EmptyState, ErrorState, FilterChip, formatCount, Skeleton } from '../../components/index.ts';
import { type ListProps, Notes } from './lists.tsx';
import { NetworkMap } from './NetworkMap.tsx';
import { useAllLinks, useAllNodes, useRouteCounts, useSegments, useWay } from './queries.ts';
import { WayBar } from './WayBar.tsx';
import { wayOf } from './way.ts';

const NO_SEGMENTS: readonly Segment[] = [];

/** The picture, and above it what needs a person. */
export function MapTab({ search, planes, onChange }: ListProps) {
  const nodes = useAllNodes(search.cp);
  const links = useAllLinks(search.cp);
  const segments = useSegments(search.cp);
  const way = useWay(search);
  const asked = Boolean(search.channel ?? (search.from && search.to));
  const shown = useMemo(
    () => (asked && way.data ? wayOf(way.data, Boolean(search.to)) : undefined),
    [asked, way.data, search.to],
  );
  // Read directly, a node is in no picture of a network: its control plane draws it.
  const all = useMemo(() => nodes.data?.nodes.filter(({ direct }) => !direct) ?? [], [nodes.data?.nodes]);
  const direct = (nodes.data?.nodes.length ?? 0) - all.length;
  const away = all.filter(({ status }) => status !== 'connected').length;
  if (!nodes.data && nodes.error)
    return <ErrorState error={nodes.error} retry={() => void nodes.refetch()} />;
  return (
    <>
      <div className="page-bar page-tools network-tools">
        {(all.length > 0 || direct === 0) && (
          <Attention
            search={search}
            away={nodes.data && planes.every(({ freshness }) => freshness?.asOf) ? away : undefined}
          />
        )}
        <span className="grow" />
        {planes.length > 1 && (
          <FilterChip
            label="Control plane"
            value={search.cp}
            options={planes.map(({ connection }: ControlPlane) => ({ value: connection }))}
            onChange={(cp) => onChange({ cp })}
          />
        )}
      </div>
      <WayBar
        search={search}
        answer={asked ? way.data : undefined}
        error={asked ? way.error : undefined}
        retry={() => void way.refetch()}
        onChange={onChange}
      />
      <Notes warnings={links.data?.warnings} />
      {nodes.data && nodes.data.total > BigInt(all.length + direct) && (
        <p className="small network-lead">
          The picture is of the first {formatCount(all.length)} of {formatCount(nodes.data.total)} nodes; the
          list Nodes has all.
        </p>
      )}
      {!nodes.data || links.isPending || segments.isPending ? (
        <Skeleton rows={6} />
      ) : all.length === 0 ? (
        <EmptyState title={direct > 0 ? 'No picture without a control plane' : 'No node'}>
          {direct > 0
            ? 'A node by itself tells its connections and routes only: the lists Nodes and Routes have them.'
            : 'A node is here once its configuration names this control plane and it has connected.'}
        </EmptyState>
      ) : (
        <NetworkMap
          nodes={all}
          links={links.links}
          segments={segments.data?.segments ?? NO_SEGMENTS}
          several={!search.cp && planes.length > 1}
          search={search}
          way={shown}
          onChange={onChange}
        />
      )}
    </>
  );
}

/** Each thing that needs a person, as the way to it. */
function Attention({ search: { cp }, away }: Pick<ListProps, 'search'> & { away: number | undefined }) {
  const { statuses, lost } = useRouteCounts(cp);
  const of = (status: string) => statuses?.find(({ value }) => value === status)?.count ?? 0n;
  const at = cp ? { cp } : {};
  if (!statuses || lost === undefined || away === undefined)
    return <span className="small">Being read…</span>;
  const items = [
    { n: lost, word: 'lost on its node', many: 'lost on their nodes', tone: 'bad', to: { truth: 'lost' } },
    { n: of('failed'), word: 'failed', many: 'failed', tone: 'bad', to: { status: 'failed' } },
    { n: of('stale'), word: 'stale', many: 'stale', tone: 'warn', to: { status: 'stale' } },
    { n: of('pending'), word: 'pending', many: 'pending', tone: 'warn', to: { status: 'pending' } },
  ].filter(({ n }) => n > 0n);
  if (items.length === 0 && away === 0)
    return (
      <span className="small">Every node is connected, and every route that was applied is on its node.</span>
    );
  return (
    <ul className="network-attention" aria-label="Needs attention">
      {items.map(({ n, word, many, tone, to }) => (
        <li key={word} className={tone}>
          <Link to="/network" search={{ tab: 'routes', ...to, ...at }}>
            {formatCount(n)} {n === 1n ? `route ${word}` : `routes ${many}`}
          </Link>
        </li>
      ))}
      {away > 0 && (
        <li className="warn">
          <Link to="/network" search={{ tab: 'nodes', ...at }}>
            {formatCount(away)} {away === 1 ? 'node is' : 'nodes are'} not connected
          </Link>
        </li>
      )}
    </ul>
  );
}
