import type { NetworkDomain, Segment } from '@muster/api';
import { Fragment } from 'react';
import { Button, type Column, DataTable, EmptyState, ErrorState, NameText } from '../../components/index.ts';
import { type ListProps, Notes } from './lists.tsx';
import { useDomains, useSegments } from './queries.ts';
import type { Task } from './NetworkTask.tsx';
import { type Ability, TOPOLOGY_MODE } from './words.ts';

interface Props extends ListProps {
  /** Why nothing here can change this; undefined where something can. */
  none: (ability: Ability) => string | undefined;
  onTask: (task: Task) => void;
}

/** Its links, as many as there is room for. */
const Pairs = ({ segment }: { segment: Segment }) => (
  <span className="ellipsis">
    {segment.links.map(({ domainA, domainB }, i) => (
      <Fragment key={`${domainA} ${domainB}`}>
        {i > 0 && ', '}
        <NameText name={domainA} /> – <NameText name={domainB} />
      </Fragment>
    ))}
  </span>
);
const nothing = <span className="network-quiet">none</span>;

const SEGMENTS: readonly Column<Segment>[] = [
  { id: 'name', header: 'Segment', width: 'minmax(0, 22fr)', render: ({ name }) => <NameText name={name} /> },
  {
    id: 'links',
    header: 'Links',
    width: 'minmax(0, 50fr)',
    render: (segment) => (segment.links.length > 0 ? <Pairs segment={segment} /> : nothing),
  },
  {
    id: 'domains',
    header: 'Domains',
    width: '90px',
    align: 'end',
    from: 560,
    render: ({ domains }) => domains.length,
  },
  {
    id: 'connection',
    header: 'Control plane',
    width: 'minmax(0, 20fr)',
    from: 760,
    render: ({ connection }) => <NameText name={connection} />,
  },
];

const DOMAINS: readonly Column<NetworkDomain>[] = [
  { id: 'name', header: 'Domain', width: 'minmax(0, 22fr)', render: ({ name }) => <NameText name={name} /> },
  {
    id: 'segments',
    header: 'In segments',
    width: 'minmax(0, 50fr)',
    render: ({ segments }) => (segments.length > 0 ? <NameText name={segments.join(', ')} /> : nothing),
  },
  {
    id: 'nodes',
    header: 'Nodes',
    width: '90px',
    align: 'end',
    from: 560,
    render: ({ nodes }) => nodes.length,
  },
  {
    id: 'connection',
    header: 'Control plane',
    width: 'minmax(0, 20fr)',
    from: 760,
    render: ({ connection }) => <NameText name={connection} />,
  },
];

/** The topology: which domains are to hear each other. */
export function SegmentsTab({ search, planes, none, onChange, onTask }: Props) {
  const segments = useSegments(search.cp);
  const domains = useDomains(search.cp);
  const read = segments.data;
  const shown = planes.filter(
    ({ connection, direct }) => !direct && (!search.cp || connection === search.cp),
  );
  if (!read && segments.error)
    return <ErrorState error={segments.error} retry={() => void segments.refetch()} />;
  const selected = (kind: string) => (row: { connection: string; name: string }) =>
    search.open === kind && search.id === row.name && (!search.on || search.on === row.connection);
  const keyOf = (row: { connection: string; name: string }) => `${row.connection}/${row.name}`;
  return (
    <>
      <p className="small network-lead">
        Domains that a segment links reach each other’s names.{' '}
        {shown.map(({ connection, topologyMode }) => (
          <span key={connection}>
            Topology of <NameText name={connection} />: {TOPOLOGY_MODE.get(topologyMode) ?? 'unknown'}.{' '}
          </span>
        ))}
      </p>
      <Notes warnings={read?.warnings} />
      <section className="network-half" style={{ flexBasis: heightOf(read?.segments.length ?? 3) }}>
        <DataTable
          label="Segments"
          columns={SEGMENTS}
          rows={read?.segments ?? []}
          rowKey={keyOf}
          isSelected={selected('segment')}
          onSelect={({ name, connection }) => onChange({ open: 'segment', id: name, on: connection })}
          loading={segments.isPending}
          empty={
            <EmptyState
              title="No segment"
              action={
                <Button
                  disabledReason={none('topology.write')}
                  onClick={() => onTask({ task: 'segment-add' })}
                >
                  New segment…
                </Button>
              }
            >
              Without one, only nodes of the same domain reach each other.
            </EmptyState>
          }
        />
      </section>
      <h2 className="network-heading">
        Domains{' '}
        <span className="page-count num">
          {domains.data && `${domains.data.domains.length} that the control plane lists`}
        </span>
        <span className="grow" />
        <Button
          small
          disabledReason={none('domains.write')}
          onClick={() => onTask({ task: 'domain-add', ...(search.cp && { connection: search.cp }) })}
        >
          Admit a domain…
        </Button>
      </h2>
      <section className="network-half network-rest">
        {!domains.data && domains.error ? (
          <ErrorState error={domains.error} retry={() => void domains.refetch()} />
        ) : (
          <DataTable
            label="Domains"
            columns={DOMAINS}
            rows={domains.data?.domains ?? []}
            rowKey={keyOf}
            isSelected={selected('domain')}
            onSelect={({ name, connection }) => onChange({ open: 'domain', id: name, on: connection })}
            loading={domains.isPending}
            empty={
              <EmptyState title="No domain">
                A node says its domain when it connects; none has said one.
              </EmptyState>
            }
          />
        )}
      </section>
    </>
  );
}

/** Head and rows; an empty list says why in four more. */
const heightOf = (rows: number): number => 34 * (1 + (rows || 5)) + 2;
