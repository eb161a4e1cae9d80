import type { Channel, EquivalentCommand, Member } from '@muster/api';
import { escapeText } from '@muster/domain';
import type { ReactNode } from 'react';
import {
  Button,
  Chip,
  CommandBox,
  EmptyState,
  ErrorState,
  proseText,
  Skeleton,
  NameText,
} from '../../components/index.ts';
import { Expiry } from './ChannelList.tsx';
import { ChannelPicture } from './ChannelPicture.tsx';
import { MemberPanel } from './MemberPanel.tsx';
import { MembersTable } from './MembersTable.tsx';
import { channelLock, memberKey, mlsWords, ownerWords } from './names.ts';
import { countPresence, presenceOf } from './presence.ts';

export type MembersState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | {
      readonly state: 'ready';
      readonly members: readonly Member[];
      readonly command: EquivalentCommand | undefined;
    };

export interface ChannelViewProps {
  readonly channel: Channel;
  readonly members: MembersState;
  readonly selected: string | undefined;
  readonly now: Date;
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
  const { channel, members, selected, now, talk, onSelect } = props;
  const member =
    members.state === 'ready' ? members.members.find((one) => memberKey(one) === selected) : undefined;
  return (
    <>
      <section className="groups-detail" aria-label={`Channel ${escapeText(channel.name)}`}>
        <ChannelHead {...props} />
        {members.state === 'loading' && <Skeleton rows={6} />}
        {members.state === 'failed' && <ErrorState error={members.error} retry={members.retry} />}
        {members.state === 'ready' && members.members.length === 0 && (
          <EmptyState title="Nobody is in this channel">
            Invited members appear here. They must be connected to a node when they are invited.
          </EmptyState>
        )}
        {members.state === 'ready' && members.members.length > 0 && (
          <div className="groups-scroll">
            <ChannelPicture
              channel={channel}
              members={members.members}
              selected={selected}
              now={now}
              onSelect={onSelect}
            />
            <PresenceLine members={members.members} />
            <MembersTable members={members.members} selected={selected} now={now} onSelect={onSelect} />
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

function ChannelHead({ channel, now, onBack, onInvite, onDelete }: ChannelViewProps) {
  const mls = mlsWords(channel.mls);
  const owner = ownerWords(channel);
  const lock = channelLock(channel);
  return (
    <header className="groups-head">
      <div className="groups-head-line">
        <Button variant="quiet" onClick={onBack}>
          ← Channels
        </Button>
        <span className="groups-space" />
        <Button variant="quiet" onClick={onDelete} disabledReason={lock}>
          Delete channel…
        </Button>
        <Button variant="primary" onClick={onInvite} disabledReason={lock}>
          Invite
        </Button>
      </div>
      <h1 className="groups-mono">
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
          ({channel.managedBy === 'slim-node' ? 'node' : 'channel manager'}) · expires{' '}
          <Expiry channel={channel} now={now} />
        </span>
      </div>
      {lock && <p className="groups-lock">{proseText(lock)}</p>}
    </header>
  );
}

/** "2 online · 1 offline", and why the rest is not known. */
function PresenceLine({ members }: { readonly members: readonly Member[] }) {
  const { online, offline, unknown } = countPresence(members);
  const unknownOne = members.map(presenceOf).find((presence) => presence.state === 'unknown');
  const parts = [
    online > 0 ? `${online} online` : '',
    offline > 0 ? `${offline} offline` : '',
    unknown > 0 ? `${unknown} unknown${unknownOne ? `: ${proseText(unknownOne.reason)}` : ''}` : '',
  ].filter(Boolean);
  return (
    <p className="groups-presence groups-small">
      <strong>
        {members.length} {members.length === 1 ? 'member' : 'members'}
      </strong>{' '}
      · {parts.join(' · ')}
    </p>
  );
}
