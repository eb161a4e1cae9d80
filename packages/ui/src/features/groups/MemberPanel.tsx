import type { Channel, Member } from '@muster/api';
import { escapeText } from '@muster/domain';
import { Button, Chip, CopyButton, formatExact } from '../../components/index.ts';
import { channelLock } from './names.ts';
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
  return (
    <section className="groups-member" aria-label={`Member ${member.name}`}>
      <header>
        <div>
          <span className="groups-small">Member of {escapeText(channel.name)}</span>
          <h2 className="groups-mono">{escapeText(member.name)}</h2>
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
        <dt>Presence</dt>
        <dd>{presence.reason}</dd>
        {presence.state !== 'unknown' && presence.since && (
          <>
            <dt>Since</dt>
            <dd>{formatExact(presence.since)}</dd>
          </>
        )}
        <dt>Instance</dt>
        <dd>
          {member.instance === '' ? (
            <span className="groups-muted">not known to its manager</span>
          ) : (
            <span className="groups-copyable">
              <span className="groups-mono">{escapeText(member.instance)}</span>
              <CopyButton text={member.instance} label="Copy instance" />
            </span>
          )}
        </dd>
      </dl>
      <Button variant="danger" onClick={onRemove} disabledReason={locked}>
        Remove from channel…
      </Button>
    </section>
  );
}
