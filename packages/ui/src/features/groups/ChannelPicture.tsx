import { formatCount, proseText } from '../../components/index.ts';
import { escapeText } from '@muster/domain/display';
import type { Channel, Member } from '@muster/api';
import type { KeyboardEvent } from 'react';
import { lastPart, memberKey } from './names.ts';
import { fitLabel, layoutPicture, type Spot } from './picture.ts';
import { presenceLabel, presenceOf } from './presence.ts';
import './ChannelPicture.css';

export interface ChannelPictureProps {
  readonly channel: Channel;
  /** Those who need a look first. */
  readonly members: readonly Member[];
  /** Members there are. */
  readonly total: number;
  readonly selected: string | undefined;
  readonly now: Date;
  readonly onSelect: (member: string) => void;
}

/** The channel as a hub with its members around it. The table below gives the same facts. */
export function ChannelPicture({ channel, members, total, selected, now, onSelect }: ChannelPictureProps) {
  const { width, height, hub, spots } = layoutPicture(members);
  const more = total - spots.length;
  return (
    <figure className="groups-picture">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={`${escapeText(channel.name)}: ${total} members`}
      >
        <g aria-hidden="true">
          {spots.map((spot) => (
            <path
              key={memberKey(spot.member)}
              className="groups-edge"
              data-presence={presenceOf(spot.member).state}
              d={edge(spot)}
            />
          ))}
          <rect className="groups-hub" {...hub} rx={10} />
          <text className="groups-hub-name" x={width / 2} y={height / 2 - 4} textAnchor="middle">
            {fitLabel(escapeText(lastPart(channel.name)), 20)}
          </text>
          <text className="groups-hub-note" x={width / 2} y={height / 2 + 14} textAnchor="middle">
            {fitLabel(escapeText(channel.connection), 24)}
          </text>
        </g>
        {spots.map((spot) => (
          <MemberDot
            key={memberKey(spot.member)}
            spot={spot}
            selected={memberKey(spot.member) === selected}
            now={now}
            onSelect={onSelect}
          />
        ))}
      </svg>
      {more > 0 && <figcaption className="groups-small">{formatCount(more)} more in the table</figcaption>}
    </figure>
  );
}

interface MemberDotProps {
  readonly spot: Spot;
  readonly selected: boolean;
  readonly now: Date;
  readonly onSelect: (member: string) => void;
}

function MemberDot({ spot, selected, now, onSelect }: MemberDotProps) {
  const { member, x, y, side } = spot;
  const presence = presenceOf(member);
  const label = presenceLabel(presence, now);
  const whole = escapeText(memberKey(member));
  const why = proseText(presence.reason);
  const choose = () => onSelect(memberKey(member));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose();
  };
  const at = side === 'left' ? x - 18 : x + 18;
  const anchor = side === 'left' ? 'end' : 'start';
  const note = [
    label === 'online' ? '' : label,
    member.moderator && lastPart(member.name) !== 'moderator' ? 'moderator' : '',
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <g
      className="groups-dot"
      data-presence={presence.state}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={`${whole}, ${label}${member.moderator ? ', moderator' : ''}. ${why}`}
      onClick={choose}
      onKeyDown={onKeyDown}
    >
      <title>{`${whole}: ${label}. ${why}`}</title>
      <rect
        className="groups-hit"
        x={side === 'left' ? x - 150 : x - 16}
        y={y - 16}
        width={166}
        height={32}
        rx={7}
      />
      {member.moderator && <circle className="groups-ring" cx={x} cy={y} r={12.5} />}
      <circle className="groups-mark" cx={x} cy={y} r={8.5} />
      {/* The sign inside says the same as the colour. */}
      <text className="groups-sign" x={x} y={y + 4} textAnchor="middle" aria-hidden="true">
        {{ online: '', offline: '×', unknown: '?' }[presence.state]}
      </text>
      <text x={at} y={note ? y - 1 : y + 4} textAnchor={anchor} className="groups-name">
        {fitLabel(escapeText(lastPart(member.name)))}
      </text>
      {note && (
        <text x={at} y={y + 12} textAnchor={anchor} className="groups-note">
          {note}
        </text>
      )}
    </g>
  );
}

function edge({ x, y, fromX, fromY }: Spot): string {
  const middle = (x + fromX) / 2;
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${y} ${x} ${y}`;
}
