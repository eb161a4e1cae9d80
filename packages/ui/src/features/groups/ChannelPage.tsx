import type { Channel, Member } from '@muster/api';
import { useState } from 'react';
import { errorWords } from '../../components/index.ts';
import { ChannelView, type MembersState } from './ChannelView.tsx';
import { channelKey } from './names.ts';
import { MessagesPanel, type MessagesState } from './MessagesPanel.tsx';
import { useMembers, useMessages, useSendMessage } from './queries.ts';
import { type Task, TaskDialog } from './TaskDialog.tsx';

/** What was typed and not sent, by channel; it lives as long as the page. */
export type Drafts = Map<string, string>;

export interface ChannelPageProps {
  readonly channel: Channel;
  readonly candidates: readonly string[];
  readonly selected: string | undefined;
  readonly now: Date;
  readonly drafts: Drafts;
  readonly onSelect: (member: string | undefined) => void;
  readonly onBack: () => void;
}

/** Fetches the members and messages of one channel. */
export function ChannelPage({
  channel,
  candidates,
  selected,
  now,
  drafts,
  onSelect,
  onBack,
}: ChannelPageProps) {
  const { connection, name } = channel;
  const members = useMembers(connection, name);
  const messages = useMessages(connection, name, channel.canMessage);
  const send = useSendMessage();
  const [task, setTask] = useState<Task>();
  const [draft, setDraft] = useState(drafts.get(channelKey(channel)) ?? '');
  const known = new Set(members.data?.members.map((member) => member.name));
  return (
    <>
      <ChannelView
        channel={channel}
        members={membersState(members)}
        selected={selected}
        now={now}
        onSelect={onSelect}
        onBack={onBack}
        onInvite={() =>
          setTask({
            task: 'invite',
            channel,
            candidates: candidates.filter((candidate) => !known.has(candidate)),
          })
        }
        onRemove={(member: Member) => setTask({ task: 'remove', channel, member: member.name })}
        onDelete={() => setTask({ task: 'delete', channel })}
        talk={
          <MessagesPanel
            messages={messagesState(channel, messages)}
            draft={draft}
            onDraft={(text) => {
              drafts.set(channelKey(channel), text);
              setDraft(text);
            }}
            onSend={(text) =>
              send.mutateAsync({ connection, channel: name, text }).then(
                () => undefined,
                (error: unknown) => errorWords(error).why,
              )
            }
          />
        }
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

function membersState(query: ReturnType<typeof useMembers>): MembersState {
  if (query.data) return { state: 'ready', members: query.data.members, command: query.data.command };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}

function messagesState(channel: Channel, query: ReturnType<typeof useMessages>): MessagesState {
  if (!channel.canMessage) {
    return {
      state: 'unavailable',
      reason:
        channel.lockedReason ||
        'Only who moderates a channel takes part in it. Muster does not moderate this one, so it gets none of its messages.',
    };
  }
  if (query.data) return { state: 'ready', messages: query.data.messages };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
