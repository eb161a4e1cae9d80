import { escapeText } from '@muster/domain/display';
import type { Channel } from '@muster/api';
import { formatExact, formatRelative, NameText, ODD_NAME, toDate, Tooltip } from '../../components/index.ts';
import { channelKey } from './names.ts';
import { moveBetweenRows } from './row-keys.ts';

export interface ChannelListProps {
  readonly channels: readonly Channel[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

/** Channels beside the one that is open: names and who is there. */
export function ChannelList({ channels, selected, onSelect }: ChannelListProps) {
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
