import { create, toJson } from '@bufbuild/protobuf';
import { type Channel, ListChannelsResponseSchema } from '@muster/api';
import { csvFormat, csvOf, ExportDialog, jsonFormat, type ReadFile, toDate } from '../../components/index.ts';
import { facetOf } from './channel-search.ts';

interface Props {
  /** Those that the list shows, in its order. */
  readonly channels: readonly Channel[];
  readonly filtered: boolean;
  readonly onClose: () => void;
}

/** Saves the channels of the list as a file. */
export function ExportChannels({ channels, filtered, onClose }: Props) {
  const total = BigInt(channels.length);
  // All of them have been read: a file is one part.
  const read: ReadFile = async function* (format) {
    const text =
      format.value === 'csv'
        ? channelsCsv(channels)
        : JSON.stringify(
            toJson(
              ListChannelsResponseSchema,
              create(ListChannelsResponseSchema, { channels: [...channels] }),
            ),
            null,
            2,
          );
    yield await Promise.resolve({ part: new TextEncoder().encode(text), rows: total, total, changed: '' });
  };
  return (
    <ExportDialog
      things="channels"
      one="1 channel"
      total={total}
      filtered={filtered}
      formats={[csvFormat('channel'), jsonFormat('channels')]}
      read={read}
      onClose={onClose}
    />
  );
}

const HEAD = [
  'connection',
  'channel',
  'members',
  'online',
  'mls',
  'ownership',
  'owner',
  'owner_alias',
  'managed_by',
  'moderators',
  'session',
  'expires',
];

/** What is not known is an empty cell. */
export const channelsCsv = (channels: readonly Channel[]): string =>
  csvOf([
    HEAD,
    ...channels.map((one) => [
      one.connection,
      one.name,
      String(one.members),
      one.presenceKnown ? String(one.online) : '',
      facetOf.mls(one),
      facetOf.owner(one),
      one.owner,
      one.ownerAlias,
      one.managedBy,
      one.moderators.join(' '),
      one.session,
      toDate(one.expiresAt)?.toISOString() ?? '',
    ]),
  ]);
