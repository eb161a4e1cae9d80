import type { Channel, Member } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { escapeText } from '@muster/domain';
import {
  Button,
  Chip,
  CopyButton,
  NameText,
  proseText,
  TimeAgo,
  useEscapeFromList,
} from '../../components/index.ts';
import { MemberIdentityFacts, MemberPlace } from './MemberFacts.tsx';
import { channelLock, memberKey } from './names.ts';
import { presenceLabel, presenceOf, presenceTone } from './presence.ts';

export interface MemberPanelProps {
  readonly channel: Channel;
  readonly member: Member;
  readonly now: Date;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

/** The selected member: its state, why, and what can be done. */
export function MemberPanel({ channel, member, now, onRemove, onClose }: MemberPanelProps) {
  const presence = presenceOf(member);
  const locked =
    channelLock(channel) ??
    (member.moderator ? 'The moderator cannot be removed: delete the channel instead.' : undefined);
  const panel = useRef<HTMLElement>(null);
  useEscapeFromList(onClose);
  // On narrow windows it stands below the table.
  useEffect(() => {
    panel.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  return (
    <section
      ref={panel}
      className="groups-member"
      aria-label={`Member ${escapeText(member.name)}`}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <div>
          <span className="groups-small">
            Member of <NameText name={channel.name} />
          </span>
          <h2 className="groups-mono">
            <NameText name={member.name} />
          </h2>
        </div>
        <Button variant="quiet" onClick={onClose} aria-label="Close member">
          ✕
        </Button>
      </header>
      <div className="groups-chips">
        <Chip tone={presenceTone[presence.state]} reason={presence.reason}>
          {presenceLabel(presence, now)}
        </Chip>
        {member.moderator && (
          <Chip tone="info" reason="Invites and removes members, and hands out the group's keys.">
            moderator
          </Chip>
        )}
      </div>
      <dl>
        {presence.state === 'unknown' ? (
          <>
            <dt>Presence</dt>
            <dd>{proseText(presence.reason)}</dd>
          </>
        ) : (
          <>
            <dt>Changed</dt>
            <dd>
              <TimeAgo at={presence.since} />
              <span className="groups-muted">, as our polls saw it</span>
            </dd>
          </>
        )}
        <dt>Instance</dt>
        <dd>
          {member.instance === '' ? (
            <span className="groups-muted">not known to its manager</span>
          ) : (
            <span className="groups-copyable">
              <NameText mono name={member.instance} />
              <CopyButton text={member.instance} label="Copy instance" />
            </span>
          )}
        </dd>
      </dl>
      <MemberIdentityFacts member={member} />
      <MemberPlace member={member} />
      <Link
        to="/roster"
        search={{ on: channel.connection, channel: channel.name, member: member.name }}
        className="members-link"
      >
        History of this member
      </Link>
      <Link
        to="/reach"
        search={{ channel: channel.name, [member.moderator ? 'from' : 'to']: memberKey(member) }}
        className="members-link"
      >
        {member.moderator ? 'Does everyone hear it?' : 'Why does it not hear?'}
      </Link>
      <div className="member-actions">
        <Button className="btn-delete" onClick={onRemove} disabledReason={locked}>
          Remove from channel…
        </Button>
      </div>
    </section>
  );
}
