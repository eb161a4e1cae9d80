import type { RosterEvent } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { escapeText } from '@muster/domain/display';
import {
  Button,
  CopyButton,
  DetailPanel,
  formatExact,
  NameText,
  proseText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { KindChip } from './KindChip.tsx';

interface Props {
  event: RosterEvent;
  onlyMember: () => void;
  onlyChannel: () => void;
  onClose: () => void;
}

/** One event: when it can have happened, to whom, and whose doing it was. */
export function EventDetail({ event, onlyMember, onlyChannel, onClose }: Props) {
  const [seen, before] = [toDate(event.at), toDate(event.notBefore)];
  const place = `${event.connection}/${event.channel}`;
  const whole = event.instance === '' ? event.member : `${event.member}/${event.instance}`;
  return (
    <DetailPanel
      kind={`${event.member === '' ? 'Channel' : 'Member'} · ${escapeText(event.connection)}`}
      title={<NameText mono name={event.member || event.channel} />}
      state={<KindChip event={event} />}
      onClose={onClose}
    >
      <dl className="facts">
        <dt>Seen</dt>
        <dd>
          <TimeAgo at={seen} /> <span className="small">{seen && formatExact(seen)}</span>
        </dd>
        {before && (
          <>
            <dt>Not before</dt>
            <dd>{formatExact(before)}</dd>
          </>
        )}
        <dt>Channel</dt>
        <dd>
          <Link to="/channels" search={{ channel: place, ...(whole && { member: whole }) }}>
            <NameText mono name={event.channel} />
          </Link>
        </dd>
        {event.instance !== '' && (
          <>
            <dt>Instance</dt>
            <dd>
              <NameText mono name={event.instance} />{' '}
              <CopyButton text={event.instance} label="Copy instance" />
            </dd>
          </>
        )}
        <dt>Whose doing</dt>
        <dd>
          {event.recordId === '' ? (
            'No action of this console: it was done elsewhere, or happened by itself.'
          ) : (
            <>
              <Link to="/activity" search={{ id: event.recordId }}>
                {proseText(event.recordTitle) || 'An action of this console'}
              </Link>
              , applied by <NameText mono name={event.by} />
            </>
          )}
        </dd>
        {event.note !== '' && (
          <>
            <dt>Note</dt>
            <dd>{proseText(event.note)}</dd>
          </>
        )}
      </dl>
      <div className="roster-more">
        {event.member !== '' && <Button onClick={onlyMember}>Everything of this member</Button>}
        <Button onClick={onlyChannel}>Everything of this channel</Button>
      </div>
    </DetailPanel>
  );
}
