import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useNow } from '../../components/index.ts';
import { ChannelPage, type Drafts } from './ChannelPage.tsx';
import { type ChannelsState, GroupsView } from './GroupsView.tsx';
import { type Manager, managersOf } from './managers.ts';
import { channelKey } from './names.ts';
import { useChannels, useManagers } from './queries.ts';
import { type Task, TaskDialog } from './TaskDialog.tsx';
import './groups.css';

/** Channels of every connection; what is open is in the address (`channel`, `member`). */
export default function GroupsPage() {
  const search: { channel?: unknown; member?: unknown } = useSearch({ strict: false });
  const selected = textOf(search.channel);
  const navigate = useNavigate();
  const channels = useChannels();
  const managers = useManagers();
  const now = useNow(5000);
  const [drafts] = useState<Drafts>(() => new Map());
  const [task, setTask] = useState<Task>();
  const candidates = channels.data?.candidates ?? [];
  const go = (channel: string | undefined, member?: string) =>
    void navigate({ to: '/channels', search: { ...(channel && { channel }), ...(member && { member }) } });
  const channel = channels.data?.channels.find((one) => channelKey(one) === selected);
  const places = managersOf(managers.data?.connections ?? []);
  return (
    <>
      <GroupsView
        channels={channelsState(channels)}
        selected={selected}
        now={now}
        createProblem={createProblem(managers.isPending, places)}
        onSelect={(key) => go(key)}
        onCreate={() => setTask({ task: 'create', managers: places, candidates })}
        detail={
          channel && (
            <ChannelPage
              key={channelKey(channel)}
              channel={channel}
              candidates={candidates}
              selected={textOf(search.member)}
              now={now}
              drafts={drafts}
              onSelect={(member) => go(selected, member)}
              onBack={() => go(undefined)}
            />
          )
        }
      />
      {task && (
        <TaskDialog
          task={task}
          onClose={() => setTask(undefined)}
          onDone={(_task, created) => {
            setTask(undefined);
            if (created) go(channelKey(created));
          }}
        />
      )}
    </>
  );
}

function channelsState(query: ReturnType<typeof useChannels>): ChannelsState {
  if (query.data) return { state: 'ready', channels: query.data.channels, warnings: query.data.warnings };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}

function createProblem(pending: boolean, managers: readonly Manager[]): string | undefined {
  if (pending) return 'The connections are being read.';
  if (managers.length === 0) return 'No SLIM node or channel manager is connected.';
  if (managers.some((manager) => !manager.problem)) return undefined;
  return managers.map((manager) => `${manager.name}: ${manager.problem ?? ''}`).join(' ');
}

/** Search parameters come from whoever wrote the address. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
