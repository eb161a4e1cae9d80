import type { Channel } from '@muster/api';
import type { ReactNode } from 'react';
import { Chip, type Column, DataTable, NameText, type Sort, SlimNameText } from '../../components/index.ts';
import { Expiry, Online } from './ChannelList.tsx';
import { type ChannelSearch, SORTABLE } from './channel-search.ts';
import { managedWords } from './group-words.ts';
import { channelKey, mlsWords, ownerWords } from './names.ts';
import { sessionWords } from './session-words.ts';

export interface ChannelsTableProps {
  readonly channels: readonly Channel[];
  readonly search: ChannelSearch;
  readonly now: Date;
  readonly loading: boolean;
  readonly empty: ReactNode;
  readonly onSort: (sort: Sort) => void;
  readonly onSelect: (key: string) => void;
}

/** Channels of every connection: whose they are, who is in them, and until when. */
export function ChannelsTable(props: ChannelsTableProps) {
  const { channels, search, now, loading, empty, onSort, onSelect } = props;
  return (
    <DataTable
      label="Channels"
      columns={columns(now)}
      rows={channels}
      rowKey={channelKey}
      onSelect={(channel) => onSelect(channelKey(channel))}
      sort={search.sort === undefined ? undefined : { column: search.sort, descending: search.desc === '1' }}
      onSort={onSort}
      loading={loading}
      empty={empty}
    />
  );
}

const columns = (now: Date): readonly Column<Channel>[] =>
  ALL(now).map((column) => ({ ...column, sortable: SORTABLE.has(column.id) }));

const ALL = (now: Date): readonly Column<Channel>[] => [
  {
    id: 'name',
    header: 'Channel',
    width: 'minmax(0, 34fr)',
    render: ({ name }) => <SlimNameText name={name} />,
  },
  {
    id: 'members',
    header: 'Members online',
    width: '124px',
    render: (channel) => <Online channel={channel} />,
  },
  {
    id: 'mls',
    header: 'MLS',
    width: '134px',
    from: 420,
    render: ({ mls }) => {
      const words = mlsWords(mls);
      return (
        <Chip tone={words.tone} reason={words.reason}>
          {words.label}
        </Chip>
      );
    },
  },
  {
    id: 'owner',
    header: 'Owner',
    width: 'minmax(150px, 24fr)',
    from: 620,
    render: (channel) => {
      const { tone, reason, label } = ownerWords({ ...channel, ownerAlias: '' });
      return (
        <span className="groups-owner">
          <Chip tone={tone} reason={reason}>
            {label}
          </Chip>
          {channel.ownerAlias !== '' && (
            <span className="groups-small ellipsis">
              <NameText name={channel.ownerAlias} />
            </span>
          )}
        </span>
      );
    },
  },
  {
    id: 'session',
    header: 'Our session',
    width: '128px',
    from: 1000,
    render: (channel) => {
      const words = sessionWords(channel);
      if (!words) return <span className="groups-muted">none</span>;
      return (
        <Chip tone={words.tone} reason={words.reason}>
          {words.label}
        </Chip>
      );
    },
  },
  {
    id: 'by',
    header: 'Managed by',
    width: 'minmax(0, 32fr)',
    from: 820,
    render: (channel) => (
      <span className="ellipsis">
        <NameText name={channel.connection} />
        {!channel.connection.startsWith(channel.managedBy) && (
          <span className="groups-small"> {managedWords(channel)}</span>
        )}
      </span>
    ),
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '96px',
    from: 700,
    render: (channel) => <Expiry channel={channel} now={now} />,
  },
];
