import type { Channel, EquivalentCommand, Facet, Member } from '@muster/api';
import { escapeText } from '@muster/domain';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import {
  Button,
  Chip,
  CommandBox,
  EmptyState,
  ErrorState,
  formatCount,
  proseText,
  Skeleton,
  NameText,
} from '../../components/index.ts';
import { Expiry } from './ChannelList.tsx';
import { ChannelPicture } from './ChannelPicture.tsx';
import { MemberPanel } from './MemberPanel.tsx';
import { managedWords } from './group-words.ts';
import { channelLock, memberKey, mlsWords, ownerWords } from './names.ts';
import { presenceOf } from './presence.ts';

export type MembersState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | {
      readonly state: 'ready';
      /** The first of them: who needs a look first. */
      readonly members: readonly Member[];
      readonly all: number;
      /** Of all of them. */
      readonly presences: readonly Facet[];
      readonly command: EquivalentCommand | undefined;
    };

export interface ChannelViewProps {
  readonly channel: Channel;
  readonly members: MembersState;
  readonly selected: string | undefined;
  readonly now: Date;
  /** The open member. */
  readonly member: Member | undefined;
  /** Search, filters and the list of members. */
  readonly table: ReactNode;
  /** Our own session in it. */
  readonly session?: ReactNode;
  /** Who else knows the group. */
  readonly elsewhere?: ReactNode;
  /** In the place of the members. */
  readonly instead?: ReactNode;
  /** The messages panel. */
  readonly talk: ReactNode;
  readonly onSelect: (member: string | undefined) => void;
  readonly onBack: () => void;
  readonly onInvite: () => void;
  readonly onRemove: (member: Member) => void;
  readonly onDelete: () => void;
}

/** One channel: what it is, who is in it, who of them is there. */
export function ChannelView(props: ChannelViewProps) {
  const { channel, members, selected, now, member, talk, onSelect } = props;
  return (
    <>
      <section className="groups-detail" aria-label={`Channel ${escapeText(channel.name)}`}>
        <ChannelHead {...props} />
        {props.instead}
        {!props.instead && members.state === 'loading' && <Skeleton rows={6} />}
        {!props.instead && members.state === 'failed' && (
          <ErrorState error={members.error} retry={members.retry} />
        )}
        {!props.instead && members.state === 'ready' && members.all === 0 && (
          <EmptyState title="Nobody is in this channel">
            Invited members appear here. They must be connected to a node when they are invited.
          </EmptyState>
        )}
        {!props.instead && members.state === 'ready' && members.all > 0 && (
          <div className="groups-scroll members-scroll">
            <ChannelPicture
              channel={channel}
              members={members.members}
              total={members.all}
              selected={selected}
              now={now}
              onSelect={onSelect}
            />
            <PresenceLine {...members} />
            {props.table}
            {members.command && members.command.line !== '' && (
              <div className="groups-command">
                <span className="groups-small">The same on the command line</span>
                <CommandBox command={members.command} />
              </div>
            )}
          </div>
        )}
      </section>
      <aside className="groups-aside">
        {member && (
          <MemberPanel
            key={memberKey(member)}
            channel={channel}
            member={member}
            now={now}
            onRemove={() => props.onRemove(member)}
            onClose={() => onSelect(undefined)}
          />
        )}
        {talk}
      </aside>
    </>
  );
}

function ChannelHead({ channel, now, session, elsewhere, onBack, onInvite, onDelete }: ChannelViewProps) {
  const mls = mlsWords(channel.mls);
  const owner = ownerWords(channel);
  const lock = channelLock(channel);
  const heading = useRef<HTMLHeadingElement>(null);
  // Opened by keys, its row in the list is gone: the reader goes on here.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <header className="groups-head">
      <div className="groups-head-line">
        <Button variant="quiet" onClick={onBack}>
          ← Channels
        </Button>
        <span className="groups-head-links">
          <Link to="/reach" search={{ channel: channel.name }} className="members-link">
            Does everyone hear?
          </Link>
          <Link to="/network" search={{ channel: channel.name }} className="members-link">
            Map
          </Link>
          <Link
            to="/roster"
            search={{ on: channel.connection, channel: channel.name }}
            className="members-link"
          >
            History
          </Link>
        </span>
        <Button variant="quiet" onClick={onDelete} disabledReason={lock}>
          Delete channel…
        </Button>
        <Button variant="primary" onClick={onInvite} disabledReason={lock}>
          Invite
        </Button>
      </div>
      <h1 ref={heading} tabIndex={-1} className="groups-mono">
        <NameText name={channel.name} />
      </h1>
      <div className="groups-chips">
        <Chip tone={mls.tone} reason={mls.reason}>
          {mls.label}
        </Chip>
        <Chip tone={owner.tone} reason={owner.reason}>
          {owner.label}
        </Chip>
        <span className="groups-small">
          managed by{' '}
          <b>
            <NameText name={channel.connection} />
          </b>{' '}
          ({managedWords(channel)}) · expires <Expiry channel={channel} now={now} />
        </span>
      </div>
      {session}
      {elsewhere}
      {lock && <p className="groups-lock">{proseText(lock)}</p>}
    </header>
  );
}

/** "2 online · 1 offline", and why the rest is not known. */
function PresenceLine({ members, all, presences }: Extract<MembersState, { state: 'ready' }>) {
  const [online, offline, unknown] = ['online', 'offline', 'unknown'].map((word) =>
    Number(presences.find(({ value }) => value === word)?.count ?? 0n),
  ) as [number, number, number];
  const unknownOne = members.map(presenceOf).find((presence) => presence.state === 'unknown');
  const parts = [
    online > 0 ? `${online} online` : '',
    offline > 0 ? `${offline} offline` : '',
    unknown > 0 ? `${unknown} unknown${unknownOne ? `: ${proseText(unknownOne.reason)}` : ''}` : '',
  ].filter(Boolean);
  return (
    <p className="groups-presence groups-small">
      <strong>
        {formatCount(all)} {all === 1 ? 'member' : 'members'}
      </strong>{' '}
      · {parts.join(' · ')}
    </p>
  );
}
