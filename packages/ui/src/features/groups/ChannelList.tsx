import { escapeText } from '@muster/domain/display';
import type { Channel } from '@muster/api';
import {
  Chip,
  formatExact,
  formatRelative,
  toDate,
  Tooltip,
  NameText,
  ODD_NAME,
} from '../../components/index.ts';
import { managedWords } from './group-words.ts';
import { channelKey, mlsWords, ownerWords } from './names.ts';
import { moveBetweenRows } from './row-keys.ts';

export interface ChannelListProps {
  readonly channels: readonly Channel[];
  readonly selected: string | undefined;
  /** Beside an open channel: names and counts only. */
  readonly compact: boolean;
  readonly now: Date;
  readonly onSelect: (key: string) => void;
}

/** All channels; a table, or a narrow list beside the one that is open. */
export function ChannelList({ channels, selected, compact, now, onSelect }: ChannelListProps) {
  if (compact) {
    return (
      <ul className="groups-rail" onKeyDown={moveBetweenRows} aria-label="Channels">
        {channels.map((channel) => (
          <li key={channelKey(channel)}>
            <button
              type="button"
              data-row
              aria-current={channelKey(channel) === selected}
              onClick={() => onSelect(channelKey(channel))}
            >
              <RailName name={channel.name} />
              <span className="groups-rail-note">
                <Online channel={channel} note />
                <span className="groups-rail-by">
                  <NameText name={channel.connection} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="groups-scroll">
      <table className="groups-table groups-channels">
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Members online</th>
            <th scope="col">MLS</th>
            <th scope="col">Owner</th>
            <th scope="col">Managed by</th>
            <th scope="col">Expires</th>
          </tr>
        </thead>
        <tbody onKeyDown={moveBetweenRows}>
          {channels.map((channel) => (
            <ChannelRow key={channelKey(channel)} channel={channel} now={now} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** On one line: the middle is cut, the last part stays, the whole is on hover. */
function RailName({ name }: { readonly name: string }) {
  const shown = escapeText(name);
  const cut = shown.lastIndexOf('/');
  const odd = shown !== name;
  return (
    <span
      className={odd ? 'groups-rail-name sid-odd' : 'groups-rail-name'}
      title={odd ? `${shown}. ${ODD_NAME}` : shown}
    >
      {cut > 0 && <span className="groups-rail-head">{shown.slice(0, cut)}</span>}
      <span className="groups-rail-last">{shown.slice(Math.max(cut, 0))}</span>
    </span>
  );
}

interface ChannelRowProps {
  readonly channel: Channel;
  readonly now: Date;
  readonly onSelect: (key: string) => void;
}

function ChannelRow({ channel, now, onSelect }: ChannelRowProps) {
  const mls = mlsWords(channel.mls);
  const owner = ownerWords(channel);
  return (
    <tr onClick={() => onSelect(channelKey(channel))}>
      <td>
        <button type="button" data-row className="groups-rowlink">
          <NameText name={channel.name} />
        </button>
      </td>
      <td className="groups-number">
        <Online channel={channel} />
      </td>
      <td>
        <Chip tone={mls.tone} reason={mls.reason}>
          {mls.label}
        </Chip>
      </td>
      <td>
        <Chip tone={owner.tone} reason={owner.reason}>
          {owner.label}
        </Chip>
      </td>
      <td>
        <NameText name={channel.connection} /> <span className="groups-small">{managedWords(channel)}</span>
      </td>
      <td>
        <Expiry channel={channel} now={now} />
      </td>
    </tr>
  );
}

/** "3 of 5", with a word when nobody can know. */
export function Online({ channel, note }: { readonly channel: Channel; readonly note?: boolean }) {
  if (!channel.presenceKnown) {
    return (
      <span className="groups-muted" title="Its manager does not tell who is online.">
        {channel.members} {channel.members === 1 ? 'member' : 'members'}
      </span>
    );
  }
  const missing = channel.members - channel.online;
  return (
    <span title={missing > 0 ? `${missing} offline or unknown` : 'Everyone is online'}>
      <span className={missing > 0 ? 'groups-missing' : undefined}>{channel.online}</span> of{' '}
      {channel.members}
      {note && ' online'}
    </span>
  );
}

export function Expiry({ channel, now }: { readonly channel: Channel; readonly now: Date }) {
  const at = toDate(channel.expiresAt);
  if (!at) return <span className="groups-muted">never</span>;
  return (
    <Tooltip content={formatExact(at)}>
      <time dateTime={at.toISOString()} className={at <= now ? 'groups-missing' : undefined}>
        {formatRelative(at, now.getTime())}
      </time>
    </Tooltip>
  );
}
