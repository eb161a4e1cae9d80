import { type Connection, ConnectionState, type ListConnectionsResponse } from '@muster/api';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  ListKeys,
  Mono,
  NameText,
  Page,
  proseText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { CONNECTION_KIND, connectionState } from '../../connectionState.ts';
import { ConnectionDetail } from './ConnectionDetail.tsx';
import './connections.css';

interface Props {
  list: ListConnectionsResponse | undefined;
  error: unknown;
  reload: () => void;
  selected: string | undefined;
  /** Name of the connection that is being tried. */
  retrying: string | undefined;
  onOpen: (name: string | undefined) => void;
  onRetry: (name: string) => void;
}

const COLUMNS: readonly Column<Connection>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(188px, 24fr)',
    render: (one) => (
      <b className="ellipsis">
        <NameText name={one.name} />
      </b>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    width: 'minmax(164px, 14fr)',
    from: 520,
    render: (one) => CONNECTION_KIND[one.kind],
  },
  {
    id: 'address',
    header: 'Address',
    width: 'minmax(0, 26fr)',
    from: 860,
    render: (one) => (
      <span className="ellipsis">
        <Mono>{one.address}</Mono>
      </span>
    ),
  },
  {
    id: 'reason',
    header: 'Why',
    width: 'minmax(0, 30fr)',
    from: 620,
    render: (one) => <span className="ellipsis connection-reason">{proseText(one.reason)}</span>,
  },
  {
    id: 'since',
    header: 'Since',
    width: '100px',
    from: 480,
    render: (one) => <TimeAgo at={toDate(one.since)} />,
  },
  { id: 'state', header: 'State', width: '116px', render: (one) => <ConnectionChip connection={one} /> },
];

function ConnectionChip({ connection }: { connection: Connection }) {
  const { tone, word, reason } = connectionState(connection);
  return (
    <Chip tone={tone} reason={reason}>
      {word}
    </Chip>
  );
}

/** Upstreams of the gateway: how each is, why, since when, and what it can do. */
export function ConnectionsView({ list, error, reload, selected, retrying, onOpen, onRetry }: Props) {
  const open = list?.connections.find((one) => one.name === selected);
  const ready = list?.connections.filter((one) => one.state === ConnectionState.READY).length ?? 0;
  return (
    <Page
      title="Connections"
      count={list && `${ready} of ${list.connections.length} ready`}
      detail={
        open && (
          <ConnectionDetail
            connection={open}
            retrying={retrying === open.name}
            onRetry={() => onRetry(open.name)}
            onClose={() => onOpen(undefined)}
          />
        )
      }
      footer={
        list && (
          <>
            <ListKeys />
            <span className="grow" />
            <span>
              {list.configFile ? (
                <>
                  Configured in <Mono>{list.configFile}</Mono>
                </>
              ) : (
                'The practice network: no muster.yaml was found, so Muster started servers of its own.'
              )}
            </span>
          </>
        )
      }
    >
      {error ? (
        <ErrorState error={error} retry={reload} />
      ) : (
        <DataTable
          label="Connections"
          columns={COLUMNS}
          rows={list?.connections ?? []}
          rowKey={(one) => one.name}
          selected={selected}
          onSelect={(one) => onOpen(one.name)}
          loading={!list}
          empty={
            <EmptyState title="Nothing is connected">
              Connections are written in <Mono>muster.yaml</Mono>, beside where the gateway was started.
            </EmptyState>
          }
        />
      )}
    </Page>
  );
}
