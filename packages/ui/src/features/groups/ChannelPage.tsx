import type { Channel, Member } from '@muster/api';
import { useState } from 'react';
import { ChannelView, type MembersState } from './ChannelView.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { Conversation, type Drafts } from './Conversation.tsx';
import { GroupStrip } from './GroupStrip.tsx';
import { managersOf } from './managers.ts';
import { MembersTable } from './MembersTable.tsx';
import { isFiltered, type MemberFilter, MembersTools } from './MembersTools.tsx';
import { memberKey } from './names.ts';
import { useChannels, useManagers, useMember, useMembers } from './queries.ts';
import { SessionBar } from './SessionBar.tsx';
import { type Task, TaskDialog } from './TaskDialog.tsx';

export interface ChannelPageProps {
  readonly channel: Channel;
  readonly filter: MemberFilter;
  readonly selected: string | undefined;
  readonly now: Date;
  readonly drafts: Drafts;
  readonly onSelect: (member: string | undefined) => void;
  readonly onFilter: (filter: MemberFilter) => void;
  /** The comparison is shown in the place of the members. */
  readonly comparing: boolean;
  readonly onCompare: (on: boolean) => void;
  readonly onBack: () => void;
}

/** Fetches the members of one channel. */
export function ChannelPage({
  channel,
  filter,
  selected,
  now,
  drafts,
  onSelect,
  onFilter,
  comparing,
  onCompare,
  onBack,
}: ChannelPageProps) {
  const { connection, name } = channel;
  const members = useMembers(connection, name);
  const listed = useMembers(connection, name, filter);
  const openRow = [members.rows, listed.rows]
    .map((rows) => rows.at(rows.findIndex((one) => one !== undefined && isNamed(one, selected))))
    .find((one) => one !== undefined);
  const elsewhere = useMember(connection, name, openRow ? undefined : selected);
  const opened = openRow ?? elsewhere;
  const openKey = opened ? memberKey(opened) : selected;
  const others = useChannels();
  const managers = useManagers();
  const [task, setTask] = useState<Task>();
  const reachable = members.first.data?.candidates ?? [];
  // The same channel, where a session of ours is in it.
  const ours = others.data?.channels.find(
    (one) => one.name === name && one.connection !== connection && one.session !== '',
  );
  return (
    <>
      <ChannelView
        channel={channel}
        members={membersState(members.first)}
        selected={openKey}
        member={opened}
        now={now}
        table={
          <div className="members-pane">
            <MembersTools
              filter={filter}
              presences={members.first.data?.presences ?? []}
              identities={members.first.data?.identityStates ?? []}
              total={listed.rows.length}
              onFilter={onFilter}
            />
            <MembersTable
              rows={listed.rows}
              loading={listed.first.isPending || listed.first.isPlaceholderData}
              selected={openKey}
              now={now}
              filterKey={[filter.find, filter.presence, filter.identity].join('\n')}
              filtered={isFiltered(filter)}
              onRange={listed.onRange}
              onSelect={onSelect}
              onClearFilter={() => onFilter({})}
            />
          </div>
        }
        elsewhere={<GroupStrip channel={channel} comparing={comparing} onCompare={onCompare} />}
        instead={comparing && <ComparePanel channel={channel} />}
        onSelect={onSelect}
        onBack={onBack}
        onInvite={() =>
          setTask({
            task: 'invite',
            channel,
            candidates: [...new Set(reachable.map((candidate) => candidate.name))],
          })
        }
        onRemove={(member: Member) => setTask({ task: 'remove', channel, member: member.name })}
        onDelete={() => setTask({ task: 'delete', channel })}
        session={
          channel.managedBy !== 'slim-control-plane' && (
            <SessionBar
              channel={channel}
              elsewhere={ours}
              managers={managersOf(managers.data?.connections ?? [])}
              onLeft={onBack}
            />
          )
        }
        talk={<Conversation channel={channel} elsewhere={ours} drafts={drafts} />}
      />
      {task && (
        <TaskDialog
          task={task}
          onClose={() => setTask(undefined)}
          onDone={({ task: done }) => {
            setTask(undefined);
            if (done === 'remove') onSelect(undefined);
            if (done === 'delete') onBack();
          }}
        />
      )}
    </>
  );
}

function membersState(query: ReturnType<typeof useMembers>['first']): MembersState {
  if (query.data) {
    const { members, all, presences, command } = query.data;
    return { state: 'ready', members, all: Number(all), presences, command };
  }
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}

/** An address may name a member without its instance. */
function isNamed(member: Member, key: string | undefined): boolean {
  return memberKey(member) === key || member.name === key;
}
